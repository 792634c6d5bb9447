"""Whatever is done to a server, and whatever happens to it: a live directory ends up equal to a model of it.

The model is a tree of plain names, moved about the plain way. The server is a real one.
"""

from __future__ import annotations

import time
from typing import Any

import ldap.dn
import pytest
from attrs import define, field
from hypothesis import HealthCheck, Phase, settings, strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

import mailpolicy as mp
from mailpolicy.errors import Unavailable
from mailpolicy.ldap.dn import DN
from mailpolicy.live import Live
from tests.live.proxy import Proxy
from tests.slapd import PASSWORD, Slapd, require

pytestmark = pytest.mark.twin

BASE = "o=mail"
BEGINNING = ("a", "b", "c", "d+e")
"""Each below the one before, so that there is something to move about with all below it."""
SECONDS = 15.0

EXAMPLES = max(10, settings().max_examples // 2)
"""Each has a server of its own and takes half a second: fewer than others draw, in every profile."""
SETTINGS = settings(
    max_examples=EXAMPLES,
    stateful_step_count=20,
    deadline=None,
    # Not shrunk: each try that fails waits for what never comes.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)

NAMES = st.sampled_from(("a", "B", "b", "c", "d+e", "f,g", "ü"))
TEXTS = st.sampled_from(("one", "two", "<three>", " four", "fünf"))
WHICH = st.integers(0, 1000)


@define(eq=False)
class Node:
    """An entry: where it stands, what it is called and what it says."""

    above: Node | None
    name: str
    text: str = "new"
    below: list[Node] = field(factory=list, repr=False)

    @property
    def rdn(self) -> str:
        return "o=mail" if self.above is None else f"ou={ldap.dn.escape_dn_chars(self.name)}"

    @property
    def dn(self) -> str:
        return self.rdn if self.above is None else f"{self.rdn},{self.above.dn}"

    @property
    def ldif(self) -> str:
        kind, naming = ("organization", "o") if self.above is None else ("organizationalUnit", "ou")
        return f"dn: {self.dn}\nobjectClass: {kind}\n{naming}: {self.name}\ndescription: {self.text}\n"

    def all(self) -> list[Node]:
        return [self, *(each for child in self.below for each in child.all())]

    def has_room_for(self, name: str, but: Node | None = None) -> bool:
        return all(each.name.lower() != name.lower() for each in self.below if each is not but)


class Machine(RuleBasedStateMachine):
    """A server, a model of it and a directory that follows; the network between them can be cut."""

    @initialize(session_log=st.sampled_from((None, 2, 100)))
    def begin(self, session_log: int | None) -> None:
        self.root = node = Node(None, "mail")
        for name in BEGINNING:
            node.below.append(Node(node, name))
            node = node.below[0]
        data = "\n".join(each.ldif for each in self.root.all())
        self.slapd = Slapd(suffix=BASE, data=data, syncprov=True, session_log=session_log, tcp=True)
        self.slapd.start()
        self.proxy = Proxy(self.slapd.tcp_uri)
        self.proxy.__enter__()
        self.live: Live = mp.open(
            f"{self.proxy.url}/{BASE}",
            bind=mp.Bind(self.slapd.root_dn, PASSWORD),
            dialect="native",
            heartbeat=0.3,
            network_timeout=1.0,
            operation_timeout=1.0,
        )

    def teardown(self) -> None:
        if not hasattr(self, "live"):
            return
        try:
            self.settle()
        finally:
            self.live.close()
            self.proxy.__exit__()
            self.slapd.__exit__()

    def chosen(self, which: int) -> Node:
        nodes = self.root.all()
        return nodes[which % len(nodes)]

    # What people do

    @rule(which=WHICH, name=NAMES)
    def add(self, which: int, name: str) -> None:
        above = self.chosen(which)
        if above.has_room_for(name):
            node = Node(above, name)
            self.server("add_s", node.dn, [
                ("objectClass", b"organizationalUnit"), ("ou", name.encode()), ("description", b"new"),
            ])  # fmt: skip
            above.below.append(node)

    @rule(which=WHICH, text=TEXTS)
    def modify(self, which: int, text: str) -> None:
        node = self.chosen(which)
        self.server("modify_s", node.dn, [(ldap.MOD_REPLACE, "description", text.encode())])
        node.text = text

    @rule(which=WHICH, where=WHICH, name=NAMES, look=st.booleans())
    def rename(self, which: int, where: int, name: str, look: bool) -> None:
        """Rename an entry, move it, or both; what is below comes along.

        That is looked at half of the time: a connection that comes later would put right what went wrong.
        """
        node, above = self.chosen(which), self.chosen(where)
        if node.above is None or above in node.all() or not above.has_room_for(name, node):
            return
        old = node.dn
        node.above.below.remove(node)
        node.above, node.name = above, name
        above.below.append(node)
        self.server("rename_s", old, node.rdn, above.dn, True)
        if look:
            self.settle()

    @rule(which=WHICH)
    def delete(self, which: int) -> None:
        """Remove a subtree, from below."""
        node = self.chosen(which)
        if node.above is not None:
            for each in reversed(node.all()):
                self.server("delete_s", each.dn)
            node.above.below.remove(node)

    def server(self, operation: str, *arguments: Any) -> None:
        wire = self.slapd.connect()
        try:
            getattr(wire, operation)(*arguments)
        finally:
            wire.unbind_s()

    # What happens

    @rule(what=st.sampled_from(("restart", "die", "hang up", "cut")))
    def fail(self, what: str) -> None:
        match what:
            case "restart":
                self.slapd.restart()
            case "die":
                # A server that is killed forgets when it last removed something (it notes that down at its
                # end), so nobody learns of it who does not know it by then, but by comparing everything.
                self.settle()
                self.slapd.kill()
                self.slapd.start()
            case "hang up":
                self.proxy.hang_up()
            case "cut":
                self.proxy.refuse()

    @rule()
    def settle(self) -> None:
        """After a while, with a network and a server, all is as the model says."""
        self.proxy.heal()
        wanted = {DN(node.dn): node.text for node in self.root.all()}
        deadline = time.monotonic() + SECONDS
        while (found := self.shown()) != wanted and time.monotonic() < deadline:
            time.sleep(0.01)
        assert found == wanted

    def shown(self) -> dict[DN, str] | None:
        try:
            state = self.live.directory
        except Unavailable:
            return None
        return {entry.dn: b"".join(entry.stored("description")).decode() for entry in state.snapshot}


def test_live_equals_the_model() -> None:
    require()
    run_state_machine_as_test(Machine, settings=SETTINGS)
