"""What each roll entry may do, and the state after it. Pure; signatures are given back to be checked by roll.py.

One rule for all: whoever leaves a ring makes it new. An entry that takes someone out of rings carries new key
pairs for every one of them that its author may renew, granted to exactly those who stay; a ring that its author
may not renew is `exposed` until one of its holders does. docs/protocol.md, "Roll".
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sync.core import ring
from sync.core.errors import InvitationUnknown, InvitationUsed, RollMoved, RollRefused
from sync.core.ids import device_id, invitation_author, organisation_id
from sync.core.ports import Signed
from sync.core.rights import Role
from sync.core.roll_entry import (
    AddDevice,
    Cut,
    Entry,
    Epoch,
    Genesis,
    Granted,
    Invite,
    Place,
    Recover,
    Renew,
    Revoke,
    Round,
    Sheet,
    Team,
    Withdraw,
    proof_bytes,
)
from sync.core.roll_state import Crew, Device, Mark, Ring, SheetKey, State

Outcome = tuple[State, list[Signed]]
NOTHING_SEEN = (0, bytes(32))
MAX_OPEN_ROUNDS = 64  # of all teams together: whoever revokes a coordinator renews the ring of each in one entry,
MAX_PLACES = 512  # and grants it to all who are on it


def follow(state: State, entry: Entry) -> Outcome:
    """The state after the entry, and the signatures that must hold for it. Raises RollMoved, RollRefused and its kin."""
    if entry.previous != state.head:
        raise RollMoved()
    after, checks = _RULES[type(entry.body)](state, entry, entry.body)
    return replace(after, head=entry.hash, length=state.length + 1), checks


def _need(holds: bool, why: str) -> None:
    if not holds:
        raise RollRefused(why)


# -- founding, inviting, joining -----------------------------------------------------------------------------


def _genesis(state: State, entry: Entry, body: Genesis) -> Outcome:
    _need(not state.length, "a second genesis")
    invite = body.invite
    team, coordinators = ring.team_ring(body.team), ring.coordinators_ring(body.team)
    granted = sorted((g.ring, g.epoch) for g in invite.grants)
    first = invite.role is Role.COORDINATOR and invite.team == body.team
    _need(first, "the first member is a coordinator of the team")
    _need(granted == sorted([(team, 1), (coordinators, 1)]), "the first invitation grants the two rings")
    _need(entry.author == invitation_author(invite.signing), "author of the genesis")
    rings = {
        team: Ring(team, ring.TEAM, body.team, (body.team_public,)),
        coordinators: Ring(coordinators, ring.COORDINATORS, body.team, (body.coordinators_public,)),
    }
    after = replace(
        state,
        organisation=organisation_id(entry.data),
        teams={body.team: None},
        rings=rings,
        invites={entry.hash: invite},
    )
    return after, [entry.signed_by(invite.signing)]


def _invite(state: State, entry: Entry, body: Invite) -> Outcome:
    author = state.device(entry.author)
    present = [d for d in state.devices.values() if d.member == body.member]
    pending = {i.member for a, i in state.invites.items() if a not in state.used}
    if present:  # another device of the same member, who hands on what that device holds
        held = state.readable(author.id)
        own = (body.member, body.role, body.team) == (author.member, author.role, author.team)
        _need(own, "only for oneself, in one's own role and team")
    else:  # a new member, or a new device for one who has none left
        walked = {
            ring.round_ring(n) for n, c in state.rounds.items() if c.team == body.team and body.member in c.members
        }
        held = {ring.team_ring(body.team), *walked} & state.readable(author.id)
        _need(state.coordinates(author.id, body.team), "only a coordinator of the team invites a member")
        _need(body.member not in pending, "invited already")
        before = [(d.role, d.team) for d in state.left.values() if d.member == body.member]
        same = not before or before[-1] == (body.role, body.team)
        _need(same, "a member comes back to the place they had")  # else a leaver's records could be taken over
    for g in body.grants:
        _need(g.ring in held and g.epoch <= state.rings[g.ring].epoch, "grants more than the author may")
    granted = {(g.ring, g.epoch) for g in body.grants}
    _need(len(granted) == len(body.grants), "a grant twice")
    current = all((g.ring, state.rings[g.ring].epoch) in granted for g in body.grants)
    _need(current, "a grant without the current epoch")
    after = replace(
        state,
        invites={**state.invites, entry.hash: body},
        inviters={**state.inviters, entry.hash: author.id},
    )
    return after, [entry.signed_by(author.signing)]


def _withdraw(state: State, entry: Entry, body: Withdraw) -> Outcome:
    author = state.device(entry.author)
    invite = _usable(state, body.announced)
    mine = invite.member == author.member
    _need(mine or state.coordinates(author.id, invite.team), "only the member or a coordinator withdraws")
    return _without_invites(state, {body.announced}), [entry.signed_by(author.signing)]


def _usable(state: State, announced: bytes) -> Invite:
    invite = state.invites.get(announced)
    if invite is None:
        raise InvitationUnknown()
    if announced in state.used:
        raise InvitationUsed()
    return invite


def _add_device(state: State, entry: Entry, body: AddDevice) -> Outcome:
    invite = _usable(state, body.announced)
    _need(entry.author == invitation_author(invite.signing), "author of an enrolment")
    inviter = state.inviters.get(body.announced, b"")
    device = _new_device(state, body, invite.member, invite.role, invite.team, inviter)
    state = _with_device(state, device, body.own_public)
    # A ring renewed since the invitation was made is not opened by it.
    current = [state.rings[g.ring] for g in invite.grants if g.epoch == state.rings[g.ring].epoch]
    state = _with_rings(state, device.id, current)
    after = replace(state, used=state.used | {body.announced})
    proof = proof_bytes(body.announced, body.signing, body.agreement, body.own_public)
    return after, [entry.signed_by(invite.signing), Signed(body.signing, body.proof, proof)]


def _new_device(
    state: State, body: AddDevice | Recover, member: bytes, role: Role, team: bytes, inviter: bytes
) -> Device:
    name = device_id(body.signing, body.agreement)
    _need(name not in state.devices and name not in state.left and name not in state.sheets, "device twice")
    return Device(name, body.signing, body.agreement, member, role, team, inviter)


def _with_device(state: State, device: Device, own_public: bytes | None) -> State:
    """The device is there; it opens its member's own ring, or renews it when nobody holds it any more."""
    own = ring.own_ring(device.member)
    known = state.rings.get(own, Ring(own, ring.OWN, device.member, ()))
    held = any(h in state.devices for h in known.holders)  # paper can't grant
    _need((own_public is not None) == (not held), "the own ring comes with a device when nobody holds it")
    rings, exposed = dict(state.rings), state.exposed
    if own_public is not None:
        _need(own_public not in known.publics, "a ring's key twice")
        rings[own] = replace(known, publics=(*known.publics, own_public), holders=frozenset({device.id}))
        exposed = exposed - {own}
    return replace(state, devices={**state.devices, device.id: device}, rings=rings, exposed=exposed)


