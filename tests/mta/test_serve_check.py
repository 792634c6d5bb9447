"""What `--check` says of a configuration that looks right, and could not be served or would not be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mta.running import check, written
from tests.ports import free_port

MISTAKE = 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[rules]\nfirst = ["list.posting", "list.posting"]', "rules.first: list.posting is named twice"),
        (
            '[metrics]\nlisten = "inet:127.0.0.1:PORT"',
            "metrics: policy listens at inet:127.0.0.1:PORT already",
        ),
        (
            '[sasl]\nlisten = "inet:127.0.0.1:0"\napplication_passwords = "tokens"',
            "sasl.application_passwords: tokens: No such file or directory",
        ),
    ],
)
def test_check_names_the_key_and_what_is_in_the_way(tmp_path: Path, text: str, said: str) -> None:
    port = str(free_port())
    path = written(tmp_path, f'[policy]\nlisten = "inet:127.0.0.1:PORT"\n{text}\n'.replace("PORT", port))
    code, _, problem = check(path)
    assert (code, problem) == (MISTAKE, f"mailpolicy: {path}: {said.replace('PORT', port)}\n")


def test_application_passwords_that_can_be_read_are_fine(tmp_path: Path) -> None:
    (tmp_path / "tokens").touch()
    text = '[sasl]\nlisten = "inet:127.0.0.1:0"\napplication_passwords = "tokens"\n'
    assert check(written(tmp_path, text))[::2] == (0, "")
