"""What the small made-up team has on its coordinator's desk: areas, offers, a follow-up, a story to check, a round that goes
on, an activity that was held and one to come. All through the services.
"""

from datetime import timedelta

from app.commands.demo_words import GEMEENTE, YEAR
from app.services.activities_form import ActivityForm, ActivityKind
from app.services.app import App
from app.services.area_tree import place_of
from app.services.models import AreaCode, QueueFilter, Wish
from app.services.offers_form import OfferForm
from app.services.rounds.models import Answer, DoorState, Interest, Plan, Purpose
from app.services.stories_form import StoryForm

BUURTEN = (
    (AreaCode("buurt", "BU99990101", YEAR, "Wilgenbuurt"), "Wilgenstraat", "Wilgenstraat 2-40 even"),
    (AreaCode("buurt", "BU99990102", YEAR, "De Hoef"), "De Hoef", "De Hoef 81-120"),
)
WIJK = AreaCode("wijk", "WK999901", YEAR, "Oost")


async def furnish(joke: App, fatma: App, henk: App) -> None:
    """The coordinator's things, and what two contact persons add to them. All of them have synced."""
    today = joke.today()
    top = joke.trust.teams()[0].id
    await joke.trust.put_team(top, "Straatcontact Voorbeeldstad", [GEMEENTE, WIJK, *(b for b, _, _ in BUURTEN)])
    for buurt, street, doors in BUURTEN:
        await joke.areas.put_streets(top, place_of(buurt), street)
        await joke.register.by_hand(doors, "Voorbeeldstad")
    for wish, name, place, when, area in (
        (Wish.COFFEE, "Koffieochtend", "Huiskamer De Linde", "dinsdag van 10 tot 12 uur", place_of(BUURTEN[0][0])),
        (Wish.REPAIR, "Repair café", "De Smidse", "eerste zaterdag van de maand", None),
        (Wish.LANGUAGE, "Taalcafé", "Bibliotheek", "donderdag om 14 uur", None),
    ):
        await joke.offers.save(OfferForm(wish.value, name, area, place, when, "Joke"))
    await _street_life(fatma, henk)
    await joke.sync_once()
    visit = next(v for v in joke.queue(QueueFilter.OPEN) if Wish.GARDEN.value in v.form.wishes)
    member = next(p.id for p in joke.trust.people() if p.name == visit.by)
    due = today + timedelta(days=6)
    await joke.followups.ask(visit.id, member, "Vertel waar de moestuin is.", due, "Wat een fijn bezoek!", today)
    await _round(joke, [p.id for p in joke.trust.people() if p.name in ("Fatma", "Henk")])
    await joke.sync_once()
    await fatma.sync_once()
    await henk.sync_once()


async def _street_life(fatma: App, henk: App) -> None:
    today = fatma.today()
    held = ActivityForm(ActivityKind.COFFEE, today - timedelta(days=5), "10:00", 120, "Huiskamer De Linde", 14, 2)
    await fatma.activities.save(held)
    await henk.activities.save(ActivityForm(ActivityKind.REPAIR, today + timedelta(days=9), "13:30", 180, "De Smidse"))
    told = "Sinds de zomer staat er een bank voor de flat. Eerst zat er één iemand, nu drinken we er samen koffie."
    await henk.stories.save(StoryForm(True, "De bank voor de flat", told), b"", offer=True)
    await fatma.sync_once()
    await henk.sync_once()


async def _round(joke: App, members: list[bytes]) -> None:
    today = joke.today()
    streets = tuple(s.id for s in joke.register.look() if s.name == "Wilgenstraat")
    plan = Plan("Kennismaken", Purpose.MEET, today, today + timedelta(days=14), tuple(members), streets)
    made = await joke.rounds.make(plan)
    walk = joke.rounds.round(made).walks[0].id
    found = (DoorState.MET, DoorState.NOT_HOME, DoorState.MET, DoorState.LATER)
    for look, state in zip(joke.rounds.doors(walk), found, strict=False):
        wished = (Interest.ACTIVITY,) if state is DoorState.MET else ()
        await joke.rounds.tap(walk, look.door.key, Answer(state, state is DoorState.NOT_HOME, wished))