def _with_rings(state: State, holder: bytes, rings: Iterable[Ring]) -> State:
    """Of these, it holds what it may; rounds last, as it may depend on the others who walks or decides there."""
    for known in sorted(rings, key=lambda r: r.kind == ring.ROUND):
        if state.may_hold(holder, known):
            state = replace(state, rings={**state.rings, known.id: replace(known, holders=known.holders | {holder})})
    return state


# -- rings ---------------------------------------------------------------------------------------------------


def _renewed(state: State, epochs: Sequence[Epoch], wanted: set[bytes]) -> State:
    """Exactly the wanted rings in their next epoch, each granted to exactly those who hold it in `state`."""
    _need(len({e.ring for e in epochs}) == len(epochs), "a ring twice")
    _need({e.ring for e in epochs} == wanted, "these rings are not the ones to be renewed")
    rings = dict(state.rings)
    for e in epochs:
        known = rings[e.ring]
        granted = [holder for holder, _ in e.grants]
        _need(e.epoch == known.epoch + 1, "epochs follow one another")
        _need(e.public not in known.publics, "a ring's key twice")
        _need(len(set(granted)) == len(granted) and set(granted) == known.holders, "granted to exactly the holders")
        rings[e.ring] = replace(known, publics=(*known.publics, e.public))
    return replace(state, rings=rings, exposed=state.exposed - {e.ring for e in epochs})


def _renew(state: State, entry: Entry, body: Renew) -> Outcome:
    author = state.device(entry.author)
    wanted = {e.ring for e in body.epochs}
    opened = wanted & state.orphaned(author.id)
    _need(bool(wanted) and wanted <= state.renewable(author.id) | opened, "not this device's to renew")
    cut = [c.device for c in body.cuts]
    _need(len(set(cut)) == len(cut), "each once")
    after = state
    for c in body.cuts:  # whoever revoked a device could not see what went to rings that they did not hold
        uncut = state.uncut(c.device, wanted, author.id)
        _need(bool(uncut), "not this device's to cut")
        _need({r for r, _, _ in c.places} <= uncut, "only what is renewed is cut here, once")
        after = _marked(after, author.id, [c], uncut)
    rings = {r: replace(after.rings[r], holders=after.rings[r].holders | {author.id}) for r in opened}
    after = replace(after, rings={**after.rings, **rings})
    return _renewed(after, body.epochs, wanted), [entry.signed_by(author.signing)]


