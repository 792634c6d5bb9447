"""What holds with compressed bitmaps holds without them, too: the same tests where there are none."""

from __future__ import annotations

import pytest

from mailpolicy.snapshot.rows import PlainRows, Rows
from tests.without_roaring import python

TESTS = (
    "tests/property/test_versions.py", "tests/property/test_search_changed.py",
    "tests/property/test_postings.py", "tests/property/test_flat.py", "tests/unit/snapshot",
    "tests/unit/inherit/test_at_once.py", "tests/unit/model/test_search.py", "tests/unit/test_query.py",
    "mailpolicy/snapshot",
)  # fmt: skip

PROGRAM = f"""
import warnings
import pytest
# Our own plug-in of pytest is in a package that is imported by then.
warnings.simplefilter("ignore", pytest.PytestAssertRewriteWarning)
from mailpolicy.snapshot.rows import PlainRows, Rows
assert Rows is PlainRows
quiet = ("-q", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning")
raise SystemExit(pytest.main([*quiet, *{TESTS!r}]))
"""


@pytest.mark.slow
@pytest.mark.skipif(Rows is PlainRows, reason="pyroaring is not installed: all the other tests do without")
def test_they_pass_without_compressed_bitmaps() -> None:
    python(PROGRAM)
