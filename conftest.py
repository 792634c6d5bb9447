"""What pytest leaves alone here: a page that needs servers, modules of packages that are not installed."""

from __future__ import annotations

from importlib.util import find_spec

collect_ignore = ["docs/explanation/live.md"]  # tests/live/test_live_page.py runs it
if not find_spec("pyroaring"):
    collect_ignore += ["mailpolicy/snapshot/roaring.py"]