def _team(state: State, entry: Entry, body: Team) -> Outcome:
    author = state.device(entry.author)
    _need(state.coordinates(author.id, body.parent), "only a coordinator above makes a team")
    _need(body.team not in state.teams, "a team twice")
    kinds = {ring.team_ring(body.team): ring.TEAM, ring.coordinators_ring(body.team): ring.COORDINATORS}
    _need({e.ring for e in body.epochs} == set(kinds) and len(body.epochs) == len(kinds), "a team has two rings")
    after = replace(state, teams={**state.teams, body.team: body.parent})
    rings = dict(state.rings)
    for e in body.epochs:
        granted = [holder for holder, _ in e.grants]
        made = Ring(e.ring, kinds[e.ring], body.team, (e.public,), frozenset(granted))
        allowed = all(after.may_hold(h, made) and after.confirmed(h) for h in granted)
        _need(e.epoch == 1 and len(set(granted)) == len(granted), "epochs begin at 1")
        _need(allowed and author.id in granted, "granted to coordinators above, the author among them")
        rings[e.ring] = made
    return replace(after, rings=rings), [entry.signed_by(author.signing)]


def _grant(state: State, entry: Entry, body: Granted) -> Outcome:
    author = state.device(entry.author)
    renewable = state.renewable(author.id)
    _need(bool(body.items) and len({i[:3] for i in body.items}) == len(body.items), "a grant twice")
    rings = dict(state.rings)
    for name, epoch, holder, _ in body.items:
        _need(name in renewable, "not this device's to grant")
        known = rings[name]
        _need(epoch <= known.epoch and state.may_hold(holder, known), "not for this device")
        if epoch == known.epoch:
            rings[name] = replace(known, holders=known.holders | {holder})
    return replace(state, rings=rings), [entry.signed_by(author.signing)]


# -- rounds --------------------------------------------------------------------------------------------------


def _round(state: State, entry: Entry, body: Round) -> Outcome:
    author = state.device(entry.author)
    _need(state.coordinates(author.id, body.team), "only a coordinator of its team decides about a round")
    _need(len(set(body.members)) == len(body.members), "a member twice")
    begins = body.round not in state.rounds
    after = crewed(state, body.round, Crew(body.team, frozenset(body.members), body.closed))
    going = [c for c in after.rounds.values() if not c.closed]
    few = len(going) <= MAX_OPEN_ROUNDS and sum(len(c.members) for c in going) <= MAX_PLACES
    _need(few or body.closed, "too many rounds at once")
    after = _begun(after, author, body) if begins else _changed(state, after, author, body)
    return after, [entry.signed_by(author.signing)]


def _begun(after: State, author: Device, body: Round) -> State:
    """A new round: its ring at epoch 1, for whoever is on it and coordinators, the author among them."""
    name = ring.round_ring(body.round)
    _need(not body.closed and not body.cuts, "a round begins open, and cuts nobody")
    _need([(e.ring, e.epoch) for e in body.epochs] == [(name, 1)], "a round begins with its ring")
    granted = [holder for holder, _ in body.epochs[0].grants]
    made = Ring(name, ring.ROUND, body.round, (body.epochs[0].public,), frozenset(granted))
    _need(len(made.holders) == len(granted), "a grant twice")
    _need(author.id in granted, "its maker holds a round's ring")
    _need(all(after.may_hold(h, made) for h in granted), "not for this device")
    return replace(after, rings={**after.rings, name: made})


def _changed(before: State, after: State, author: Device, body: Round) -> State:
    """Others on a round, or its end. Whoever leaves makes its ring new and is cut there; the end cuts all who held it:
    what comes in late is for a coordinator to decide about.
    """
    was, r = before.rounds[body.round], before.rings[ring.round_ring(body.round)]
    _need(not was.closed, "the round is over")
    _need(body.team == was.team, "a round stays with its team")
    _need(not (body.closed and body.members), "nobody walks a round that is over")
    _need(was != after.rounds[body.round], "nothing changes")
    _need(r.id in before.renewable(author.id), "not this device's to renew")
    left = r.holders - after.rings[r.id].holders
    cut = (r.holders if body.closed else left) & before.devices.keys()
    _need(sorted(c.device for c in body.cuts) == sorted(cut), "each device's cut")
    marks = dict(after.marks)
    for c in body.cuts:
        _need([n for n, _, _ in c.places] in ([], [r.id]), "a round cuts in its own ring")
        numbers = {r.id: next(((number, name) for _, number, name in c.places), NOTHING_SEEN)}
        d = before.devices[c.device]
        mark = Mark(before.length + 1, d.role, before.within(d.team, d.role), numbers, body.round)
        marks[d.id] = (*marks.get(d.id, ()), mark)
    after = replace(after, marks=marks) if body.cuts else after
    return _renewed(after, body.epochs, {r.id} if left or body.closed else set())


