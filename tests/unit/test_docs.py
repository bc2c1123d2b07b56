"""docs/protocol.md says what the code does: every code, cell, route, label and bound, and nothing that is gone."""

import re
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from app.services import vault
from sync.core import (
    bundle,
    carer,
    change,
    codec,
    directory,
    envelope,
    formats,
    frames,
    ids,
    padding,
    roll_entry,
    roll_rules,
    sealing,
    sender_key,
    stories,
    versions,
    wire,
)
from sync.core.errors import BY_CODE
from sync.core.rights import TABLE, Role
from sync.device import carrying
from sync.server.routes import Routes
from sync.server.service import Service
from sync.server.store_memory import MemoryStore
from tests.support.core_world import P, run

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
CORE = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "sync" / "core").glob("*.py"))


VAULT = ("app/services/vault.py", "app/platform/native_vault.py")


class Clock:
    """Stands still."""

    def millis(self) -> int:
        return 0


def section(title: str) -> str:
    """The text under a heading."""
    return TEXT.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def rows(title: str) -> list[list[str]]:
    """The cells of the (last) table in a section, without its head."""
    lines = [line for line in section(title).splitlines() if line.startswith("|")]
    return [[c.strip().strip("`") for c in line.strip("|").split("|")] for line in lines[2:]]


def test_every_error_code_is_told_as_it_is() -> None:
    """Code, HTTP status, whether to try again and the sentence; no code too many."""
    told = {code: (int(status), again == "yes", meaning) for code, status, again, meaning in rows("Errors")}
    assert told == {c: (e.status, e.retryable, e.sentence) for c, e in BY_CODE.items()}


def test_every_cell_of_the_rights_table_is_told_as_it_is() -> None:
    """Kind and group against role; no row too many."""
    told = {(kind, group): cells for kind, group, *cells in rows("Rights")}
    real = {row: [cells[r].value if r in cells else "–" for r in Role] for row, cells in TABLE.items()}
    assert told == real


def test_where_what_is_of_a_round_may_stand_is_told() -> None:
    """Each row that is bound to a round's ring, and each that is the coordinators'."""
    told = section("Rights").split("\n- ")
    for to, real in (
        ("to one round's ring", sealing.IN_A_ROUND),
        ("to coordinators' rings alone", sealing.FOR_COORDINATORS),
    ):
        [words] = [line for line in told if to in line]
        assert {tuple(row.split("/")) for row in re.findall(r"`([a-z]+/[a-z]+)`", words.split(" sealed ")[0])} == real


def test_every_wire_route_is_told() -> None:
    """Method and path of everything that the server answers, and no route too many."""
    clock = Clock()
    routes = Routes(Service(MemoryStore(), P, clock), clock.millis).all()
    real = {f"{'GET' if 'GET' in (r.methods or ()) else 'POST'} {r.path}" for r in routes if r.methods}
    assert {row[0] for row in rows("Wire")} == real


def test_routes_that_need_a_token_say_so() -> None:
    """A stranger is told to sign in there, and nowhere else."""
    clock = Clock()
    app = Starlette(routes=Routes(Service(MemoryStore(), P, clock), clock.millis).all())

    async def status(route: str) -> int:
        method, path = route.split()
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://server") as client:
            reply = await client.request(method, path, headers={"Content-Type": wire.MEDIA_TYPE})
            return reply.status_code

    for route, token, *_ in rows("Wire"):
        assert (run(status(route)) == 401) == (token == "yes"), route


def test_every_first_byte_is_told() -> None:
    """Each format's number stands in the table, and no other."""
    told = {int(row[0], 16) for row in rows("First bytes")}
    assert told == {v for k, v in vars(formats).items() if k.isupper() and k != "VERSION"}


def test_every_label_is_told() -> None:
    """The labels of ids, HPKE infos and HKDF infos, as they stand in the code."""
    digests = set(re.findall(r'digest\(\s*"([a-z ]+)"', CORE))
    assert digests == {row[1] for row in rows("Ids")}
    infos = set(re.findall(r'b?"(straatcontact [a-z ]+)"', CORE)) - {"straatcontact "}
    assert len(infos) == 6
    assert all(info in TEXT for info in infos)
    sources = "\n".join((ROOT / path).read_text(encoding="utf-8") for path in VAULT)
    labels = set(re.findall(r'b?"(straatcontact (?:vault|passkey)[a-z ]*)"', sources))
    assert len(labels) == 4
    assert all(f'"{label}"' in section("Vault") for label in labels)


