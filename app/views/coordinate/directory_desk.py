"""The help lines at the desk: what is on the list, what was changed, and the ways on: preview, publishing, going back."""

import flet as ft

from app.services.directory import finding
from app.services.directory.editing import Kind
from app.services.directory.editing_desk import Entry
from app.services.directory.telling import number_text
from app.services.language import _, counted, day_text
from app.views.coordinate.directory_words import (
    card_in_frame,
    differences_list,
    kind_words,
    phone_frame,
)
from app.views.parts import (
    card,
    field,
    icon_button,
    main_button,
    notice,
    page_body,
    quiet_button,
    side_button,
    stack,
    text,
    title,
)
from app.views.screen import Screen
from sync.core.errors import RollMoved
from sync.core.help_line import Status

HOME = "/hulplijnen-redactie"
MOST = 25


def help_desk_screen(shell, rest: str) -> Screen:
    """The desk, or one of the screens behind it."""
    from app.views.coordinate.directory_history import HelpHistoryScreen

    others = {"telefoon": HelpPreviewScreen, "uitgeven": HelpPublishScreen, "eerder": HelpHistoryScreen}
    return others.get(rest, HelpDeskScreen)(shell)


class HelpDeskScreen(Screen):
    """All lines; each one opens its form."""

    @property
    def back(self) -> str:
        """On a phone it was opened from the desk's list."""
        return "" if self.shell.wide else "/bureau"

    def build(self) -> ft.Control:
        self.limit = MOST
        self.top, self.list = stack(spacing=10), stack()
        self.search = field(
            _("Zoek een hulplijn"), on_change=self.safe(lambda e: self._list()), prefix_icon=ft.Icons.SEARCH
        )
        self.refresh()
        return page_body(title(_("Hulplijnen beheren")), self.top, self.search, self.list, width=760)

    def refresh(self) -> None:
        state = (self.app.help_desk.entries(), self.app.help_desk.current, self.app.help_desk.may)
        if state == getattr(self, "_drawn", None):
            return
        self._drawn = state
        desk, current = self.app.help_desk, self.app.help_desk.current
        changes = desk.changes()
        if current:
            words = _("Lijst {number}, van {day}, uitgegeven door {name}.")
            told = words.format(number=current.number, day=day_text(current.day), name=current.by or "?")
        else:
            told = _("Er is nog geen lijst uitgegeven. Op de telefoons staat de lijst van de app zelf.")
        parts: list[ft.Control] = [text(told)]
        if desk.lapsed:
            words = _("Wie deze lijst uitgaf, is geen coördinator meer: de lijst staat op geen enkele telefoon.")
            again = _("Kijk hem na en geef hem opnieuw uit.")
            parts.append(notice(f"{words} {again}", ft.Icons.GPP_MAYBE_OUTLINED))
        if not desk.may:
            words = _("Je bent nog niet bevestigd als coördinator. Klaarzetten kan, uitgeven nog niet.")
            parts.append(notice(words, ft.Icons.HOURGLASS_EMPTY))
        if changes:
            said = counted("{n} wijziging staat klaar.", "{n} wijzigingen staan klaar.", len(changes))
            unseen = _("Niemand anders ziet dit al.")
            parts.append(notice(f"{said} {unseen}", ft.Icons.EDIT_NOTE))
        if desk.contested:
            words = _("Een ander heeft ondertussen hetzelfde veranderd. Kies hieronder welke tekst blijft.")
            parts.append(notice(words, ft.Icons.CALL_SPLIT, alarm=True))
        make = main_button if changes or desk.lapsed or not current else side_button
        parts.append(make(_("Nakijken en uitgeven"), self.go(f"{HOME}/uitgeven"), ft.Icons.PUBLISH_OUTLINED))
        parts.append(
            ft.Row(
                [
                    side_button(_("Nieuwe hulplijn"), self.go("/hulplijn"), ft.Icons.ADD),
                    side_button(_("Bekijk op een telefoon"), self.go(f"{HOME}/telefoon"), ft.Icons.SMARTPHONE),
                    quiet_button(_("Eerdere lijsten"), self.go(f"{HOME}/eerder"), ft.Icons.HISTORY),
                    quiet_button(_("Lees een bestand in"), self.safe(self._read), ft.Icons.UPLOAD_FILE),
                ],
                wrap=True,
                spacing=8,
                run_spacing=8,
            )
        )
        self.top.controls = parts
        self._list()

    def _list(self) -> None:
        entries = self.app.help_desk.entries()
        words = self.search.value or ""
        if words.strip():
            found = {x.id for x in finding.search([e.shown.line for e in entries], words)}
            entries = [e for e in entries if e.shown.line.id in found]
        first = [e for e in entries if e.fixed]
        rest = [e for e in entries if not e.fixed]
        made: list[ft.Control] = []
        if first:
            made += [title(_("Altijd bovenaan"), 2), card(self._locked(), *(self._fixed(e) for e in first))]
        if rest:
            made.append(title(_("Jullie lijst"), 2))
        made += [self._line(e, not words.strip()) for e in rest[: self.limit]]
        if len(rest) > self.limit:
            made.append(quiet_button(_("Toon meer"), self.safe(self._more)))
        self.list.controls = made or [notice(_("Niets gevonden."))]

    def _more(self, e) -> None:
        self.limit += MOST
        self._list()

    def _locked(self) -> ft.Control:
        return notice(_("Deze staan vast: niemand kan ze veranderen."), ft.Icons.LOCK)

    def _fixed(self, e: Entry) -> ft.Control:
        line = e.shown.line
        numbers = ", ".join(finding.spaced(n.phone) for n in line.numbers)
        return text(f"{line.name}: {numbers}", weight=ft.FontWeight.W_500)

    def _line(self, e: Entry, placed: bool) -> ft.Control:
        line = e.shown.line
        rows: list[ft.Control] = [text(line.name, weight=ft.FontWeight.W_600, size=18)]
        numbers = " · ".join(number_text(n) for n in line.numbers) or line.email or line.website
        rows += [text(numbers, soft=True, size=16)] if numbers else []
        if e.kind:
            rows.append(notice(*kind_words(e.kind)))
        if e.contested:
            rows.append(notice(_("Ook door een ander veranderd"), ft.Icons.CALL_SPLIT, alarm=True))
        if line.status is Status.CLOSED:
            rows.append(notice(_("Tijdelijk gesloten"), ft.Icons.DO_NOT_DISTURB_ON_OUTLINED))
        if line.alert:
            rows.append(notice(line.alert, ft.Icons.CAMPAIGN_OUTLINED))
        if e.shown.stale:
            old = _("Langer dan een jaar niet nagekeken") if line.checked else _("Nog niet nagekeken")
            rows.append(notice(old, ft.Icons.HISTORY))
        if e.kind is Kind.REMOVED:
            undo = quiet_button(_("Toch houden"), self.safe(lambda _e: self._undo(line.id)), ft.Icons.UNDO)
            return card(*rows, undo)
        opened = card(*rows, on_click=self.go(f"/hulplijn/{line.id}"))
        if not placed:
            return opened
        up = icon_button(
            ft.Icons.KEYBOARD_ARROW_UP,
            _("{name} omhoog").format(name=line.name),
            self.safe(lambda _e: self.app.help_desk.move(line.id, -1)),
        )
        down = icon_button(
            ft.Icons.KEYBOARD_ARROW_DOWN,
            _("{name} omlaag").format(name=line.name),
            self.safe(lambda _e: self.app.help_desk.move(line.id, 1)),
        )
        beside = ft.Column([up, down], spacing=0, tight=True)
        return ft.Row([ft.Container(opened, expand=True), beside], vertical_alignment=ft.CrossAxisAlignment.CENTER)

    async def _undo(self, name: str) -> None:
        await self.app.help_desk.undo(name)

    async def _read(self, e) -> None:
        data = await self.app.help_desk.choose_file(
            _("Kies een bestand met hulplijnen (HSDS, JSON). Er wordt nog niets uitgegeven."),
            _("Kies een bestand"),
            _("Toch niet"),
        )
        if not data:
            return
        left_out = await self.app.help_desk.read_file(data)
        said = _("Ingelezen. Kijk het na voor je het uitgeeft.")
        if left_out:
            lacking = counted("{n} ding konden we niet lezen.", "{n} dingen konden we niet lezen.", len(left_out))
            said = f"{said} {lacking}"
        self.say(said)


