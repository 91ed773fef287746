"""`python -m debugkit` is `kit`."""

from debugkit import main

main()