BOUNDS = {
    "Frames": [
        bundle.MAX_DEVICES,
        bundle.MAX_ENVELOPES,
        bundle.MAX_ONE_BYTES,
        bundle.MAX_OPENED_BYTES,
        frames.MAX_CONTENT_BYTES,
        frames.MAX_BLOCK_BYTES,
        frames.MAX_BLOCKS,
        carrying.MAX_UNSURE,
    ],
    "Encoding": [codec.MAX_DEPTH],
    "Padding": list(padding._STEPS),
    "Change": [change.MAX_PLAIN_BYTES >> 20, change.MAX_FIELDS, change.MAX_REPLACED, change.MAX_SEEN],
    "Envelope": [envelope.MAX_ENVELOPE_BYTES, envelope.MAX_RINGS, sender_key.SEALED_BYTES],
    "Sender key": [sender_key.MAX_USES, sender_key.MAX_AGE_MILLIS // 3_600_000, sender_key.SUITE],
    "Roll": [
        roll_entry.MAX_ENTRY_BYTES,
        roll_entry.MAX_GRANTS,
        sender_key.SEALED_BYTES,
        roll_entry.MAX_MEMBERS,
        roll_rules.MAX_OPEN_ROUNDS,
        roll_rules.MAX_PLACES,
    ],
    "Vault": [vault.MIN_ROUNDS, vault.MAX_ROUNDS, vault.SALT_BYTES, vault.PRF_SALT_BYTES, vault.MAX_CREDENTIAL_BYTES],
    "Care workers": [carer.MAX_ADDRESS, carer.MAX_TEXT, carer.MAX_SEALED_BYTES],
    "Directory": [directory.MAX_DIRECTORY_BYTES],
    "Stories": [
        stories.MAX_LIST_BYTES,
        stories.MAX_STORIES,
        stories.MAX_TITLE,
        stories.MAX_TEXT,
        stories.MAX_SHEET_BYTES,
        stories.MAX_PHOTO_BYTES,
        stories.MAX_DAYS,
    ],
    "Wire": [wire.MAX_BODY_BYTES >> 20, wire.MAX_PUSH, wire.MAX_PULL_RINGS, wire.MAX_PULL_BYTES >> 20, wire.MAX_ERASE],
    "Ids": [ids.ID_BYTES, ids.HASH_BYTES],
}


@pytest.mark.parametrize("title", BOUNDS)
def test_every_bound_is_told(title: str) -> None:
    """The numbers in the code stand in the section that is about them."""
    numbers = set(re.findall(r"\d+(?:,\d{3})*", section(title)))
    assert {f"{n:,}" for n in BOUNDS[title]} <= numbers


def test_roles_and_actions_are_told_by_their_numbers() -> None:
    """As they stand on the roll."""
    roll = section("Roll")
    assert "1 contact person, 2 collector, 3 coordinator" in roll
    assert [int(r) for r in Role] == [1, 2, 3]
    actions = {"genesis": roll_entry.GENESIS, "invite": roll_entry.INVITE}
    actions |= {"add device": roll_entry.ADD_DEVICE, "renew": roll_entry.RENEW}
    actions |= {"revoke": roll_entry.REVOKE, "place": roll_entry.PLACE, "team": roll_entry.TEAM}
    actions |= {"grant": roll_entry.GRANT, "sheet": roll_entry.SHEET, "recover": roll_entry.RECOVER}
    actions |= {"withdraw": roll_entry.WITHDRAW, "round": roll_entry.ROUND}
    for name, number in actions.items():
        assert re.search(rf"^    {name} +\[{number},", roll, re.MULTILINE)


def test_what_a_newer_format_means_is_told_of_every_format() -> None:
    """Each first byte stands in one row, and those that need a new protocol version in a row of their own."""
    told = [({int(b.strip(" `"), 16) for b in row[0].split(",")}, row[1]) for row in rows("Versions")]
    assert sorted(b for numbers, _ in told for b in numbers) == sorted(versions.FORMATS)
    negotiated = {b for numbers, says in told for b in numbers if "protocol version" in says}
    assert negotiated == {b for b, newer in versions.FORMATS.items() if newer.negotiated}
    assert f"`{versions.HEADER}: 1-3`" in section("Versions")


def test_codes_named_in_the_text_exist() -> None:
    """No sentence speaks of an error that is none."""
    named = set(re.findall(r"`([a-z]+(?:_[a-z]+)+)`", TEXT))
    assert named <= set(BY_CODE)
