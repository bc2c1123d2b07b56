"""What a screen says about the sync."""

from dataclasses import dataclass


@dataclass(slots=True)
class SyncState:
    """One device's, while its app is open. `trouble` is an error code, "" when all is well."""

    busy: bool = False
    online: bool = True
    trouble: str = ""
    skew_millis: int = 0
    forked: bool = False  # two rolls exist: notes go on, nothing is put on the roll until this is cleared
    missing: int | None = None  # the server was put back and its roll is unconfirmed: devices that it still waits for
    handed_in: bool = False  # this device has left, and the server has all that it had
