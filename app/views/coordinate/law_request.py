"""One question of a resident: look for everything, hand it over, ask for a correction, erase, and note the answer."""

from dataclasses import replace

import flet as ft

from app.services.language import _, counted, day_text
from app.services.law.about import About, Found
from app.services.law.requests import Asked, Request
from app.services.records import iso
from app.services.wording import field_text
from app.views.common.my_words import lines
from app.views.coordinate.law_answer import AskAuthors, EraseParts, save_json, save_page
from app.views.coordinate.law_words import asked_texts, due_text, how_text, kind_text
from app.views.parts import (
    card,
    field,
    main_button,
    notice,
    page_body,
    quiet_button,
    side_button,
    stack,
    text,
    tick,
    title,
)
from app.views.screen import Screen
from sync.core.errors import BadInput, NotFound

PAGE = 25


class RequestScreen(Screen):
    """What was asked stays on top; what was found comes below it, each with a tick: that goes along, or is erased."""

    back = "/recht"

    def __init__(self, shell, request: bytes) -> None:
        super().__init__(shell)
        self.request = request

    def build(self) -> ft.Control:
        self.asked = self._find()
        self.about: About | None = None
        self.chosen: set[bytes] = set()
        self.limit = PAGE
        self.top, self.found, self.acts = stack(), stack(), stack()
        self._draw_top()
        return page_body(self.top, self.found, self.acts)

    def _find(self) -> Request:
        found = self.app.law.requests.one(self.request)
        if found is None:
            raise NotFound("request")
        return found

    def refresh(self) -> None:
        if self.filled_in:
            return
        asked = self._find()
        if asked != self.asked:
            self.asked = asked
            self._draw_top()

    def _draw_top(self) -> None:
        r, today = self.asked, self.app.today()
        parts = [
            title(f"{asked_texts()[r.what]} · {r.address}"),
            text(_("Gevraagd op {day}.").format(day=day_text(r.day, today)), soft=True),
        ]
        if r.done:
            parts.append(notice(_("Beantwoord op {day}: {how}").format(day=day_text(r.done, today), how=r.how)))
        else:
            parts.append(notice(due_text(r, today), ft.Icons.SCHEDULE, alarm=(r.until - today).days <= 7))
        if r.erased or r.why:
            said = _("Gewist: {why}").format(why=r.why) if r.why else _("Voor deze vraag is er iets gewist.")
            parts.append(notice(said, ft.Icons.DELETE_FOREVER_OUTLINED))
        if r.erased:
            parts.append(side_button(_("Wat is gewist"), self.go(f"/gewist/{r.id.hex()}"), ft.Icons.FACT_CHECK))
        if self.about is None:
            look = self.safe(lambda e: self._look(r.address))
            parts += [
                notice(_("Weet je zeker dat het de bewoner zelf is? Geef niets aan iemand anders."), ft.Icons.SHIELD),
                main_button(_("Zoek alles over dit adres"), look, ft.Icons.SEARCH),
                text(_("In het logboek komt dat je gezocht hebt, niet waarop."), soft=True),
            ]
            if not r.done:
                parts.append(self._answer_parts())
        self.top.controls = parts

    # -- looking -------------------------------------------------------------------------------------------

    async def _look(self, address: str) -> None:
        self.found.controls = [notice(_("Even zoeken…"), ft.Icons.HOURGLASS_EMPTY)]
        self.page.update()
        try:
            about = await self.app.law.about(address)
        except BaseException:
            self.found.controls = []
            raise
        others = tuple(f for f in about.found if f.id != self.request)
        self.about = replace(about, found=others)
        self.chosen = {f.id for f in others if f.how in ("address", "linked") and not f.stays}
        self.limit = PAGE
        self.filled_in = True
        self._draw_top()
        self._draw_found()
        self._draw_acts()

    def _draw_found(self) -> None:
        about = self.about
        assert about is not None
        count = len(about.found)
        said = counted("{n} keer gevonden", "{n} keer gevonden", count) if count else _("Niets gevonden")
        parts: list[ft.Control] = [title(f"{said}: {about.address}", 2)]
        for other in about.near:
            words = _("Zoek ook op {address}").format(address=other)
            parts.append(quiet_button(words, self.safe(lambda e, a=other: self._look(a)), ft.Icons.SPELLCHECK))
        if not count:
            parts.append(
                text(_("Op dit apparaat staat niets over dit adres. Kijk de spelling nog eens na."), soft=True)
            )
        parts += [self._card(f) for f in about.found[: self.limit]]
        if count > self.limit:
            parts.append(side_button(_("Toon meer"), self.safe(self._more), ft.Icons.EXPAND_MORE))
        self.found.controls = [*parts, *self._elsewhere(about)]

    def _more(self, e) -> None:
        self.limit += PAGE
        self._draw_found()

    def _card(self, found: Found) -> ft.Control:
        day = iso(found.day)
        head = kind_text(found.kind) + (f" · {day_text(day, self.app.today())}" if day else "")
        rows: list[ft.Control] = [text(how_text(found.how), soft=True)]
        rows += [text(f"{name}: {value}") for name, value in self._lines(found)]
        if found.stays:
            why = (
                _("Dit blijft, ook als de rest gewist wordt: zo belt er niemand meer aan.")
                if found.kind == "mark"
                else _("Dit blijft twee jaar: zo kun je laten zien dat er geantwoord is.")
            )
            return card(text(head, weight=ft.FontWeight.W_600, size=18), *rows, notice(why, ft.Icons.LOCK_OUTLINE))

        async def changed(e) -> None:
            self.chosen ^= {found.id}
            self._draw_acts()

        return card(tick(head, found.id in self.chosen, self.safe(changed)), *rows)

    def _lines(self, found: Found) -> list[tuple[str, str]]:
        told = found.told()
        if found.kind == "request":
            what = next((said for asked, said in asked_texts().items() if asked.value == told.get("what")), "")
            return [(_("Wat vraagt de bewoner?"), what), *lines(found.table, {"address": told.get("address", "")})]
        return lines(found.table, told)

    def _elsewhere(self, about: About) -> list[ft.Control]:
        """What is not in the list, said plainly."""
        said: list[ft.Control] = [title(_("Wat hier niet bij staat"), 2)]
        for _member, name, count in about.unseen:
            words = counted(
                "{{name}} heeft {n} bezoek dat alleen {{name}} kan lezen. Of dit adres erbij is, weet je hier niet.",
                "{{name}} heeft {n} bezoeken die alleen {{name}} kan lezen. Of dit adres erbij is, weet je hier niet.",
                count,
            )
            said.append(notice(words.replace("{name}", name or _("Iemand")), ft.Icons.VISIBILITY_OFF_OUTLINED))
        for name, noted in about.rounds:
            words = (
                _("Op ronde {name} staat wat er bij deze deur was. Dat gaat weg als de ronde sluit.")
                if noted
                else _("Deze deur staat op ronde {name}. Er is nog niets bij genoteerd.")
            )
            said.append(notice(words.format(name=name or "…"), ft.Icons.DIRECTIONS_WALK))
        if about.register:
            said.append(notice(_("Het adres staat in het straatregister. Dat is openbaar, en zegt niets over mensen.")))
        if about.quarantined:
            words = counted(
                "{n} bericht van een afgemeld apparaat noemt dit adres.",
                "{n} berichten van afgemelde apparaten noemen dit adres.",
                about.quarantined,
            )
            said += [notice(words), quiet_button(_("Naar die berichten"), self.go("/quarantaine"))]
        if about.drafts:
            words = counted(
                "{n} half ingevuld formulier op dit apparaat noemt dit adres. Bij wissen gaat het mee.",
                "{n} half ingevulde formulieren op dit apparaat noemen dit adres. Bij wissen gaan ze mee.",
                len(about.drafts),
            )
            said.append(notice(words, ft.Icons.EDIT_NOTE))
        said.append(
            text(
                _("Half ingevulde formulieren op andere telefoons zie je hier niet. Die gaan na 30 dagen weg."),
                soft=True,
            )
        )
        said.append(text(_("Verhalen die iemand nog voor zichzelf houdt, zie je ook niet."), soft=True))
        if about.elsewhere:
            said.append(
                notice(_("Er zijn teams die je niet kunt lezen. Vraag hun coördinator hetzelfde."), ft.Icons.GROUPS)
            )
        if about.waiting:
            said.append(notice(_("Er wachten nog berichten op een sleutel of een update. Zoek later nog eens.")))
        return said

    # -- acting --------------------------------------------------------------------------------------------

    def some(self) -> list[Found]:
        """What is ticked."""
        return [f for f in self.about.found if f.id in self.chosen] if self.about else []

    def _draw_acts(self) -> None:
        about = self.about
        assert about is not None
        handed = [f for f in about.found if f.id in self.chosen or f.stays]
        parts: list[ft.Control] = []
        if handed:
            parts += [
                title(_("Meegeven"), 2),
                text(_("Wat is aangevinkt, gaat mee. Laat weg wat over iemand anders gaat.")),
                notice(
                    _("Het bestand is niet versleuteld. Geef het zelf, of stuur het aangetekend."),
                    ft.Icons.WARNING_AMBER,
                    alarm=True,
                ),
                side_button(
                    _("Bewaar om te lezen (HTML)"),
                    self.safe(lambda e: save_page(self, about, handed)),
                    ft.Icons.DESCRIPTION_OUTLINED,
                ),
                side_button(
                    _("Bewaar voor een ander programma (JSON)"),
                    self.safe(lambda e: save_json(self, about, handed)),
                    ft.Icons.DATA_OBJECT,
                ),
            ]
        if self.asked.what is Asked.OBJECT and not self.app.marks.blocks(about.address):
            parts += [
                title(_("Bezwaar"), 2),
                text(_("Zet het adres op geen contact: dan belt er niemand meer aan.")),
                side_button(_("Geen contact op dit adres"), self.safe(self._mark), ft.Icons.DO_NOT_DISTURB_ON_OUTLINED),
            ]
        parts.append(AskAuthors(self, about, self.some()))
        parts.append(EraseParts(self, about, self.some()))
        if not self.asked.done:
            parts.append(self._answer_parts())
        self.acts.controls = parts

    async def _mark(self, e) -> None:
        assert self.about is not None
        await self.app.marks.set(self.about.address, self.app.today())
        self.say(_("Hier belt niemand meer aan."))
        await self._look(self.about.address)

    def erased(self) -> None:
        """What was found is gone; the question stays open until somebody says what was answered."""
        self.about, self.filled_in = None, False
        self.found.controls, self.acts.controls = [], []
        self.asked = self._find()
        self._draw_top()

    # -- the answer ----------------------------------------------------------------------------------------

    def _answer_parts(self) -> ft.Control:
        wiped = self.asked.what is Asked.ERASE and self.asked.erased  # proposed; a tap of a person makes it the answer
        self.how = field(
            _("Wat heb je geantwoord?"),
            _("Gezegd dat het gewist is") if wiped else "",
            hint_text=_("Zoals: voorgelezen aan de telefoon"),
            helper=_("Schrijf geen naam op, en niet wat er stond."),
        )
        done = main_button(_("Beantwoord"), self.safe(self._done), ft.Icons.CHECK)
        return stack(title(_("Klaar"), 2), self.how, done)

    async def _done(self, e) -> None:
        self.how.error = None
        try:
            await self.app.law.requests.answer(self.request, self.how.value or "", self.app.today())
        except BadInput as error:
            self.how.error = field_text(error)
            return
        self.say(_("Beantwoord."))
        self.shell.go("/recht")
