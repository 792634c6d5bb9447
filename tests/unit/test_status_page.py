"""The reference page of the statuses is what the tables say today."""

from __future__ import annotations

from pathlib import Path

from mailpolicy.status.pages import statuses_markdown

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "statuses.md"

REGENERATE = (
    'python -c "from mailpolicy.status.pages import statuses_markdown as page; print(page(), end=str())" '
    "> docs/reference/statuses.md"
)


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == statuses_markdown(), f"to write it anew: {REGENERATE}"
