"""A made-up team on a real server, with something to see on every screen. Nobody in it exists.

team = MadeUp(folder, server)          # the demo's team, and what the demo leaves out
team.links["coordinator"]              # a second device's link for each role, each good once
team.records["visit"]                  # what stands behind a route such as "/bezoek/{visit}"
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from app.commands.demo import Demo
from app.services.activities_form import ActivityForm, ActivityKind
from app.services.app import App
from app.services.area_tree import Place
from app.services.law.requests import Asked
from app.services.models import AreaCode, Gift, Outcome, QueueFilter, ReviewState, Role, VisitForm, Wish
from app.services.offers_form import OfferForm
from app.services.reports.models import quarter
from app.services.rounds.models import Answer, Door, DoorState, Interest, Purpose
from app.services.stories_form import StoryForm
from tests.support.rounds import plan, put_street, street
from tests.support.server_process import ServerProcess
from tests.support.settled_team import session_of

ADDRESS = "Krokussenhof 3"
OFFERED = StoryForm(True, "Samen soep", "Een buurvrouw kookt elke week soep. De hele trap eet mee.")


async def notes(app: App) -> dict[str, str]:
    """Something of each kind that a person writes down; the ids as they stand in routes."""
    today = app.today()
    address = f"{ADDRESS} {app.my_name[0]}"
    visit = VisitForm(True, "Wilgenstraat 7", today, Gift.PLANT, Outcome.MET, frozenset({Wish.COFFEE}), "Kwam uit Oss.")
    plan = ActivityForm(ActivityKind.COFFEE, today + timedelta(days=4), "10:00", 120, "Wijkplein De Helftheuvel")
    held = ActivityForm(ActivityKind.BINGO, today - timedelta(days=2), "14:00", 120, "Buurthuis De Slinger", 23, 4)
    story = StoryForm(True, "De bank voor de flat", "Sinds de zomer staat er een bank. Nu drinken we er koffie.")
    await app.marks.set(f"Rozenlaan 9 {app.my_name[0]}", today)
    return {
        "address": address.encode().hex(),
        "welcome": (await app.welcomes.add(address, today - timedelta(days=3))).hex(),
        "visit": (await app.save_visit(visit)).hex(),
        "activity": (await app.activities.save(plan)).hex(),
        "held": (await app.activities.save(held)).hex(),
        "story": (await app.stories.save(story, b"")).hex(),
        "offered": (await app.stories.save(OFFERED, b"", offer=True)).hex(),
    }


def people(coordinator: App) -> dict[str, str]:
    """The team, a contact person, a new coordinator's device, and a visit that waits for a word."""
    known = {p.name: p for p in coordinator.trust.people()}
    return {
        "member": known["Fatma"].id.hex(),
        "new_coordinator": known["Anneke"].devices[0].id.hex(),
        "team": coordinator.trust.teams()[0].id.hex(),
        "theirs": coordinator.queue(QueueFilter.ALL)[0].id.hex(),
    }


async def question(coordinator: App) -> dict[str, str]:
    """A resident's question that waits for an answer."""
    today = coordinator.today()
    made = await coordinator.law.requests.note(Asked.LOOK, "Wilgenstraat 7", today, today)
    return {"asked_law": made.hex()}


async def from_outside(coordinator: App) -> dict[str, str]:
    """A care worker's request for a welcome."""
    link = coordinator.carers.read(coordinator.carers.link().url)
    made = await coordinator.carers.ask(link, "Tulpstraat 5", wished=True)
    return {"request": made.url.rpartition("/")[2]}


