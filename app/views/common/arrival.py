"""Before an invitation is used: where the app belongs on this device, in steps that can be followed with a thumb."""

import flet as ft

from app.services.language import _
from app.services.surroundings import Browser, Place, Surroundings, System
from app.views.parts import main_button, notice, quiet_button, side_button, text, title
from app.views.screen import Screen


def advice(screen: Screen) -> list[ft.Control]:
    """What to do first, the link to take along, and the way past it."""
    here = screen.app.surroundings
    heading, why, steps = _words(here)
    shown = [title(heading), text(why), *(_step(n, words) for n, words in enumerate(steps, 1))]
    copy = screen.safe(lambda e: _copy(screen))
    on = screen.safe(lambda e: screen.app.go_on_here())
    if not here.elsewhere:
        later = text(_("Je kunt dat ook later doen. Wat je hier invult, vind je daar terug."), soft=True)
        return [*shown, later, main_button(_("Verder"), on, ft.Icons.ARROW_FORWARD)]
    shown += [main_button(_("Kopieer de link"), copy, ft.Icons.CONTENT_COPY)]
    if here.place is Place.INSIDE and here.host:
        return shown  # certain enough: what is begun here would be lost
    risk = _("Wat je hier noteert, kan de telefoon na een week wissen.")
    return [*shown, notice(risk, ft.Icons.WARNING_AMBER), quiet_button(_("Hier toch verdergaan"), on)]


async def _copy(screen: Screen) -> None:
    await ft.Clipboard().set(screen.app.invitation_link)
    screen.say(_("De link is gekopieerd."))


def _step(number: int, words: str) -> ft.Control:
    badge = ft.Container(
        text(str(number), weight=ft.FontWeight.W_600),
        bgcolor=ft.Colors.PRIMARY_CONTAINER,
        border_radius=18,
        padding=ft.Padding.symmetric(horizontal=12, vertical=5),
    )
    return ft.Row(
        [badge, ft.Container(text(words), expand=True)], vertical_alignment=ft.CrossAxisAlignment.START, spacing=12
    )


def _words(here: Surroundings) -> tuple[str, str, list[str]]:
    """The heading, the reason and the steps."""
    if here.place is Place.INSIDE:
        return _inside(here)
    if here.system is System.IPHONE:
        return _iphone(here)
    return _android(here)


def _inside(here: Surroundings) -> tuple[str, str, list[str]]:
    browser = "Safari" if here.system is System.IPHONE else _("je gewone browser")
    heading = _("Open de link in {browser}").format(browser=browser)
    why = _("Je kijkt nu binnen een andere app. Wat je hier invult, raakt kwijt.")
    if here.host:
        why = _("Je kijkt nu binnen {app}. Wat je hier invult, raakt kwijt.").format(app=here.host)
    if here.system is System.IPHONE:
        menu = _("Tik op de drie puntjes of op het kompas, en kies ‘Open in Safari’.")
        paste = _("Staat dat er niet? Kopieer de link hieronder, open Safari, en plak hem bovenin of onderin.")
    else:
        menu = _("Tik rechtsboven op de drie puntjes, en kies ‘Openen in browser’ of ‘Openen in Chrome’.")
        paste = _("Staat dat er niet? Kopieer de link hieronder, open je browser, en plak hem in de adresbalk.")
    return heading, why, [menu, paste]


def _iphone(here: Surroundings) -> tuple[str, str, list[str]]:
    if here.browser is not Browser.SAFARI:
        heading = _("Open de link in Safari")
        why = _("Op een iPhone of iPad zet je de app vanuit Safari op je beginscherm.")
        return heading, why, [_("Kopieer de link hieronder."), _("Open Safari, en plak hem in de adresbalk.")]
    heading = _("Zet de app eerst op je beginscherm")
    why = _("Op een iPhone of iPad bewaart de app op je beginscherm alles apart. Begin daarom daar, en niet hier.")
    steps = [
        _("Kopieer de link met de knop hieronder."),
        _("Tik in Safari op het deel-teken: het vierkant met de pijl omhoog."),
        _("Kies ‘Zet op beginscherm’ en dan ‘Voeg toe’."),
        _("Open Straatcontact op je beginscherm, en plak daar de link."),
    ]
    return heading, why, steps


def _android(here: Surroundings) -> tuple[str, str, list[str]]:
    heading = _("Zet de app op je startscherm")
    why = _("Dan vind je hem snel terug, ook zonder internet.")
    if here.browser is Browser.SAMSUNG:
        menu = _("Tik rechtsonder op de drie streepjes, en kies ‘Pagina toevoegen aan’ en dan ‘Startscherm’.")
    elif here.browser is Browser.CHROME:
        menu = _("Tik rechtsboven op de drie puntjes, en kies ‘Toevoegen aan startscherm’ of ‘App installeren’.")
    else:
        menu = _("Open het menu van je browser, en kies ‘Toevoegen aan startscherm’ of ‘Installeren’.")
    return heading, why, [menu, _("Kies ‘Installeren’ of ‘Toevoegen’.")]


def paste_button(screen: Screen, into: ft.TextField) -> ft.Control:
    """Puts what was copied into a field: a long press is hard to find."""

    async def paste(e) -> None:
        copied = await ft.Clipboard().get()
        if copied:
            into.value, into.error = copied, None
        else:
            screen.say(_("Er is nog niets gekopieerd."))

    return side_button(_("Plak"), screen.safe(paste), ft.Icons.CONTENT_PASTE)
