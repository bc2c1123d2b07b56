"""The published stories, for everyone in the team: words that two coordinators signed, checked on this device."""

import flet as ft

from app.services.language import _, day_text
from app.services.records import iso
from app.views.common.share_story import share_row
from app.views.contact.story_photo import photo_image
from app.views.parts import Colors, notice, page_body, quiet_button, side_button, stack, text, title
from app.views.screen import Screen

MOST = 25


class PublishedScreen(Screen):
    """The newest first; a photo is fetched when it is asked for."""

    back = "/buurt"

    def build(self) -> ft.Control:
        self.limit, self.photos, self.shared = MOST, dict[bytes, bytes](), b""
        self.list = stack(spacing=20)
        self._drawn: object = None
        self.refresh()
        return page_body(title(_("Verhalen uit de buurt")), self.list)

    def refresh(self) -> None:
        sheets = self.app.stories_desk.published()
        state = (sheets, self.limit, dict(self.photos), self.shared)
        if state == self._drawn:
            return
        self._drawn = state
        parts: list[ft.Control] = [self._story(s) for s in sheets[: self.limit]]
        if len(sheets) > self.limit:
            parts.append(quiet_button(_("Toon meer"), self.safe(self._more)))
        self.list.controls = parts or [notice(_("Er staan nu geen verhalen."))]

    def _more(self, e) -> None:
        self.limit += MOST
        self.refresh()

    def _story(self, sheet) -> ft.Control:
        until = iso(sheet.until)
        rows: list[ft.Control] = [title(sheet.title, 2)]
        photo = self.photos.get(sheet.lock)
        if photo:
            rows.append(photo_image(photo, _("De foto bij dit verhaal")))
        elif sheet.photo and photo is None:
            show = self.safe(lambda e: self._show(sheet))
            label = _("Toon de foto bij ‘{title}’").format(title=sheet.title)
            rows.append(side_button(label, show, ft.Icons.IMAGE_OUTLINED))
        elif sheet.photo:
            rows.append(notice(_("De foto is er nu niet. Probeer het later opnieuw."), ft.Icons.CLOUD_OFF))
        rows.append(text(sheet.text, size=18))
        if until:
            rows.append(text(_("Staat er tot {day}.").format(day=day_text(until)), soft=True, size=15))
        if self.shared == sheet.lock:
            rows += share_row(self, sheet.title, sheet.text, self.app.stories_desk.link(sheet))
        else:
            label = _("Deel ‘{title}’").format(title=sheet.title)
            rows.append(quiet_button(label, self.safe(lambda e: self._share(sheet)), ft.Icons.SHARE_OUTLINED))
        return ft.Container(
            stack(*rows),
            padding=16,
            border_radius=18,
            bgcolor=Colors.SURFACE_CONTAINER,
            border=ft.Border.all(1, Colors.OUTLINE_VARIANT),
        )

    async def _show(self, sheet) -> None:
        self.photos[sheet.lock] = await self.app.stories_desk.photo(sheet)
        self.refresh()

    def _share(self, sheet) -> None:
        self.shared = sheet.lock
        self.refresh()
