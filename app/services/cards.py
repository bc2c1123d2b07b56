"""The welcome card to print for whoever was not at home. It says nothing of the resident, and nothing of it is kept
but what the contact person may leave in as their own: a first name, and where to drop in.

Dutch first, English second, whatever language is on screen: a resident reads the card, not the user of the app.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.services.directory.finding import spaced
from app.services.drafts import Plain
from app.services.inviting import qr
from app.services.live import Live
from sync.core.errors import BadInput
from sync.core.help_line import HelpLine

MAX_NAME, MAX_PLACE = 30, 70
SIZES = {1: "a5", 4: "a6"}  # cards on an A4
HELP = "?hulplijnen"  # the site's first page alone: readable before anyone logs in, without loading the app
DRAFT = "card"  # sealed like a half-typed form, though it is never sent off

Block = tuple[str, str]  # how it looks (title, big, text, number, small; code: beside the QR code), and the words


@dataclass(frozen=True, slots=True)
class Card:
    """A card: its parts from top to bottom, and the QR code at its foot (rows, True is dark)."""

    blocks: tuple[Block, ...]
    url: str
    qr: tuple[tuple[bool, ...], ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Own:
    """What the contact person puts on it: a first name, and where to drop in or whom to call; both may be empty."""

    name: str = ""
    place: str = ""


def check(own: Own) -> None:
    """Refuse what does not fit on a card. Raises BadInput."""
    if len(own.name.strip()) > MAX_NAME:
        raise BadInput("card_name", "too_long")
    if len(own.place.strip()) > MAX_PLACE:
        raise BadInput("card_place", "too_long")


def make(own: Own, lines: Sequence[HelpLine], origin: str) -> Card:
    """A card for these help lines (the first four with a number are printed). Raises BadInput."""
    check(own)
    name, place = own.name.strip(), own.place.strip()
    url = f"{origin.rstrip('/')}/{HELP}"
    numbers = [(line.name, line.phone) for line in lines if line.phone][:4]
    blocks: list[Block] = [
        ("title", "Welkom in de buurt!"),
        ("big", "We kwamen even langs om kennis te maken, maar je was niet thuis."),
        ("text", f"Ik ben {name}, contactpersoon in deze buurt." if name else "Groeten van de buurt."),
        ("text", "Zin in koffie, of een vraag over de buurt?" + (" Kom langs of bel:" if place else "")),
        *([("big", place)] if place else []),
        ("small", "Liever geen bezoek? Ook goed. Zeg het ons, dan komen we niet meer langs."),
        ("text", "Hulp nodig?"),
        *(("number", f"{spaced(phone)}  {title.removeprefix(phone).strip()}") for title, phone in numbers),
        ("code", "Welcome! We came by to say hello. " + (f"I am {name}. " if name else "") + _ENGLISH),
        ("code", "Alle hulplijnen · All help lines"),
    ]
    return Card(tuple(blocks), url, qr(url))


_ENGLISH = "Fancy a cup of coffee, or a question about the neighbourhood? Rather no visit? That is fine: just tell us."


class Cards:
    """The card of an open device."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def own(self, name: str) -> Own:
        """What stood on the last card made here; the first time this member's first name."""
        kept = self._live.drafts.get(DRAFT) if self._live.drafts is not None else None
        if kept is None:
            return Own(name.split()[0][:MAX_NAME] if name.split() else "")
        return Own(_text(kept, "name"), _text(kept, "place"))

    async def keep(self, own: Own) -> None:
        """Remember it on this device, sealed, for the next card. Raises DiskFull."""
        self._live.require_session()
        if self._live.drafts is not None:
            await self._live.drafts.put(DRAFT, {"name": own.name, "place": own.place})

    def make(self, own: Own, lines: Sequence[HelpLine]) -> Card:
        """The card. Raises BadInput."""
        return make(own, lines, self._live.page.origin)

    def print(self, card: Card, copies: int) -> None:
        """Open the browser's print: 1 is an A5, 4 are A6 each."""
        self._live.page.print_cards(card.blocks, card.qr, copies if copies in SIZES else 4)


def _text(kept: Plain, key: str) -> str:
    value = kept.get(key)
    return value if isinstance(value, str) else ""
