"""The line of a decision in the log: whoever reads it learns which rule failed, and of what."""

from __future__ import annotations

from typing import Any

import mailpolicy as mp
from mailpolicy.serve.log import line_of

ACME = mp.open("ldif/examples/acme.ldif")
JOHN = mp.Delivery("wile.e@customer.example", "john@acme.example")


def failing(request: Any, directory: Any, context: Any) -> None:
    raise KeyError("colour")


def test_a_rule_that_failed_is_named_with_its_error() -> None:
    rule = mp.Rule("site.rule", failing, (mp.Delivery,), "says", "otherwise")
    for mode in ("enforce", "audit"):
        policy = mp.DEFAULT_POLICY.with_rules(rule).with_modes({"site.rule": mode})
        line = line_of(mp.decide(ACME, JOHN, policy=policy), "policy", "", 0.001)
        assert """errors="site.rule: KeyError: 'colour'" """ in line
    assert "errors" not in line_of(mp.decide(ACME, JOHN), "policy", "", 0.001)