def crewed(state: State, round_: bytes, crew: Crew) -> State:
    """A round with these people; of those who hold its ring only those stay who may."""
    after = replace(state, rounds={**state.rounds, round_: crew})
    known = state.rings.get(ring.round_ring(round_))
    if known is None:
        return after
    stay = frozenset(h for h in known.holders if after.may_hold(h, known))
    return replace(after, rings={**after.rings, known.id: replace(known, holders=stay)})


# -- leaving and moving --------------------------------------------------------------------------------------


def _revoke(state: State, entry: Entry, body: Revoke) -> Outcome:
    author = state.device(entry.author)
    leaving = [c.device for c in body.cuts]
    _need(bool(leaving) and len(set(leaving)) == len(leaving), "each once")
    for name in leaving:
        _need(name in state.devices or name in state.sheets, "not on the roll")
        gone = state.devices.get(name) or state.sheets[name]
        mine = gone.member == author.member
        _need(mine or state.coordinates(author.id, gone.team), "only the member or a coordinator revokes")
    after = _marked(state, author.id, body.cuts, state.readable(author.id))
    after = _without(after, leaving)
    lost = {r.id for r in state.rings.values() if r.holders & set(leaving)}
    after = _after_loss(state, after, author.id, lost, body.epochs)
    _keep_a_coordinator(state, after)
    return after, [entry.signed_by(author.signing)]


def _place(state: State, entry: Entry, body: Place) -> Outcome:
    author = state.device(entry.author)
    theirs = [d for d in state.devices.values() if d.member == body.member]
    _need(bool(theirs) and body.team in state.teams, "nobody there to place")
    old, new = (theirs[0].role, theirs[0].team), (body.role, body.team)
    _need(old != new, "nothing changes")
    both = state.coordinates(author.id, old[1]) and state.coordinates(author.id, body.team)
    _need(both, "only a coordinator of both places moves someone")
    cut = [c.device for c in body.cuts]
    _need(sorted(cut) == sorted(d.id for d in theirs), "each device's cut")
    may = (body.role, state.within(body.team, body.role))
    marked = _marked(state, author.id, body.cuts, state.readable(author.id), may)
    after = moved(marked, body.member, body.role, body.team)
    lost = {r.id for r in state.rings.values() if after.rings[r.id].holders != r.holders}
    after = _after_loss(state, after, author.id, lost, body.epochs)
    _keep_a_coordinator(state, after)
    return after, [entry.signed_by(author.signing)]


def moved(state: State, member: bytes, role: Role, team: bytes) -> State:
    """A member's devices in another place: out of the rings that are no longer theirs, without the invitations
    they made, off the rounds of other teams, and without their recovery sheets, which were for the place they had.
    """
    theirs = {d.id for d in state.devices.values() if d.member == member}
    after = _without(state, [s.id for s in state.sheets.values() if s.member == member])
    after = _without_invites(after, {a for a, d in after.inviters.items() if d in theirs})
    devices = {n: replace(d, role=role, team=team) if n in theirs else d for n, d in after.devices.items()}
    rounds = {n: c if c.team == team else replace(c, members=c.members - {member}) for n, c in after.rounds.items()}
    after = replace(after, devices=devices, rounds=rounds)
    rings = {
        n: replace(r, holders=frozenset(h for h in r.holders if after.may_hold(h, r))) for n, r in after.rings.items()
    }
    return replace(after, rings=rings)


def _without(state: State, leaving: Iterable[bytes]) -> State:
    """Devices and sheets gone: from the roll, from every ring, and with them the invitations they made."""
    gone = set(leaving)
    rings = {n: replace(r, holders=r.holders - gone) if r.holders & gone else r for n, r in state.rings.items()}
    left = {**state.left, **{n: d for n, d in state.devices.items() if n in gone}}
    after = replace(
        state,
        devices={n: d for n, d in state.devices.items() if n not in gone},
        sheets={n: s for n, s in state.sheets.items() if n not in gone},
        left=left,
        rings=rings,
    )
    return _without_invites(after, {a for a, d in state.inviters.items() if d in gone})


