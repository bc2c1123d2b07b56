"""Nobody is ranked: what a coordinator sees and takes along is the same whoever did how many doors.

Two worlds begin as one and the same team on disk. In both, the same is found at the same doors; but in one Fatma does one
door, Bram three and Carla eight, and in the other each does what another did. Every screen that a coordinator can open,
and everything that they can copy, print or save, has to read the same in both, names and figures and all. A figure that
differed by collector would read differently, whatever it is called and wherever it stands.
"""

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path

from app.services.app import App
from app.services.models import Role
from app.services.rounds.models import Answer, DoorState, Interest
from app.views import routes
from tests.support.native_app import synced
from tests.support.rounds import BRAM, bram, one_walk
from tests.support.screens import LAPTOP, Person
from tests.support.settled_team import Team, hushed, session_of, team

CARLA = "564738"
ONE, OTHER = {"fatma": 1, "bram": 3, "carla": 8}, {"fatma": 8, "bram": 1, "carla": 3}
FOUND = [
    Answer(DoorState.MET, True, (Interest.ACTIVITY,)),
    Answer(DoorState.NOT_HOME, True),
    Answer(DoorState.LATER),
    Answer(DoorState.NO_CONTACT),
    Answer(DoorState.EMPTY),
    Answer(DoorState.UNREACHABLE),
]
AFTER = ("", "rondes", "ronde", "nieuwe-ronde", "mensen", "mens", "mijn-gegevens", "vandaag", "welkom", "geen-contact")
WAYS = (
    "Link van deze ronde",
    "Tulpstraat als lijst",
    "Verander wie meelopen",
    "Ronde sluiten",
    "Dezelfde aantallen als tabel",
    "per loopje",
)
Shown = dict[str, dict[str, list[str]]]
_ID = re.compile(r"[0-9a-f]{24,}")


async def _begin(settled: Path, folder: Path) -> tuple[bytes, bytes, list[bytes]]:
    """A round with three collectors on it: its id, its walk's, and whose it is."""
    async with team(settled, folder) as t:
        joke, fatma = await t.joke(), await t.fatma()
        carla = t.device("carla")
        await carla.start((await joke.invite("Carla", Role.COLLECTOR)).url)
        await carla.accept("Carla", CARLA)
        await hushed(carla)
        walkers = [fatma, await bram(t, joke), carla]
        await synced(*walkers, joke)
        name, walk = await one_walk(joke, *walkers)
        await synced(*walkers, joke)
        return name, walk, [session_of(app).member for app in walkers]


async def _walked(t: Team, walk: bytes, shares: Mapping[str, int]) -> App:
    """Everyone does a share of the same doors; the coordinator, who has it all."""
    joke = await t.joke()
    walkers = {
        "fatma": await t.fatma(),
        "bram": await t.unlocked("bram", BRAM),
        "carla": await t.unlocked("carla", CARLA),
    }
    whose = [walkers[who] for who, doors in shares.items() for _door in range(doors)]
    keys = [look.door.key for look in joke.rounds.doors(walk)]
    for number, (key, app) in enumerate(zip(keys, whose, strict=True)):
        await app.rounds.take(walk)
        await app.rounds.tap(walk, key, FOUND[number % len(FOUND)], new_resident=number == 0)
    await synced(*walkers.values(), joke, joke)
    return joke


def _lines(words: str) -> list[str]:
    """What is read, without the ids in links: they differ from one world to the other by luck."""
    return sorted(_ID.sub("…", words).splitlines())


async def _seen(joke: App, wanted: Mapping[str, list[str]], only: tuple[str, ...] = ()) -> dict[str, list[str]]:
    """Every screen that there is, with what can be opened on those of a round."""
    person, seen = Person(joke, LAPTOP), dict[str, list[str]]()
    await person.arrive()
    makers = {**routes.ALWAYS, **routes.INSIDE, **routes.COORDINATING}
    for first in ("", *makers):
        if only and first not in only:
            continue
        for number, rest in enumerate(wanted.get(first, [""])):
            await person.go(f"/{first}/{rest}")
            read = [person.reads()]
            for way in WAYS if first == "ronde" else ():
                if any(person.named(c) == way for c in person.actions()):
                    await person.tap(way)
                    read.append(person.reads())
            seen[f"{first} {number}"] = _lines("\n".join(read))
    assert person.calm()
    return seen


async def _taken_along(joke: App, name: bytes, walk: bytes, closed: bool) -> dict[str, list[str]]:
    """What a coordinator can print, copy and save."""
    person = Person(joke, LAPTOP)
    await person.arrive()
    taken = {"export": sorted(re.sub(r"[0-9a-f]{12,}", "…", joke.mine.to_json({}).decode()).splitlines())}
    if closed:
        await person.go(f"/ronde/{name.hex()}")
        await person.tap("Dezelfde aantallen als tabel")
        await person.tap("Kopieer de tabel")
        copied = [args["data"] for asked, args in person.client.asked if asked == "set" and "data" in (args or {})]
        taken["table"] = copied[-1].splitlines()
    else:
        await person.go(f"/papier/{walk.hex()}")
        await person.tap("Print")
        taken["paper"] = _lines("\n".join(joke.live.page.printed))  # type: ignore[attr-defined]
    return taken


async def _world(begun: Path, folder: Path, shares: Mapping[str, int], ids: tuple[bytes, bytes, list[bytes]]) -> Shown:
    """All that a coordinator can read of a round, while it is open and once it is closed."""
    name, walk, members = ids
    walks = [walk.hex()]
    wanted = dict.fromkeys(("loop", "straat", "papier"), walks)
    wanted |= {"ronde": [name.hex()], "ruil": [name.hex()], "mens": [m.hex() for m in members]}
    async with team(begun, folder) as t:
        joke = await _walked(t, walk, shares)
        shown = {"open": await _seen(joke, wanted), "taken": await _taken_along(joke, name, walk, closed=False)}
        await joke.rounds.close(name)
        wanted["nieuwe-ronde"] = ["", name.hex()]
        shown["closed"] = await _seen(joke, wanted, AFTER)
        shown["kept"] = await _taken_along(joke, name, walk, closed=True)
        return shown


def test_what_a_coordinator_sees_and_takes_along_is_the_same_whoever_did_how_many_doors(
    settled: Path, tmp_path: Path
) -> None:
    """Three collectors with 1, 3 and 8 doors, and with 8, 1 and 3: every screen and every export reads the same."""

    async def story() -> None:
        ids = await _begin(settled, tmp_path / "begun")
        one = await _world(tmp_path / "begun", tmp_path / "one", ONE, ids)
        other = await _world(tmp_path / "begun", tmp_path / "other", OTHER, ids)
        desk = "\n".join(one["open"]["ronde 0"])
        assert all(words in desk for words in ("12 van 12 deuren gedaan", "Carla", "1: Gesproken")), "it was read"
        assert any("Tulpstraat\t12\t" in line for line in one["kept"]["table"])
        differing = [(when, what) for when in one for what in one[when] if one[when][what] != other[when][what]]
        assert differing == []

    asyncio.run(story())