class HelpPreviewScreen(Screen):
    """The list as contact persons will have it, as wide as a phone."""

    back = HOME

    def build(self) -> ft.Control:
        self.opened_lines: set[str] = set()
        self.frame = stack()
        self._draw()
        return page_body(
            title(_("Zo staat het op een telefoon")),
            text(_("Met alles wat nu klaarstaat. De nummers werken hier ook."), soft=True),
            self.frame,
        )

    def _draw(self) -> None:
        entries = [e for e in self.app.help_desk.entries() if e.kind is not Kind.REMOVED][:60]
        cards = [
            card_in_frame(self, e.shown, e.shown.line.id in self.opened_lines, self._turn(e.shown.line.id))
            for e in entries
        ]
        self.frame.controls = [phone_frame(title(_("Hulplijnen")), *cards)]

    def _turn(self, line: str):
        def turn(e) -> None:
            self.opened_lines ^= {line}
            self._draw()

        return self.safe(turn)


class HelpPublishScreen(Screen):
    """What changes against the list in force; then signing and publishing it."""

    back = HOME
    busy = False

    def build(self) -> ft.Control:
        self.body = stack()
        self._drawn: object = None
        self.refresh()
        return page_body(title(_("Nakijken en uitgeven")), self.body)

    def refresh(self) -> None:
        desk = self.app.help_desk
        state = (desk.changes(), desk.current, desk.contested, desk.may)
        if state == self._drawn or self.busy:
            return
        self._drawn = state
        current, changes = desk.current, desk.changes()
        parts = differences_list(changes)
        if desk.contested:
            words = _(
                "Een ander heeft ondertussen hetzelfde veranderd. Kies eerst bij elke hulplijn welke tekst blijft."
            )
            parts.insert(0, notice(words, ft.Icons.CALL_SPLIT, alarm=True))
        number = current.number + 1 if current else 1
        more = _("112, 113, 0800-1205 en Veilig Thuis blijven bovenaan, zoals ze zijn.")
        parts.append(notice(more, ft.Icons.LOCK))
        words = _("Dit wordt lijst {number}. Telefoons met verbinding hebben hem binnen een minuut.").format(
            number=number
        )
        parts.append(text(words))
        self.button = main_button(_("Onderteken en geef uit"), self.safe(self._publish), ft.Icons.PUBLISH_OUTLINED)
        self.button.disabled = not desk.may or bool(desk.contested)
        parts.append(self.button)
        if changes:
            parts.append(quiet_button(_("Laat alles zoals het is"), self.safe(self._drop), ft.Icons.UNDO))
        self.body.controls = parts

    async def _publish(self, e) -> None:
        if self.busy:
            return
        self.busy = self.button.disabled = True
        self.page.update()
        try:
            number = await self.app.help_desk.publish()
        except RollMoved:
            self.say(
                _("Een ander gaf net een nieuwe lijst uit. Je wijzigingen staan er nog. Kijk ze na en probeer opnieuw.")
            )
        else:
            self.say(_("Lijst {number} is uitgegeven.").format(number=number))
            self.shell.go(HOME)
        finally:
            self.busy = self.button.disabled = False
            self._drawn = None
            self.refresh()

    async def _drop(self, e) -> None:
        await self.app.help_desk.drop()
        self.say(_("Er verandert niets. De lijst blijft zoals hij is."))
        self.shell.go(HOME)
