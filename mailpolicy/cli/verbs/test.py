"""`mailpolicy test`: whether decisions are as a site expects them."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace

from ...expect.expectation import Expectation, Outcome
from ...expect.file import InvalidExpectation, expectations
from ...show import Screen
from ...tables import Style, harmless
from ..exits import Exit
from ..policies import policy, policy_arguments
from ..verb import Verb, opened, source_arguments

__all__ = ["VERB"]


def arguments(parser: ArgumentParser) -> None:
    source_arguments(parser)
    parser.add_argument("files", metavar="FILE", nargs="+", help="expectations, such as acme.expect.toml")
    policy_arguments(parser)


def answer(asked: Namespace, screen: Screen) -> Exit:
    rules = policy(asked)
    expected: list[Expectation] = []
    is_broken = False
    for file in asked.files:
        try:
            expected += expectations(file)
        except InvalidExpectation as problem:
            is_broken = True
            for why in problem.problems:
                print(f"mailpolicy: {harmless(f'{file}: {why}')}", file=sys.stderr)
    directory = opened(asked)
    outcomes = [each.hold(directory, rules) for each in expected]
    failed = [each for each in outcomes if not each]
    if asked.json:
        screen.print_json({"expectations": [as_json(each) for each in outcomes]})
    else:
        for each in failed:
            screen.say(each.expectation.name, Style.BAD)
            for difference in each.differences:
                screen.say(f"  {difference}")
            screen.say("")
            screen.show(each.as_table())
            screen.say("")
        held = len(outcomes) - len(failed)
        screen.say(f"{held:,} of {len(outcomes):,} hold", Style.BAD if failed else Style.GOOD)
    return Exit.BAD if is_broken else Exit.NO if failed else Exit.YES


def as_json(outcome: Outcome) -> dict[str, object]:
    return {
        "name": outcome.expectation.name,
        "source": outcome.expectation.source,
        "holds": bool(outcome),
        "differences": list(outcome.differences),
        "verdict": str(outcome.decision.verdict),
        "rule": outcome.decision.rule,
    }


VERB = Verb(
    "test",
    "whether decisions are as a site expects them",
    """\
Hold expectations against a directory: requests, each with the verdict, the
rule or the reply that must come of it. What does not hold is shown with the
rules that had something to say. The files are also tests for pytest.

The exit code is 0 if all hold, 1 if some do not, 3 if a file cannot be read.
""",
    """\
  mailpolicy test acme.ldif acme.expect.toml
  mailpolicy test @acme *.expect.toml --config /etc/mailpolicy/mailpolicy.toml
""",
    arguments,
    answer,
)
