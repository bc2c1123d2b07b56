"""What can be done with what was found: files, a question to whoever wrote it, and erasing after a check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

import flet as ft

from app.services import my_page
from app.services.language import _, chosen, counted, day_text
from app.services.law.about import About, Found
from app.services.my_data import Mine, Section
from app.services.wording import field_text
from app.views.common.my_words import heading, lines
from app.views.coordinate.law_words import erased_text, kind_text
from app.views.parts import (
    DayField,
    card,
    error_text,
    field,
    notice,
    quiet_button,
    side_button,
    stack,
    text,
    tick,
    title,
)
from sync.core.errors import BadInput

if TYPE_CHECKING:
    from app.views.coordinate.law_request import RequestScreen


async def save_json(screen: RequestScreen, about: About, some: Sequence[Found]) -> None:
    """What was found, for another program."""
    data = await screen.app.law.answers.to_json(about, some)
    await _save(screen, "straatcontact-adres.json", data)


async def save_page(screen: RequestScreen, about: About, some: Sequence[Found]) -> None:
    """What was found, as one page to read."""
    await screen.app.law.answers.note_export()
    sections: dict[str, list[dict]] = {}
    for found in some:
        sections.setdefault(found.table, []).append(found.told())
    mine = Mine("", "", "", "", (), tuple(Section(t, tuple(rows)) for t, rows in sections.items() if t), {}, 0)
    today = day_text(screen.app.today(), date.min)
    unseen = sum(count for _member, _name, count in about.unseen)
    missing = [(_("Bezoeken die alleen de vrijwilliger zelf kan lezen"), str(unseen))]
    missing += [(_("Op een ronde die nog loopt"), name) for name, _said in about.rounds]
    words = my_page.Words(
        language=chosen(),
        title=_("Wat er staat over {address}").format(address=about.address),
        intro=[
            _("Gemaakt op {day}.").format(day=today),
            _("Dit bestand is niet versleuteld. Bewaar het zoals je brieven bewaart."),
        ],
        heading=heading,
        lines=lines,
        local=missing,
        local_title=_("Wat hier niet bij staat"),
    )
    await _save(screen, "straatcontact-adres.html", my_page.page(mine, words))


async def _save(screen: RequestScreen, name: str, data: bytes) -> None:
    await ft.FilePicker().save_file(file_name=name, src_bytes=data)
    screen.say(_("Bewaard. Let op: iedereen die het bestand opent, kan het lezen."))


class AskAuthors(ft.Column):
    """Ask whoever wrote it: to correct what is ticked, or to look into what only they can read."""

    def __init__(self, screen: RequestScreen, about: About, some: Sequence[Found]) -> None:
        super().__init__(spacing=8, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        self._screen, self._about = screen, about
        self._visits = [f for f in some if f.kind == "visit"]
        self._hidden = screen.app.law.answers.to_ask(about)
        self._close()

    def _close(self) -> None:
        buttons: list[ft.Control] = []
        if self._hidden:
            look = self._screen.safe(lambda e: self._open(False))
            buttons.append(side_button(_("Vraag vrijwilligers om te kijken"), look, ft.Icons.FORWARD_TO_INBOX))
        if self._visits:
            correct = self._screen.safe(lambda e: self._open(True))
            buttons.append(side_button(_("Vraag om het te verbeteren"), correct, ft.Icons.EDIT_OUTLINED))
        why = text(
            _("Wie iets schreef, verbetert het zelf. Jij kunt het niet veranderen, wel laten wissen."), soft=True
        )
        self.controls = [title(_("Vragen aan wie het schreef"), 2), why, *buttons] if buttons else []

    def _open(self, correcting: bool) -> None:
        self._correcting, self._due = correcting, self._screen.app.today() + timedelta(days=7)
        address = self._about.address
        asking = (
            _("Een bewoner van {address} vraagt om dit te verbeteren: ").format(address=address)
            if correcting
            else _(
                "Een bewoner van {address} wil dat er niets over dit adres staat. Heb jij hier iets over dat alleen jij kunt lezen? Open het bezoek, tik op Toestemming veranderen en kies dat er niets genoteerd mag worden."
            ).format(address=address)
        )
        self._what = field(_("Wat vraag je?"), asking, multiline=True, min_lines=3)
        self._on = DayField(_("Uiterlijk"), self._due, self._set_day, self._screen.safe)
        self._error = error_text()
        self._to = {member for member, _name, _count in self._hidden}
        people = [] if correcting else [self._person(member, name) for member, name, _count in self._hidden]
        parts = [
            title(_("Vraag om het te verbeteren") if correcting else _("Vraag vrijwilligers om te kijken"), 2),
            *people,
            self._what,
            self._on,
            text(_("Het komt bij hen op de lijst, met deze dag erbij."), soft=True),
            self._error,
            side_button(_("Vraag het"), self._screen.safe(self._ask), ft.Icons.SEND),
            quiet_button(_("Toch niet"), self._screen.safe(lambda e: self._close())),
        ]
        self.controls = [card(stack(*parts))]

    def _person(self, member: bytes, name: str) -> ft.Control:
        async def changed(e) -> None:
            self._to ^= {member}

        return tick(name or _("iemand"), True, self._screen.safe(changed))

    async def _set_day(self, day: date | None) -> None:
        self._due = day or self._screen.app.today() + timedelta(days=7)

    async def _ask(self, e) -> None:
        app, what = self._screen.app, self._what.value or ""
        self._what.error = None
        self._on.tell("")
        self._error.visible = False
        try:
            if self._correcting:
                for visit in self._visits:
                    await app.law.answers.ask([visit.by], visit.id, self._about.address, what, self._due, app.today())
                asked = len(self._visits)
            else:
                asked = await app.law.answers.ask(self._to, b"", self._about.address, what, self._due, app.today())
        except BadInput as error:
            if error.field == "what":
                self._what.error = field_text(error)
            elif error.field == "due":
                self._on.tell(field_text(error))
            else:
                self._error.value, self._error.visible = field_text(error), True
            return
        self._screen.say(counted("{n} vraag verstuurd.", "{n} vragen verstuurd.", asked))
        self._close()


class EraseParts(ft.Column):
    """Erasing what is ticked: a word of why, then a check that says what goes and what stays, then it is done."""

    def __init__(self, screen: RequestScreen, about: About, some: Sequence[Found]) -> None:
        super().__init__(spacing=8, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        self._screen, self._about, self._some = screen, about, some
        self._why = field(_("Waarom?"), hint_text=_("Zoals: de bewoner vraagt het"), helper=_("Schrijf geen naam op."))
        self._close()

    def _close(self) -> None:
        if not self._some and not self._about.drafts:
            self.controls = []
            return
        self.controls = [
            title(_("Wissen"), 2),
            text(
                _(
                    "Wat is aangevinkt, gaat overal weg: van elke telefoon, van de server en uit back-ups die ooit teruggezet worden."
                )
            ),
            self._why,
            side_button(_("Wis wat is aangevinkt"), self._screen.safe(self._check), ft.Icons.DELETE_FOREVER_OUTLINED),
        ]

    def _check(self, e) -> None:
        self._why.error = None
        if not (self._why.value or "").strip():
            self._why.error = field_text(BadInput("law_why", "missing"))
            return
        counts = Counter(f.kind for f in self._some)
        counts["draft"] += len(self._about.drafts)
        goes = [text(f"· {erased_text(kind)(n)}") for kind, n in counts.items() if n]
        stays = sorted({kind_text(f.kind) for f in self._about.found if f.stays and f.kind == "mark"})
        parts: list[ft.Control] = [
            notice(_("Dit gaat weg, en komt niet terug:"), ft.Icons.DELETE_FOREVER_OUTLINED, alarm=True),
            *goes,
            text(_("Bezoeken tellen hierna niet meer mee.")),
        ]
        if stays:
            parts.append(notice(_("Het adres zonder contact blijft: daar belt niemand aan."), ft.Icons.LOCK_OUTLINE))
        if any(f.kind == "story" for f in self._some):
            parts.append(
                notice(
                    _("Staat een verhaal op de website? Trek het dan eerst in, bij Verhalen."),
                    ft.Icons.AUTO_STORIES_OUTLINED,
                )
            )
        if not self._screen.app.sync_status().online:
            parts.append(
                notice(
                    _("Er is geen verbinding. Hier is het meteen weg; bij de anderen zodra dit verstuurd is."),
                    ft.Icons.CLOUD_OFF,
                )
            )
        parts += [
            side_button(_("Ja, wis het overal"), self._screen.safe(self._erase), ft.Icons.DELETE_FOREVER_OUTLINED),
            quiet_button(_("Toch niet"), self._screen.safe(lambda e: self._close())),
        ]
        self.controls = [card(stack(*parts))]

    async def _erase(self, e) -> None:
        app, screen = self._screen.app, self._screen
        some, drafts, why = self._some, self._about.drafts, self._why.value or ""
        done = await app.law.answers.erase(some, drafts, why, app.today(), screen.request)
        said = _("Hier is het weg. Bij de anderen zodra zij contact hebben.")
        if done.before:
            said += " " + counted("{n} was al gewist.", "{n} waren al gewist.", done.before)
        screen.say(said)
        screen.erased()