async def walked(coordinator: App, contact: App) -> dict[str, str]:
    """A round of a street and a block, of which the coordinator has walked a few doors."""
    today = coordinator.today()
    name = "Burgemeester van der Feltzlaan"
    long = [Door(f"feltz|{n}", name, n, "A", "bis", place="Rosmalen") for n in range(1230, 1238)]
    block = [
        Door(f"hoef|{n}", "De Hoef", n, place="Muntel", stair="A" if n < 109 else "B", floor=(n - 101) % 8 // 2)
        for n in range(101, 117)
    ]
    doors = [street("Tulpstraat", range(1, 31)), block, long]
    ids = [await put_street(coordinator, some) for some in doors]
    members = [session_of(app).member for app in (coordinator, contact)]
    made = replace(plan(ids, members), name="Collecte najaar", purpose=Purpose.COLLECTION, first=today, last=today)
    made = replace(made, last=today + timedelta(days=20))
    round_ = await coordinator.rounds.make(made)
    await coordinator.marks.set("Tulpstraat 9", today)
    walk, *_more = coordinator.rounds.round(round_).walks
    looks = [x for x in coordinator.rounds.doors(walk.id) if not x.blocked]
    found = [DoorState.MET, DoorState.NOT_HOME, DoorState.LATER, DoorState.EMPTY, DoorState.UNREACHABLE, DoorState.MET]
    for look, state in zip(looks, [*found, DoorState.NO_CONTACT], strict=False):
        await coordinator.rounds.tap(walk.id, look.door.key, Answer(state))
    return {"round": round_.hex(), "walk": walk.id.hex()}


async def ended(coordinator: App) -> dict[str, str]:
    """A round that was closed on its last day."""
    last = coordinator.today()
    doors = [street("Rozenlaan", range(1, 21)), street("Leliehof", range(2, 13))]
    ids = [await put_street(coordinator, some) for some in doors]
    made = plan(ids, [session_of(coordinator).member])
    round_ = await coordinator.rounds.make(
        replace(made, name="Kennismaken in het voorjaar", first=last - timedelta(days=21), last=last)
    )
    [walk] = coordinator.rounds.round(round_).walks
    found = [DoorState.MET, DoorState.MET, DoorState.NOT_HOME, DoorState.MET, DoorState.EMPTY, DoorState.LATER]
    for look, state in zip(coordinator.rounds.doors(walk.id), [*found, *found[:4]] * 2, strict=False):
        wished = (Interest.CONTACT_PERSON,) if state is DoorState.LATER else ()
        await coordinator.rounds.tap(walk.id, look.door.key, Answer(state, state is DoorState.MET, wished))
    await coordinator.rounds.close(round_)
    return {"ended": round_.hex()}


async def asked(coordinator: App, contact: App) -> dict[str, str]:
    """Something to do after a visit, and a question about another."""
    today, me = coordinator.today(), session_of(contact).member
    first, second, *_more = [v.id for v in coordinator.queue(QueueFilter.OPEN) if v.by == "Fatma" and v.detail]
    await coordinator.followups.ask(first, me, "Breng een folder van de moestuin", today + timedelta(days=3), "", today)
    await coordinator.review(second, ReviewState.QUESTION, "Welke dag kunnen ze?")
    [one] = coordinator.followups.of_visit(first)
    return {"followup": one.id.hex()}


async def neighbourhood(coordinator: App) -> dict[str, str]:
    """Where the team works, which streets lie there, what residents wish often enough to be shown, and what there is."""
    team, today = session_of(coordinator).team, coordinator.today()
    wijk: Place = ("wijk", "WK079604", "2025")
    block: Place = ("complex", "De Hoef", "")
    name = coordinator.trust.teams()[0].name or "Muntel"
    await coordinator.trust.put_team(team, name, [AreaCode(*wijk, "Muntel / Vliert"), AreaCode(*block, "")])
    await coordinator.areas.put_streets(team, wijk, "Tulpstraat\nKrokussenhof\nWilgenstraat")
    await coordinator.areas.put_streets(team, block, "De Hoef")
    for chosen, street_, n in [
        ((Wish.COFFEE, Wish.REPAIR), "Krokussenhof", 13),
        ((Wish.REPAIR, Wish.GARDEN), "De Hoef", 11),
    ]:
        form = VisitForm(True, "", today, Gift.PLANT, Outcome.MET, frozenset(map(str, chosen)))
        for number in range(200, 200 + n):
            await coordinator.save_visit(replace(form, address=f"{street_} {number}"))
    garden = OfferForm("garden", "Moestuin achter de Hoef", block, "achterplein")
    await coordinator.offers.save(garden)
    coffee = OfferForm("coffee", "Koffie in De Slinger", wijk, "Buurthuis De Slinger", "elke dinsdag om 10:00", "Joke")
    return {"offer": (await coordinator.offers.save(coffee)).hex()}


async def published(coordinator: App) -> dict[str, str]:
    """The quarter before this one, with visits enough to be told of, on paper."""
    this = quarter(coordinator.today().year, (coordinator.today().month + 2) // 3)
    form = VisitForm(True, "", this.before.last, Gift.PLANT, Outcome.MET, frozenset({"coffee"}))
    for number in range(300, 316):
        await coordinator.save_visit(replace(form, address=f"Wilgenstraat {number}"))
    name = await coordinator.reports.publish(this.before, ("wijk", "WK079604", "2025"))
    for _ in range(2):  # it is sure to be the first once the server has it
        await coordinator.sync_once()
    return {"publication": name.hex()}


class MadeUp:
    """The team, made when this is."""

    def __init__(self, folder: Path, server: ServerProcess) -> None:
        self.links: dict[str, str] = {}
        self.records: dict[str, str] = {}  # the coordinator's
        self.contact_records: dict[str, str] = {}
        link = server.init()
        server.start()
        with ThreadPoolExecutor(1) as own:  # Playwright has a loop of its own in this thread
            own.submit(asyncio.run, self._make(Demo(folder, server.url), link)).result()

    async def _make(self, demo: Demo, link: str) -> None:
        await demo.make(link)
        joke, fatma = demo.apps["joke"], demo.apps["fatma"]
        anneke = await demo.join("anneke", "Anneke", (await joke.invite("Anneke", Role.COORDINATOR)).url)
        await anneke.sync_once()
        await fatma.sync_once()
        self.contact_records = await notes(fatma)
        await fatma.sync_once()
        await joke.sync_once()
        walks = await walked(joke, fatma) | await ended(joke)
        await joke.sync_once()
        self.records = await notes(joke) | people(joke) | await from_outside(joke) | walks | await asked(joke, fatma)
        self.records |= await question(joke)
        self.contact_records |= walks
        self.records |= await neighbourhood(joke)
        self.records |= await published(joke)
        await joke.sync_once()
        self.contact_records["request"] = self.records["request"]
        urls = [url for _who, url in await demo.links()]
        self.links = dict(zip(("coordinator", "contact", "new"), urls, strict=True))
        self.records["invitation"] = self.links["coordinator"].partition("#")[2].rpartition("/")[2]
        await demo.sleep()
        for app in demo.apps.values():
            await app.live.world.transport.close()  # type: ignore[attr-defined]
