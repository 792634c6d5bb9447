"""Questions to a directory, as data: what is asked, about what, and an answer that can be compared.

    @question(about.names)
    def find(directory, name):
        return directory.find(name).dn

What a question is about is worked out from a file and is plain: names, filters, numbers. So it can be asked
of any directory, a live one too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias

from attrs import frozen

import mailpolicy as mp
from mailpolicy.errors import Ambiguous, MailPolicyError

__all__ = ["QUESTIONS", "InOrder", "Question", "Refused", "question", "sorted_too"]

About: TypeAlias = tuple[Any, ...]
Corpus: TypeAlias = Callable[[mp.Directory], Iterable[Any]]


class InOrder(tuple[Any, ...]):
    """Answers in the order of the source, which is that of their coming where a server is asked anew."""

    __slots__ = ()


class Refused(tuple[Any, ...]):
    """An error as plain values."""

    __slots__ = ()


def sorted_too(answer: Any) -> Any:
    """The same answer with nothing left of the order of the source."""
    match answer:
        case InOrder():
            return InOrder(sorted(map(sorted_too, answer), key=repr))
        case Refused():
            return Refused(map(sorted_too, answer))
        case tuple() if type(answer) is tuple:
            return tuple(map(sorted_too, answer))
        case list():
            return list(map(sorted_too, answer))
        case dict():
            return {name: sorted_too(each) for name, each in answer.items()}
    return answer


def nothing(file: mp.Directory) -> Iterator[About]:
    yield ()


@frozen
class Question:
    """One question, about many things one after the other."""

    name: str
    about: Corpus
    ask: Callable[..., Any]

    def each(self, file: mp.Directory) -> Iterator[About]:
        """What it is about in the directory of a file."""
        for each in self.about(file):
            yield each if type(each) is tuple else (each,)

    def outcome(self, directory: Any, about: About) -> Any:
        """The answer, or the error as plain values."""
        try:
            return self.ask(directory, *about)
        except Ambiguous as error:
            return Refused((Ambiguous, error.address, InOrder(error.dns)))
        except MailPolicyError as error:
            return Refused((type(error), getattr(error, "kind", None), str(error)))


QUESTIONS: dict[str, Question] = {}


def question(about: Corpus = nothing) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Put a function among the questions, under its name."""

    def taken(ask: Callable[..., Any]) -> Callable[..., Any]:
        assert ask.__name__ not in QUESTIONS
        QUESTIONS[ask.__name__] = Question(ask.__name__, about, ask)
        return ask

    return taken
