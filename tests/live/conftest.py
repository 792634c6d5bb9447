"""Fixtures that start a real slapd; where there is none the tests skip, and fail when CI=true."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.live.backends import CLIENTS, Client
from tests.slapd import Slapd, StartSlapd, require


def _starter() -> Iterator[StartSlapd]:
    require()
    with ExitStack() as running:
        yield lambda **arguments: running.enter_context(Slapd(**arguments))


@pytest.fixture
def start_slapd() -> Iterator[StartSlapd]:
    """`start_slapd(suffix=…, data=…)` gives a running Slapd that ends with the test."""
    yield from _starter()


@pytest.fixture(scope="module")
def module_slapd() -> Iterator[StartSlapd]:
    """As `start_slapd`, for a server that a whole module shares."""
    yield from _starter()


@pytest.fixture(params=CLIENTS, ids=lambda client: client.name)
def client(request: pytest.FixtureRequest) -> Client:
    """Each of the clients: what is true of one has to be true of both."""
    chosen: Client = request.param
    chosen.require()
    return chosen
