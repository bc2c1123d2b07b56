"""App versions of two ages side by side: the older knows fewer kinds and groups than the newer.

The rights table is where a version's knowledge stands. What the newer one knows more is put into it for just as long
as that device judges a change (which waits for nothing), so that two ages live in one process.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sync.core import rights
from sync.core.change import Change
from sync.core.envelope import Envelope
from sync.core.rights import Cells, Relation, Role
from sync.core.roll import Device
from sync.device.replica import Replica

OLD, NEW = 1, 2
NEW_GROUP, NEW_KIND, NEW_FIELD = "later", "poem", "since_the_update"
_LATER: Mapping[tuple[str, str], Cells] = {
    ("visit", NEW_GROUP): {Role.CONTACT: Relation.CREATOR, Role.COORDINATOR: Relation.CREATOR},
    (NEW_KIND, "detail"): dict.fromkeys(Role, Relation.CREATOR),
}


@contextmanager
def knowing(age: int) -> Iterator[None]:
    """What a version of this age knows."""
    if age == OLD:
        yield
        return
    rights.TABLE.update(_LATER)
    try:
        yield
    finally:
        for key in _LATER:
            del rights.TABLE[key]


class AgedReplica(Replica):
    """A replica of an app of this age."""

    age = NEW

    def _merge(self, e: Envelope, device: Device, c: Change) -> bytes:
        with knowing(self.age):
            return super()._merge(e, device, c)
