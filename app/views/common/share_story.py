"""Sharing a published story: its link to open, share or copy, and what can't be taken back."""

import flet as ft

from app.services.language import _
from app.views.parts import copyable, quiet_button, side_button, text
from app.views.screen import Screen

_EXCERPT = 200


def share_text(title: str, words: str, link: str) -> str:
    """What somebody sends: title, first words, the page. Nothing of who sends it."""
    plain = " ".join(words.split())
    short = plain if len(plain) <= _EXCERPT else plain[:_EXCERPT].rsplit(" ", 1)[0] + " …"
    return f"{title}\n{short}\n{link}"


def share_row(screen: Screen, title: str, words: str, link: str) -> list[ft.Control]:
    """The ways to share."""
    told = share_text(title, words, link)

    async def share(e) -> None:
        if not await screen.app.stories_desk.share(title, told):
            await copy(e)

    async def copy(e) -> None:
        await ft.Clipboard().set(told)
        screen.say(_("Gekopieerd. Plak het in een bericht."))

    return [
        copyable(link, size=15),
        ft.Row(
            [
                side_button(_("Deel het verhaal"), screen.safe(share), ft.Icons.SHARE_OUTLINED),
                side_button(_("Kopieer tekst en link"), screen.safe(copy), ft.Icons.CONTENT_COPY),
                quiet_button(
                    _("Open de pagina"), screen.safe(lambda e: ft.UrlLauncher().launch_url(link)), ft.Icons.OPEN_IN_NEW
                ),
            ],
            wrap=True,
            spacing=8,
            run_spacing=8,
        ),
        text(
            _("Deel liever de link dan de tekst: wordt het verhaal weggehaald, dan is de pagina leeg."),
            soft=True,
            size=15,
        ),
    ]
