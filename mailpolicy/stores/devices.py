"""The mobile devices that accounts have used, and what is to become of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Protocol

from attrs import frozen

from ..errors import NotFound
from ..schema.catalog.services import DeviceAccess
from .file import Row, StoreFile, moment, seconds

__all__ = ["Devices", "DevicesInFile", "KnownDevice", "Order"]

STATES: Final[Mapping[DeviceAccess, str]] = MappingProxyType(
    {
        DeviceAccess.ALLOW: "allowed",
        DeviceAccess.BLOCK: "blocked",
        DeviceAccess.QUARANTINE: "quarantined",
    }
)


class Order(StrEnum):
    """What a device is to do, or not to do, when it comes next."""

    WIPE = "wipe"
    RESET = "reset"
    SUSPEND = "suspend"


@frozen(kw_only=True)
class KnownDevice:
    """A device of an account: what it says it is, when it was last seen, and what is to become of it.

    `access` is None as long as nobody has decided: rules do, each time it comes.
    """

    account: str
    id: str
    model: str
    client: str
    seen: datetime
    access: DeviceAccess | None = None
    order: Order | None = None

    @property
    def state(self) -> str:
        """The word that `mailpolicy.Device` has for it."""
        if self.order is not None:
            return "suspended" if self.order is Order.SUSPEND else str(self.order)
        return "" if self.access is None else STATES[self.access]


class Devices(Protocol):
    """Devices by account and id. Unavailable where the store does not answer."""

    def of(self, account: str) -> tuple[KnownDevice, ...]:
        """The devices of an account, the one that was seen last first."""
        ...

    def find(self, account: str, id: str) -> KnownDevice | None:
        """One of them; None if it was never seen."""
        ...

    def saw(self, account: str, id: str, *, model: str, client: str, at: datetime) -> KnownDevice:
        """Remember that a device was there."""
        ...

    def let(self, account: str, id: str, access: DeviceAccess | None) -> None:
        """Decide about a device, or leave it to the rules; NotFound if it was never seen."""
        ...

    def order(self, account: str, id: str, order: Order | None) -> None:
        """Order a device to do something, or take the order back; NotFound if it was never seen."""
        ...

    def forget(self, account: str, id: str) -> None:
        """Forget a device, with all that was decided about it."""
        ...


TABLE: Final = """
CREATE TABLE IF NOT EXISTS device (
    account TEXT, id TEXT, model TEXT, client TEXT, seen REAL, access TEXT, orders TEXT,
    PRIMARY KEY (account, id)
) WITHOUT ROWID
"""
COLUMNS: Final = "account, id, model, client, seen, access, orders"


class DevicesInFile:
    """Devices in a file.

    >>> from datetime import UTC, datetime
    >>> file = StoreFile()
    >>> devices = DevicesInFile(file)
    >>> at = datetime(2026, 5, 1, tzinfo=UTC)
    >>> _ = devices.saw("john@acme.example", "ApplDN6GT", model="iPhone", client="iOS/18", at=at)
    >>> devices.order("john@acme.example", "ApplDN6GT", Order.WIPE)
    >>> devices.find("john@acme.example", "ApplDN6GT").state
    'wipe'
    >>> file.close()
    """

    def __init__(self, file: StoreFile) -> None:
        self._file = file
        file.rows(TABLE)

    def of(self, account: str) -> tuple[KnownDevice, ...]:
        """The devices of an account, the one that was seen last first."""
        query = f"SELECT {COLUMNS} FROM device WHERE account = ? ORDER BY seen DESC, id"
        return tuple(map(device, self._file.rows(query, account)))

    def find(self, account: str, id: str) -> KnownDevice | None:
        """One of them; None if it was never seen."""
        rows = self._file.rows(f"SELECT {COLUMNS} FROM device WHERE account = ? AND id = ?", account, id)
        return device(rows[0]) if rows else None

    def saw(self, account: str, id: str, *, model: str, client: str, at: datetime) -> KnownDevice:
        """Remember that a device was there; what was decided about it stays."""
        rows = self._file.rows(
            "INSERT INTO device (account, id, model, client, seen) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (account, id) DO UPDATE SET"
            " model = excluded.model, client = excluded.client, seen = max(seen, excluded.seen)"
            f" RETURNING {COLUMNS}",
            *(account, id, model, client, seconds(at)),
        )
        return device(rows[0])

    def let(self, account: str, id: str, access: DeviceAccess | None) -> None:
        """Decide about a device, or leave it to the rules; NotFound if it was never seen."""
        self._say("access", account, id, access)

    def order(self, account: str, id: str, order: Order | None) -> None:
        """Order a device to do something, or take the order back; NotFound if it was never seen."""
        self._say("orders", account, id, order)

    def forget(self, account: str, id: str) -> None:
        """Forget a device, with all that was decided about it."""
        self._file.changed("DELETE FROM device WHERE account = ? AND id = ?", account, id)

    def _say(self, column: str, account: str, id: str, word: StrEnum | None) -> None:
        said = None if word is None else str(word)
        query = f"UPDATE device SET {column} = ? WHERE account = ? AND id = ?"
        if not self._file.changed(query, said, account, id):
            raise NotFound("device", id, tuple(each.id for each in self.of(account)))


def device(row: Row) -> KnownDevice:
    account, id, model, client, seen, access, order = row
    return KnownDevice(
        account=account,
        id=id,
        model=model,
        client=client,
        seen=moment(seen),
        access=None if access is None else DeviceAccess(access),
        order=None if order is None else Order(order),
    )
