"""An activity to read: when and where, how it was, and what one may do with it."""

import flet as ft

from app.services.activities import Activity
from app.services.activities_form import is_over
from app.services.language import _, day_text
from app.views.contact.activity_tags import tag_text
from app.views.contact.activity_words import heads_text, kind_title, lasting, when_text
from app.views.parts import card, main_button, notice, page_body, quiet_button, side_button, stack, text, title
from app.views.screen import Screen


class ActivityReadScreen(Screen):
    """One activity, mine or (for a coordinator) another's."""

    back = "/buurt"

    def __init__(self, shell, activity: bytes) -> None:
        super().__init__(shell)
        self.activity = activity

    def build(self) -> ft.Control:
        self.body = stack(spacing=16)
        self.refresh()
        return page_body(self.body)

    def refresh(self) -> None:
        a = self.app.activities.one(self.activity)
        state = (
            notice(_("Staat op de server."), ft.Icons.CLOUD_DONE_OUTLINED)
            if a.synced
            else notice(_("Opgeslagen op dit apparaat, nog niet verstuurd."), ft.Icons.CLOUD_UPLOAD_OUTLINED)
        )
        over = is_over(a.form, self.app.activities.now())
        self.body.controls = [title(kind_title(a.form)), state, *_facts(a), *self._doing(a, over)]

    def _doing(self, a: Activity, over: bool) -> list[ft.Control]:
        name = a.id.hex()
        shown: list[ft.Control] = []
        if a.mine and over and a.form.heads is None:
            shown.append(main_button(_("Hoe was het?"), self.go(f"/hoe-was-het/{name}"), ft.Icons.EDIT_NOTE))
        if not over:
            shown.append(side_button(_("Zet in je agenda"), self.safe(self._calendar), ft.Icons.CALENDAR_MONTH))
            shown.append(side_button(_("Deel de uitnodiging"), self.safe(self._share), ft.Icons.SHARE_OUTLINED))
        if a.mine:
            shown.append(side_button(_("Aanpassen"), self.go(f"/wijzig-activiteit/{name}"), ft.Icons.EDIT_OUTLINED))
            away = _("Ging niet door") if over and a.form.heads is None else _("Weghalen")
            shown.append(quiet_button(away, self.safe(self._remove), ft.Icons.DELETE_OUTLINE))
        return shown

    async def _calendar(self, e) -> None:
        a = self.app.activities.one(self.activity)
        data = self.app.activities.calendar(self.activity, kind_title(a.form))
        day = a.form.day.isoformat() if a.form.day else ""
        await ft.FilePicker().save_file(file_name=f"straatcontact-{day}.ics", src_bytes=data)
        self.say(_("Open het bestand, dan staat het in je agenda."))

    async def _share(self, e) -> None:
        form = self.app.activities.one(self.activity).form
        words = "\n".join(x for x in (kind_title(form), when_text(form), form.place) if x)
        if not await self.app.activities.share(kind_title(form), words):
            await ft.Clipboard().set(words)
            self.say(_("Gekopieerd. Je kunt het nu ergens plakken."))

    async def _remove(self, e) -> None:
        await self.app.activities.set_removed(self.activity, True)
        back = lambda event: self.app.activities.set_removed(self.activity, False)  # noqa: E731
        self.say(_("Weggehaald."), _("Toch bewaren"), back)
        self.shell.go(self.back)


def _facts(a: Activity) -> list[ft.Control]:
    f = a.form
    helped = sorted(tag_text(c) for c in f.wishes if c.startswith("help_wanted:"))
    wishes = sorted(tag_text(c) for c in f.wishes if not c.startswith("help_wanted:"))
    rows = [
        (_("Wanneer"), when_text(f)),
        (_("Hoe lang"), lasting(f.minutes) if f.minutes else ""),
        (_("Waar"), f.place),
        (_("Elke week"), _("tot en met {day}").format(day=day_text(f.until)) if f.until else _("ja")),
        (_("Hoeveel mensen"), heads_text(f)),
        (_("Hoe ging het"), f.how),
        (_("Wensen"), ", ".join(wishes)),
        (_("Hulp gevraagd bij"), ", ".join(helped)),
        (_("Hulp aangeboden met"), ", ".join(sorted(map(tag_text, f.offers)))),
        (_("Van"), "" if a.mine else a.by or "?"),
    ]
    shown: list[ft.Control] = [
        ft.Column([text(label, soft=True, size=15), text(value)], spacing=0, tight=True)
        for label, value in rows
        if value and (label != _("Elke week") or f.weekly)
    ]
    shown += [card(text(_("Ook geschreven"), soft=True, size=15), text(how)) for how in a.other_notes]
    if not a.detail:
        shown.append(text(_("De rest is na een jaar gewist."), soft=True))
    return shown
