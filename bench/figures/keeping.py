"""Directories as pickles: how large, and how fast there and back."""

from __future__ import annotations

import pickle
from collections.abc import Iterator

import mailpolicy as mp
from bench.accounts import address, ldif_file
from bench.figure import Figure, Result
from bench.measure import in_turns, ratio, seconds
from bench.scale import Scale

__all__ = ["FIGURES"]


def pickled(scale: Scale) -> Iterator[Result]:
    path = ldif_file(scale.some)
    directory = mp.open(path)
    directory.find(address(0))
    text = pickle.dumps(directory, pickle.HIGHEST_PROTOCOL)
    back: mp.Directory = pickle.loads(text)
    assert back.find(address(1)).dn == directory.find(address(1)).dn
    turns = in_turns(
        max(1, scale.rounds // 2),
        gc_enabled=False,
        there=lambda: seconds(lambda: pickle.dumps(directory, pickle.HIGHEST_PROTOCOL)),
        back=lambda: seconds(lambda: pickle.loads(text)),
        theirs=lambda: seconds(lambda: mp.open(path)),
    )
    yield Result.single("size", len(text) / path.stat().st_size)
    yield Result("time to pickle", ratio(turns["there"], turns["theirs"]))
    yield Result("time to unpickle", ratio(turns["back"], turns["theirs"]))


FIGURES = (
    Figure(
        "pickle", "a pickled directory", "its LDIF file: the size, and the time to open it", "off", pickled
    ),
)
