"""What pytest leaves alone here: the module of an optional package that is not installed."""

from __future__ import annotations

from importlib.util import find_spec

collect_ignore = [] if find_spec("pyroaring") else ["mailpolicy/snapshot/roaring.py"]
