"""A part of the settings: how large the text is, and light or dark."""

import flet as ft

from app.services.display import Light, TextSize
from app.services.language import _
from app.views.parts import pick, stack, text, title
from app.views.screen import Screen


def display_parts(screen: Screen) -> list[ft.Control]:
    """What is chosen is to be seen at once, and stays on this device."""
    sizes, lights = stack(), stack()
    dress = screen.shell.dress

    def draw() -> None:
        size_words = [(TextSize.NORMAL, _("gewoon")), (TextSize.LARGE, _("groot")), (TextSize.HUGE, _("heel groot"))]
        light_words = [(Light.DEVICE, _("zoals het apparaat")), (Light.LIGHT, _("licht")), (Light.DARK, _("donker"))]
        sizes.controls = [pick(size_words, lambda size: size is dress.size, screen.safe(grow))]
        lights.controls = [pick(light_words, lambda light: light is dress.light, screen.safe(lighten))]

    async def grow(size: TextSize) -> None:
        dress.grow(size)
        draw()
        screen.page.update()
        await dress.keep()

    async def lighten(light: Light) -> None:
        dress.lighten(light)
        draw()
        screen.page.update()
        await dress.keep()

    draw()
    about = text(_("Dit komt bovenop de grootte die je telefoon zelf heeft."), soft=True)
    return [title(_("Grootte van de tekst"), 2), sizes, about, title(_("Licht of donker"), 2), lights]
