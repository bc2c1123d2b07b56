"""A visit to read, with the coordinator's word on it."""

from dataclasses import replace

import flet as ft

from app.services.language import _, day_text
from app.services.models import ReviewState, Visit, VisitForm
from app.views.contact.consent import choices, consent_words
from app.views.contact.offers import nearby
from app.views.contact.said import AnswerPart, said_cards
from app.views.contact.today import address_route
from app.views.contact.words import gifts, outcomes, parts, wish_text
from app.views.parts import card, main_button, notice, page_body, quiet_button, side_button, stack, text, title
from app.views.screen import Screen
from sync.core.errors import NotFound


def visit_facts(v: Visit) -> list[ft.Control]:
    """What a visit holds, for whoever may read it."""
    f = v.form
    rows = [
        (_("Dag"), " ".join(x for x in (day_text(f.day), parts()[f.part] if f.part else "") if x)),
        (_("Hoe ging het"), outcomes()[f.outcome] if f.outcome else ""),
        (_("Meegenomen"), gifts()[f.gift] if f.gift else ""),
        (_("Wensen"), ", ".join(wish_text(code) for code in sorted(f.wishes))),
        (_("Voorstellen"), _("Wil graag met iemand in contact komen") if f.introduce else ""),
        (_("Terugkomen"), day_text(f.come_back)),
    ]
    facts: list[ft.Control] = [
        ft.Column([text(label, soft=True, size=15), text(value)], spacing=0, tight=True)
        for label, value in rows
        if value
    ]
    for other in v.others:
        words = _("Ook ingevuld, door {name}").format(name=other.by or "?")
        facts.append(card(text(words, soft=True, size=15), text(_version(other.field, other.form))))
    if f.note:
        facts.append(ft.Column([text(_("Notitie"), soft=True, size=15), text(f.note)], spacing=0))
    for who, note in v.other_notes:
        words = _("Ook geschreven, door {name}").format(name=who or "?")
        facts.append(card(text(words, soft=True, size=15), text(note)))
    return facts


def _version(field: str, form: VisitForm) -> str:
    """One field of a visit in words, with its name."""
    labels = {
        "day": (_("Dag"), day_text(form.day)),
        "outcome": (_("Hoe ging het"), outcomes()[form.outcome] if form.outcome else ""),
        "address": (_("Adres"), form.address),
        "part": (_("Deel van de dag"), parts()[form.part] if form.part else ""),
        "gift": (_("Meegenomen"), gifts()[form.gift] if form.gift else ""),
        "wishes": (_("Wensen"), ", ".join(wish_text(code) for code in sorted(form.wishes))),
        "introduce": (_("Voorstellen"), _("ja") if form.introduce else _("nee")),
        "come_back": (_("Terugkomen"), day_text(form.come_back)),
    }
    label, words = labels[field]
    return f"{label}: {words or _('niets')}"


