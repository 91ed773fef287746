"""What a grade looks like from outside: one object, and ways to show it."""
