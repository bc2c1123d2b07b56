"""After a restore: nothing new goes on the roll until a coordinator's device has confirmed its head.

A backup is older than the roll that was lost with the store. Whoever signed something new on that older head would make
two rolls of one. So devices first give back the entries that they know; then a coordinator's device says that the head
is the one that it has. That is taken when no device has named a head that is not known here, and when every device on the
roll has been here since, or a day has passed. Those that came on the roll after the backup, or were here only after it,
are among them: just these know of what was lost. Only who had stayed away for weeks before it is not waited for.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from sync.core.errors import RollUnconfirmed
from sync.core.roll import Roll
from sync.server.store import Store

DAY_MILLIS = 24 * 60 * 60 * 1000
PATIENCE_MILLIS = DAY_MILLIS  # then a phone that does not come by holds up nobody
RECENT_DAYS = 14  # whoever was last here longer before the backup is not waited for
MAX_AHEAD = 1000


class Told(NamedTuple):
    """What a coordinator's device is told: whether it is confirmed, how many devices have been here of how many that are
    waited for, and how many heads were named that are still not known.
    """

    confirmed: bool
    heard: int
    awaited: int
    ahead: int


@dataclass(slots=True)
class _Waiting:
    since: int
    dormant: set[bytes]
    heard: set[bytes] = field(default_factory=set)
    ahead: set[bytes] = field(default_factory=set)


class Unconfirmed:
    """The organisations whose roll is as a backup had it. `millis` is the server's clock."""

    def __init__(self, store: Store, millis: Callable[[], int]) -> None:
        self._store, self._millis = store, millis
        self._waiting: dict[bytes, _Waiting] = {}
        self._loaded = False

    async def load(self) -> None:
        """Read which ones, once."""
        if self._loaded:
            return
        for organisation, since in (await self._store.unconfirmed()).items():
            days, restored = await self._store.seen_days(organisation), since // DAY_MILLIS
            newest = max((day for _, day in days if day < restored), default=0)  # others have been here since
            dormant = {device for device, day in days if day < newest - RECENT_DAYS}
            self._waiting[organisation] = _Waiting(since, dormant, await self._store.heard(organisation))
        self._loaded = True

    def check(self, organisation: bytes) -> None:
        """Raises RollUnconfirmed when nothing new may go on this roll."""
        if organisation in self._waiting:
            raise RollUnconfirmed()

    def since(self, organisation: bytes) -> int | None:
        """When the backup was put back, in milliseconds; None when this roll is confirmed."""
        waiting = self._waiting.get(organisation)
        return waiting.since if waiting else None

    async def heard(self, organisation: bytes, device: bytes) -> None:
        """This device has given back all that it knows of the roll (to sign in is not enough: the line may break).
        It says so once: that outlives a restart of the server.
        """
        waiting = self._waiting.get(organisation)
        if waiting and device not in waiting.heard:
            await self._store.note_heard(organisation, device)
            waiting.heard.add(device)

    def named(self, organisation: bytes, head: bytes) -> None:
        """A device on the roll has pushed something that names a head which is not known here: it knows more."""
        waiting = self._waiting.get(organisation)
        if waiting and len(waiting.ahead) < MAX_AHEAD:
            waiting.ahead.add(head)

    async def confirm(self, organisation: bytes, roll: Roll) -> Told:
        """A coordinator's device has this head too: confirmed if nothing speaks against it."""
        waiting = self._waiting.get(organisation)
        if waiting is None:
            return Told(True, 0, 0, 0)
        waiting.ahead = {head for head in waiting.ahead if not roll.knows(head)}
        awaited = roll.state.devices.keys() - waiting.dormant
        heard = len(awaited & waiting.heard)
        patient = heard < len(awaited) and self._millis() < waiting.since + PATIENCE_MILLIS
        if not waiting.ahead and not patient:
            await self._store.confirm(organisation)
            self._waiting.pop(organisation, None)  # another coordinator may have done it meanwhile
        return Told(organisation not in self._waiting, heard, len(awaited), len(waiting.ahead))

    def __len__(self) -> int:
        return len(self._waiting)
