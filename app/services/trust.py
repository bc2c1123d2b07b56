"""Who may read what, as a coordinator decides it: people, devices, teams, recovery sheets, quarantine.

Each act is in force when it returns, on the roll that everyone checks; without the server nothing is changed.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.services import areas, inviting, marks, people
from app.services.joining import RECOVERY_ROUTE
from app.services.live import Live
from app.services.models import (
    Alert,
    AreaCode,
    DeviceLook,
    Notice,
    Person,
    QuarantineItem,
    SheetLook,
    SheetPage,
    TeamLook,
    Waiting,
)
from app.services.rounds import late
from app.services.rounds.closing import round_over
from app.services.rounds.kinds import DOOR, WALK
from app.services.session import Session
from sync.core import codec, envelope, wire, words
from sync.core.change import Change, Patch
from sync.core.envelope import MAX_ENVELOPE_BYTES
from sync.core.errors import BadFormat, NotFound
from sync.core.ids import ID_BYTES, record_id
from sync.core.ports import LogState
from sync.core.rights import Role
from sync.core.roll import Device
from sync.device import meta
from sync.device.replica import ADOPT, ADOPTION, VERDICT
from sync.device.writer import Part

ERASE = "erase"
MAX_FILE_BYTES = 64 << 20
_unsent_file = codec.items(codec.blob_up_to(MAX_ENVELOPE_BYTES), 100_000)
_EPOCH = date(1970, 1, 1)
_READ_RECOVERIES = "read recoveries"


class Trust:
    """The acts of one open device."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._seen: dict[bytes, int] = {}  # device → day, as the server says

    @property
    def _session(self) -> Session:
        return self._live.require_session()

    # -- who is there ------------------------------------------------------------------------------------

    def people(self) -> list[Person]:
        """See AppFace."""
        s = self._session
        state, known = s.roll.state, people.names(s)
        found = []
        for member, devices in state.members().items():
            d = devices[0]
            mine = member != s.member and state.coordinates(s.device, d.team)
            looks = tuple(self._look(s, known, d) for d in devices)
            name = known.get(member.hex(), "")
            places = areas.of_member(s, member)
            found.append(Person(member, name, d.role, d.team, looks, member == s.member, places, mine))
        present = {p.id for p in found}
        for d in reversed(list(state.left.values())):  # those who left, in their last place: they can be invited back
            if d.member not in present:
                present.add(d.member)
                mine = state.coordinates(s.device, d.team)
                found.append(Person(d.member, known.get(d.member.hex(), ""), d.role, d.team, (), False, (), mine))
        return found

    def _look(self, s: Session, known: dict[str, str], d: Device) -> DeviceLook:
        state = s.roll.state
        inviter = state.devices.get(d.inviter) or state.left.get(d.inviter)
        day = self._seen.get(d.id)
        confirmed = d.role is not Role.COORDINATOR or state.coordinates(d.id, d.team)
        seen = _EPOCH + timedelta(days=day) if day is not None else None
        name = known.get(inviter.member.hex(), "") if inviter else ""
        return DeviceLook(d.id, words.fingerprint(d.id), seen, d.id == s.device, name, confirmed)

    def my_words(self) -> tuple[str, ...]:
        """See AppFace."""
        return words.fingerprint(self._session.device)

    def teams(self) -> list[TeamLook]:
        """See AppFace."""
        s = self._session
        state = s.roll.state
        found = []
        for team, parent in state.teams.items():
            name, codes = areas.of_team(s, team)
            found.append(TeamLook(team, parent, name, codes, state.coordinates(s.device, team)))
        return found

    def waiting(self) -> list[Waiting]:
        """See AppFace."""
        state = self._session.roll.state
        return [
            Waiting(
                announced,
                i.role,
                i.team,
                datetime.fromtimestamp(i.expires_millis / 1000, UTC).date(),
                datetime.fromtimestamp(i.expires_millis / 1000),
            )
            for announced, i in state.invites.items()
            if announced not in state.used and i.expires_millis > self._session.writer.now()
        ]

    async def refresh(self) -> None:
        """Ask the server on which day each device was last there. Raises Unreachable."""
        self._seen = dict(await self._session.syncer.ask("devices", [], wire.DEVICES))
        self._live.tell()

    # -- who may do what ---------------------------------------------------------------------------------

    async def revoke_device(self, device: bytes) -> None:
        """See AppFace."""
        await self._session.steward.revoke([device])
        await self._done()

    async def revoke_member(self, member: bytes) -> None:
        """See AppFace."""
        state = self._session.roll.state
        theirs = [d.id for d in state.devices.values() if d.member == member]
        sheets = [x.id for x in state.sheets.values() if x.member == member]
        await self._session.steward.revoke([*theirs, *sheets])
        await self._done()

    def brought_in(self, device: bytes) -> list[str]:
        """See AppFace."""
        s = self._session
        known = people.names(s)
        return [known.get(d.member.hex(), "") for d in s.roll.state.brought_in_by(device)]

    async def move(self, member: bytes, role: Role, team: bytes) -> None:
        """See AppFace."""
        await self._session.steward.place(member, role, team)
        await self._done()

    async def make_team(self, parent: bytes, name: str, codes: Sequence[AreaCode]) -> bytes:
        """See AppFace."""
        areas.check_team(name, codes)
        team = await self._session.steward.found_team(parent)
        await areas.put_team(self._session, team, name, codes)
        await self._done()
        return team

    async def put_team(self, team: bytes, name: str, codes: Sequence[AreaCode]) -> None:
        """See AppFace."""
        await areas.put_team(self._session, team, name, codes)
        await self._done()

    async def put_member(self, member: bytes, codes: Sequence[AreaCode]) -> None:
        """See AppFace."""
        team = self._session.roll.state.members()[member][0].team
        await areas.put_member(self._session, team, member, codes)
        await self._done()

    async def confirm(self, device: bytes) -> None:
        """See AppFace."""
        await self._session.steward.confirm(device)
        await self._done()

    async def withdraw(self, announced: bytes) -> None:
        """See AppFace."""
        await self._session.steward.withdraw(announced)
        await self._done()

    async def _done(self) -> None:
        await self._session.catch_up()
        self._session.syncer.wake()
        self._live.tell()

    # -- recovery sheets ---------------------------------------------------------------------------------

    def sheets(self) -> list[SheetLook]:
        """See AppFace."""
        s = self._session
        known = people.names(s)
        return [
            SheetLook(x.id, known.get(x.member.hex(), ""), words.fingerprint(x.id), x.member == s.member)
            for x in s.roll.state.sheets.values()
        ]

    async def make_sheet(self) -> SheetPage:
        """See AppFace."""
        s = self._session
        made = await s.steward.make_sheet()
        url = f"{self._live.page.origin.rstrip('/')}/#/{RECOVERY_ROUTE}/{made.to_text()}"
        today = datetime.fromtimestamp(s.writer.now() / 1000, UTC).date()
        self._live.tell()
        return SheetPage(made.to_words(), url, people.my_name(s), today, inviting.qr(url))

    async def revoke_sheet(self, sheet: bytes) -> None:
        """See AppFace."""
        await self._session.steward.revoke([sheet])
        await self._done()

    # -- quarantine --------------------------------------------------------------------------------------

    def quarantine(self) -> list[QuarantineItem]:
        """See AppFace."""
        s = self._session
        known = people.names(s)
        return [
            late.door(s, name, held.change)
            if held.change.kind in (DOOR, WALK)
            else QuarantineItem(name, known.get(held.device.member.hex(), ""), held.change.kind, _lines(held.change))
            for name, held in s.replica.quarantine.items()
            if not round_over(s, held)
        ]

    async def adopt(self, name: bytes) -> None:
        """See AppFace."""
        await self._decide(name, ADOPT)

    async def erase(self, name: bytes) -> None:
        """See AppFace."""
        await self._decide(name, ERASE)

    async def bring_in(self, data: bytes) -> int:
        """See AppFace."""
        s = self._session
        found = [envelope.parse_any(e) for e in codec.checked(_unsent_file, data, MAX_FILE_BYTES)]
        if any(e.header.organisation != s.roll.state.organisation for e in found):
            raise BadFormat("another organisation's")
        fresh = {e.id: e.data for e in found if e.id not in s.log.has([e.id])}
        s.log.append([(name, data, LogState.PENDING) for name, data in fresh.items()])
        await self._done()
        return len(fresh)

    async def _decide(self, name: bytes, verdict: str) -> None:
        s = self._session
        held = s.replica.quarantine.get(name)
        if held is None:
            raise NotFound("quarantine")
        nonce = s.world.random.bytes(ID_BYTES)
        fields = {"envelope": Patch(name), "verdict": Patch(verdict)}
        record = record_id(s.member, ADOPTION, nonce)
        change = Change(ADOPTION, VERDICT, record, s.writer.stamp(), fields, nonce)
        # Everyone who has the envelope has to hear of the decision.
        rings = frozenset(link.ring for link in held.envelope.header.links)
        await s.writer.write([Part(change, rings)])
        await self._done()

    # -- what one should know ----------------------------------------------------------------------------

    def notices(self) -> list[Notice]:
        """See AppFace."""
        s = self._session
        state = s.roll.state
        me = state.devices.get(s.device)
        found = []
        if s.syncer.state.forked:
            found.append(Notice(Alert.FORKED))
        if s.log.get(meta.BEGUN_AGAIN) is not None:
            found.append(Notice(Alert.BEGUN_AGAIN))
        if s.log.get(meta.MOVED_COUNT) is not None and me:
            found.append(Notice(Alert.MOVED, meta.read_int(s.log, meta.MOVED_COUNT) or 0, areas.of_team(s, me.team)[0]))
        if me is None or not state.coordinates(s.device, me.team):
            return found
        if s.syncer.state.missing is not None:
            found.append(Notice(Alert.RESTORED, s.syncer.state.missing))
        known = people.names(s)
        for d in state.unconfirmed():
            if state.coordinates(s.device, d.team):
                found.append(Notice(Alert.UNCONFIRMED, name=known.get(d.member.hex(), "")))
        read = s.log.get(_READ_RECOVERIES) or b""
        for d in self._recovered(s):
            if d.id not in read:
                found.append(Notice(Alert.RECOVERED, name=known.get(d.member.hex(), "")))
        if s.replica.quarantine:
            found.append(Notice(Alert.QUARANTINE, len(s.replica.quarantine)))
        if waiting := marks.waiting(s):
            found.append(Notice(Alert.MARKS, waiting))
        if s.replica.doubled:
            found.append(Notice(Alert.DOUBLED, len({device for device, _ in s.replica.doubled})))
        confirmed = {d.member for d in state.devices.values() if state.coordinates(d.id, me.team)}
        if len(confirmed) < 2:
            found.append(Notice(Alert.ALONE))
        if not any(x.member == s.member for x in state.sheets.values()):
            found.append(Notice(Alert.NO_SHEET))
        return found

    def _recovered(self, s: Session) -> list[Device]:
        """Devices that came in by a recovery sheet: their inviter is no device."""
        state = s.roll.state
        known = {*state.devices, *state.left}
        return [d for d in state.devices.values() if d.inviter and d.inviter not in known]

    def dismiss(self, alert: Alert) -> None:
        """See AppFace."""
        s = self._session
        if alert is Alert.MOVED:
            s.log.put({meta.MOVED_COUNT: None})
        elif alert is Alert.FORKED:
            s.syncer.forget_fork()
        elif alert is Alert.BEGUN_AGAIN:
            s.log.put({meta.BEGUN_AGAIN: None})
        elif alert is Alert.RECOVERED:
            s.log.put({_READ_RECOVERIES: b"".join(d.id for d in self._recovered(s))})
        self._live.tell()


def _lines(change: Change) -> tuple[tuple[str, str], ...]:
    """What a change would say, in plain text, for whoever decides about it."""
    return tuple(
        (name, _plain(patch.value)) for name, patch in sorted(change.fields.items()) if patch.value is not None
    )


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_plain(v) for v in value)
    if isinstance(value, bool | bytes):
        return ""
    return str(value)