def _without_invites(state: State, announced: set[bytes]) -> State:
    """Invitations that were not used yet stop to work."""
    void = announced - state.used
    return replace(state, invites={a: i for a, i in state.invites.items() if a not in void})


def _after_loss(before: State, after: State, author: bytes, lost: set[bytes], epochs: Sequence[Epoch]) -> State:
    """Renew what the author may renew of what was lost; the rest is exposed until one of its holders does. Nothing of a
    round that is over: nothing is sealed to it any more.
    """
    lost = {r for r in lost if not after.over(after.rings[r])}
    mine = {r for r in lost & after.renewable(author) if author in after.rings[r].holders}
    waiting = {r for r in lost - mine if r in before.rings}
    return _renewed(replace(after, exposed=after.exposed | waiting), epochs, mine)


def _keep_a_coordinator(before: State, after: State) -> None:
    """The top team is never left without a coordinator who is there and confirmed."""
    root = next(t for t, above in before.teams.items() if above is None)
    _need(any(after.coordinates(d, root) for d in after.devices), "the last coordinator stays")


def _marked(
    state: State,
    author: bytes,
    cuts: Iterable[Cut],
    decided: set[bytes],
    may: tuple[Role | None, frozenset[bytes]] = (None, frozenset()),
) -> State:
    """Note the cuts: in every ring of `decided` the last place named, or none at all."""
    held = state.readable(author)
    marks: dict[bytes, tuple[Mark, ...]] = dict(state.marks)
    for cut in cuts:
        named = {r: (number, name) for r, number, name in cut.places}
        _need(len(named) == len(cut.places) and set(named) <= held, "a cut names rings that its author holds, once")
        if cut.device in state.sheets:
            _need(not named, "a sheet writes nothing")
            continue
        numbers: Mapping[bytes, tuple[int, bytes]] = {**dict.fromkeys(decided, NOTHING_SEEN), **named}
        mark = Mark(state.length + 1, *may, numbers)
        marks[cut.device] = (*marks.get(cut.device, ()), mark)
    return replace(state, marks=marks) if marks != state.marks else state


# -- recovery ------------------------------------------------------------------------------------------------


def _sheet(state: State, entry: Entry, body: Sheet) -> Outcome:
    author = state.device(entry.author)
    _need(state.coordinates(author.id, author.team), "only a coordinator makes a sheet")
    name = device_id(body.signing, body.agreement)
    _need(name not in state.devices and name not in state.left and name not in state.sheets, "keys twice")
    made = SheetKey(name, body.signing, body.agreement, author.member, author.team, entry.hash)
    after = replace(state, sheets={**state.sheets, name: made})
    renewable = state.renewable(author.id)
    _need(len({(g.ring, g.epoch) for g in body.grants}) == len(body.grants), "a grant twice")
    rings = dict(state.rings)
    for g in body.grants:
        _need(g.ring in renewable and g.epoch <= rings[g.ring].epoch, "grants more than the author may")
        known = rings[g.ring]
        if g.epoch == known.epoch:
            rings[g.ring] = replace(known, holders=known.holders | {name})
    return replace(after, rings=rings), [entry.signed_by(author.signing)]


def _recover(state: State, entry: Entry, body: Recover) -> Outcome:
    sheet = state.sheets.get(body.sheet)
    if sheet is None:
        raise InvitationUnknown("sheet")
    _need(entry.author == sheet.id, "author of a recovery")
    device = _new_device(state, body, sheet.member, Role.COORDINATOR, sheet.team, sheet.id)
    held = {r.id for r in state.rings.values() if sheet.id in r.holders}
    copied = {name for name in held if not state.over(state.rings[name])}
    after = _without(state, [sheet.id])
    after = replace(after, exposed=after.exposed | copied)  # paper may have been copied: the new device renews them
    after = _with_device(after, device, body.own_public)
    opened = [after.rings[r] for r in held if body.own_public is None or after.rings[r].kind != ring.OWN]
    after = _with_rings(after, device.id, opened)  # what was granted to the sheet
    proof = Signed(
        body.signing, body.proof, proof_bytes(sheet.announced, body.signing, body.agreement, body.own_public)
    )
    return after, [entry.signed_by(sheet.signing), proof]


_RULES: Mapping[type, Callable[[State, Entry, Any], Outcome]] = {
    Genesis: _genesis,
    Invite: _invite,
    AddDevice: _add_device,
    Renew: _renew,
    Revoke: _revoke,
    Place: _place,
    Team: _team,
    Granted: _grant,
    Sheet: _sheet,
    Recover: _recover,
    Withdraw: _withdraw,
    Round: _round,
}