class VisitReadScreen(Screen):
    """One of my visits."""

    def __init__(self, shell, visit: bytes) -> None:
        super().__init__(shell)
        self.visit = visit

    @property
    def back(self) -> str:
        return self.shell.today_route

    def build(self) -> ft.Control:
        self.body = stack(spacing=16)
        self.asking = self.erasing = False
        v = self.app.visit(self.visit)  # a link to nothing is no erased visit: it leads home
        self.answer = AnswerPart(self, self.visit, (v.form.address, self.app.my_name))
        self.refresh()
        return page_body(self.body)

    async def opened(self) -> None:
        v = self._there()
        if v and v.unread_review:
            await self.app.mark_review_read(self.visit)

    def _there(self) -> Visit | None:
        """The visit; None when it was erased meanwhile."""
        try:
            v = self.app.visit(self.visit)
        except NotFound:
            return None
        return v if v.form.day is not None else None

    def _gone(self) -> list[ft.Control]:
        """What was typed can still be taken over."""
        typed = bool(self.answer.field.value)
        gone = (
            _("Dit bezoek is intussen gewist. Wat je typte, staat er nog: neem over wat je wilt bewaren.")
            if typed
            else _("Dit bezoek is intussen gewist.")
        )
        return [
            title(_("Gewist bezoek")),
            notice(gone, ft.Icons.DELETE_OUTLINE),
            *([self.answer.field] if typed else []),
            main_button(_("Terug naar Vandaag"), self.go(self.back), ft.Icons.ARROW_BACK),
        ]

    def refresh(self) -> None:
        v = self._there()
        if v is None:
            self.body.controls = self._gone()
            return
        state = (
            notice(_("Staat op de server."), ft.Icons.CLOUD_DONE_OUTLINED)
            if v.synced
            else notice(_("Opgeslagen op dit apparaat, nog niet verstuurd."), ft.Icons.CLOUD_UPLOAD_OUTLINED)
        )
        self.body.controls = [
            title(v.form.address or _("Bezoek zonder notitie")),
            state,
            *said_cards(self.app.reviews.thread(self.visit), met=self._met()),
            *([self.answer.control] if v.mine and self.app.reviews.asks(self.visit) else []),
            *visit_facts(v),
            *nearby(self, v.form.address, v.form.wishes),
            *(self._versions(v) if v.mine and v.other_notes else []),
            *(self._differing(v) if v.mine else []),
            *(self._mine(v) if v.mine else []),
        ]

    def _met(self) -> dict[ReviewState, str]:
        """What was done about what a coordinator asked: it was adapted, or followed up as far as is known here."""
        found, day = {}, self.app.reviews.adapted(self.visit)
        if day is not None:
            found[ReviewState.RETURNED] = _("Aangepast op {day}.").format(day=day_text(day))
        done = [f.done for f in self.app.followups.of_visit(self.visit)]
        if done and all(done):
            found[ReviewState.FOLLOWUP] = _("Gedaan op {day}.").format(day=day_text(max(filter(None, done))))
        return found

    def _versions(self, v: Visit) -> list[ft.Control]:
        """A note that was written on two devices at once: both stand until a person chooses."""
        texts = [v.form.note, *(note for _who, note in v.other_notes)]
        whole = "\n\n".join(dict.fromkeys(filter(None, texts)))
        rows: list[ft.Control] = [text(_("Deze notitie is op twee plekken tegelijk veranderd. Wat wil je bewaren?"))]
        for note in dict.fromkeys(texts):
            words = _("Alleen: {words}").format(words=note if len(note) <= 60 else f"{note[:60]}…")
            rows.append(quiet_button(words, self.safe(lambda e, n=note: self._keep(v, n))))
        return [card(*rows, side_button(_("Bewaar alles"), self.safe(lambda e: self._keep(v, whole)), ft.Icons.MERGE))]

    def _differing(self, v: Visit) -> list[ft.Control]:
        """Any other field that was changed on two devices at once, each with its versions to choose from."""
        found: list[ft.Control] = []
        for field in dict.fromkeys(other.field for other in v.others):
            forms = [v.form, *(other.form for other in v.others if other.field == field)]
            rows: list[ft.Control] = [text(_("Dit is op twee plekken tegelijk veranderd. Wat klopt?"))]
            for form in forms:
                chosen = self.safe(lambda e, name=field, one=form: self._choose(name, one))
                rows.append(side_button(_version(field, form), chosen, ft.Icons.CHECK))
            found.append(card(*rows))
        return found

    async def _choose(self, field: str, form: VisitForm) -> None:
        await self.app.choose_version(self.visit, field, form)
        self.say(_("Opgeslagen op dit apparaat."))

    async def _keep(self, v: Visit, note: str) -> None:
        await self.app.save_visit(replace(v.form, note=note), self.visit)
        self.say(_("Opgeslagen op dit apparaat."))

    def _mine(self, v: Visit) -> list[ft.Control]:
        if self.asking:
            return self._asked(v)
        told = notice(*consent_words(v.form.noted, bool(v.form.shared)))
        if not v.form.noted:
            return [told, quiet_button(_("Weghalen"), self.safe(self._remove), ft.Icons.DELETE_OUTLINE)]
        again = side_button(_("Alles over dit adres"), self.go(address_route(v.form.address)), ft.Icons.HOME_OUTLINED)
        return [
            told,
            quiet_button(_("Toestemming veranderen"), self.safe(self._ask), ft.Icons.HANDSHAKE_OUTLINED),
            side_button(_("Aanpassen"), self.go(f"/wijzig/{v.id.hex()}"), ft.Icons.EDIT_OUTLINED),
            again,
            quiet_button(_("Weghalen"), self.safe(self._remove), ft.Icons.DELETE_OUTLINE),
        ]

    # -- consent, given or taken back later ----------------------------------------------------------------

    async def _ask(self, e) -> None:
        self.asking = True
        self.refresh()

    def _asked(self, v: Visit) -> list[ft.Control]:
        if self.erasing:
            return self._sure(v)
        words = _("Wat vindt de bewoner nu goed? Wat niet meer mag, wordt overal gewist.")
        return [
            title(_("Toestemming veranderen"), 2),
            text(words),
            *choices(lambda noted, shared: self.safe(lambda e: self._consent(v, noted, shared))),
            quiet_button(_("Zo laten"), self.safe(self._leave)),
        ]

    def _sure(self, v: Visit) -> list[ft.Control]:
        """What is erased can't be brought back by anyone: asked once, for a cold thumb."""
        words = _(
            "Adres, wensen en notitie worden gewist: hier, bij de coördinator en op de server. Het bezoek telt nog mee."
        )
        return [
            title(_("Alles wissen?"), 2),
            text(words),
            main_button(_("Ja, wis het"), self.safe(lambda e: self._change(False, False)), ft.Icons.DELETE_OUTLINE),
            quiet_button(_("Zo laten"), self.safe(self._leave)),
        ]

    async def _leave(self, e) -> None:
        self.asking = self.erasing = False
        self.refresh()

    async def _consent(self, v: Visit, noted: bool, shared: bool) -> None:
        if noted is v.form.noted and shared is bool(v.form.shared):
            return await self._leave(None)
        if not noted:
            self.erasing = True
            return self.refresh()
        return await self._change(noted, shared)

    async def _change(self, noted: bool, shared: bool) -> None:
        fresh = await self.app.change_consent(self.visit, noted, shared)
        self.say(_("Veranderd. Het oude is gewist."))
        self.shell.go(f"/bezoek/{fresh.hex()}")

    async def _remove(self, e) -> None:
        await self.app.remove_visit(self.visit)
        self.say(_("Weggehaald."), _("Toch bewaren"), lambda event: self.app.restore_visit(self.visit))
        self.shell.go(self.back)
