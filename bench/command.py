"""Measure, print, and write the page."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from time import perf_counter

from bench.accounts import CACHE
from bench.apart import apart, apart_without
from bench.figure import Figure, Result, Unmeasured
from bench.figures import FIGURES
from bench.machine import described
from bench.page import Outcome, bound, page, shown
from bench.scale import FULL, QUICK, Scale

__all__ = ["main"]

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line; the page is written when all figures were measured at their full scale."""
    parser = ArgumentParser(
        "python -m bench", description="Measure mailpolicy, each time against something known."
    )
    parser.add_argument("--quick", action="store_true", help="a small run: whether the figures work")
    parser.add_argument("--scale", type=float, default=1.0, help="so many times the accounts (%(default)s)")
    parser.add_argument(
        "--figure",
        action="append",
        choices=[figure.name for figure in FIGURES],
        help="only this one; repeatable",
    )
    parser.add_argument("--output", type=Path, help="where to write the page, whatever was measured")
    given = parser.parse_args(arguments)
    scale = (QUICK if given.quick else FULL).times(given.scale)
    figures = [figure for figure in FIGURES if given.figure is None or figure.name in given.figure]
    is_whole = scale == FULL and len(figures) == len(FIGURES)
    text = page(list(measured(figures, scale)), scale, dict(described()), is_small=scale != FULL)
    output = given.output or (PAGE if is_whole else CACHE / PAGE.name)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(text, encoding="utf-8")
    print(f"written: {output}")


def measured(figures: Iterable[Figure], scale: Scale) -> Iterator[Outcome]:
    """Measure one figure after another, and print its lines."""
    for figure in figures:
        started = perf_counter()
        print(f"{figure.name}: {figure.what}, against {figure.against}", flush=True)
        outcome = figure, results_or_reason(figure, scale)
        for line in printed(outcome[1], judged=scale == FULL):
            print(f"    {line}")
        print(f"    {perf_counter() - started:.1f} s", flush=True)
        yield outcome


def results_or_reason(figure: Figure, scale: Scale) -> list[Result] | str:
    try:
        if figure.fast:
            return apart(results_of, figure.run, scale)
        return apart_without("pyroaring", results_of, figure.run, scale)
    except Unmeasured as missing:
        return str(missing)


def printed(results: list[Result] | str, *, judged: bool) -> Iterator[str]:
    if isinstance(results, str):
        yield f"not measured: {results}"
        return
    for result in results:
        goal = f"(goal {bound(result.goal, result.unit)})" if result.goal else ""
        verdict = result.verdict if judged else ""
        yield f"{result.what}: {shown(result.measured.middle)} {result.unit} {goal} {verdict}".rstrip()


def results_of(run: Callable[[Scale], Iterable[Result]], scale: Scale) -> list[Result]:
    return list(run(scale))
