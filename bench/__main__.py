"""`python -m bench`, or `make bench`."""

from __future__ import annotations

# What new processes call cannot stand here: they have a `__main__` of their own.
from bench.command import main

if __name__ == "__main__":
    main()
