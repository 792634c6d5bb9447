"""A server that reads what it is asked and decides nothing: `python -m bench.policy_nothing policy`.

It is what anybody would write who knows uvloop: the request becomes a dict, the answer is always the same. It
says the port on which it listens, and serves until its process is ended.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from typing import Any

__all__ = ["Nothing"]


class Nothing(asyncio.Protocol):
    """A connection; `rest` is the beginning of a request that has not come as a whole."""

    def __init__(self) -> None:
        self.transport: Any = None
        self.rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


class Policy(Nothing):
    """Postfix policy delegation: go on."""

    def data_received(self, data: bytes) -> None:
        *requests, self.rest = (self.rest + data).split(b"\n\n")
        for request in requests:
            asked = dict([line.split("=", 1) for line in request.decode().split("\n")])
            if asked["request"] == "smtpd_access_policy":
                self.transport.write(b"action=DUNNO\n\n")


class Socketmap(Nothing):
    """Postfix socketmap: there is no such thing."""

    def data_received(self, data: bytes) -> None:
        self.rest += data
        while b":" in self.rest:
            length, _, rest = self.rest.partition(b":")
            end = int(length)
            if len(rest) <= end:
                return
            name, _, _key = rest[:end].decode().partition(" ")
            self.rest = rest[end + 1 :]
            if name:
                self.transport.write(b"9:NOTFOUND ,")


async def serve(protocol: type[Nothing]) -> None:
    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve({"policy": Policy, "socketmap": Socketmap}[sys.argv[1]]))
