"""`kit`: puts the kit's own tree first on the import path, then runs cli.py."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
TREE = HERE if (HERE / "cli.py").is_file() else HERE.parent  # a wheel, else a checkout


def main() -> None:
    """The console script."""
    sys.path.insert(0, str(TREE))
    from cli import app

    app()
