"""Write the files that the code says itself: schemas, reference pages, the outputs of notebooks.

`make docs` runs this; a test compares, so that none of them is ever out of date.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import nbformat

from docs.notebooks.execute import NOTEBOOKS, executed
from mailpolicy.config.pages import configuration_markdown
from mailpolicy.decision.pages import replies_markdown, rules_markdown
from mailpolicy.forms import schema as request_schema
from mailpolicy.inherit.pages import inheritance_markdown
from mailpolicy.metrics.pages import metrics_markdown
from mailpolicy.rights.pages import posting_markdown
from mailpolicy.schema.emit import emit
from mailpolicy.status.pages import statuses_markdown

ROOT = Path(__file__).parents[1]


def requests_json() -> str:
    """The JSON Schema of requests, counts and decisions."""
    return json.dumps(request_schema(), indent=2, ensure_ascii=False) + "\n"


GENERATED: Mapping[str, Callable[[], str]] = {
    "docs/reference/configuration.md": configuration_markdown,
    "docs/reference/inheritance.md": inheritance_markdown,
    "docs/reference/metrics.md": metrics_markdown,
    "docs/reference/posting.md": posting_markdown,
    "docs/reference/replies.md": replies_markdown,
    "docs/reference/request.schema.json": requests_json,
    "docs/reference/rules.md": rules_markdown,
    "docs/reference/settings.md": partial(emit, "native", "markdown"),
    "docs/reference/settings.schema.json": partial(emit, "native", "json"),
    "docs/reference/statuses.md": statuses_markdown,
    "ldif/schema/carbonio.ldif": partial(emit, "carbonio", "ldif"),
    "ldif/schema/mailpolicy.ldif": partial(emit, "native", "ldif"),
    "ldif/schema/mailpolicy.schema": partial(emit, "native", "schema"),
}
"""What writes each file. Notebooks are not among them: of those only the outputs are generated."""


def main() -> None:
    """Write every file anew, then run the notebooks, which may read them."""
    for path, text in GENERATED.items():
        (ROOT / path).write_text(text(), encoding="utf-8")
    for path in NOTEBOOKS:
        nbformat.write(executed(path), path)


if __name__ == "__main__":
    main()
