"""Calm, warm, legible in sunlight: green for what to do, clay for what needs a look, cream to rest on."""

import flet as ft

from app.services.language import ENGLISH, chosen, right_to_left

GREEN, CREAM, CLAY = "#1F5C4A", "#FBF6EC", "#B1472A"
WIDE = 900
TOUCH = 52
CONTENT = 640


def _scheme(dark: bool) -> ft.ColorScheme:
    """Every colour that a control may take is named here: one left out would be made up by Flutter, unmeasured."""
    if dark:
        return ft.ColorScheme(
            primary="#8FD0B8",
            on_primary="#0D2A20",
            primary_container="#24493D",
            on_primary_container="#D5F2E6",
            secondary="#F0A184",
            secondary_container="#24493D",
            on_secondary_container="#D5F2E6",
            on_secondary="#3A1408",
            tertiary="#F0A184",
            on_tertiary="#3A1408",
            tertiary_container="#5A2A1A",
            on_tertiary_container="#FFDCCF",
            surface="#16201C",
            on_surface="#F2EDE2",
            on_surface_variant="#BAC7C0",
            surface_tint="#16201C",
            surface_dim="#121A17",
            surface_bright="#2F3E38",
            surface_container_lowest="#121A17",
            surface_container_low="#1B2622",
            surface_container="#1F2B26",
            surface_container_high="#283630",
            surface_container_highest="#2F3E38",
            outline="#8A9A92",
            outline_variant="#3A4A43",
            error="#FFB4A5",
            on_error="#561E10",
            error_container="#6B2113",
            on_error_container="#FFDAD2",
            inverse_surface="#F2EDE2",
            on_inverse_surface="#21302A",
            inverse_primary="#1F5C4A",
        )
    return ft.ColorScheme(
        primary=GREEN,
        on_primary="#FFFFFF",
        primary_container="#D8EBE3",
        on_primary_container="#123B2F",
        secondary=CLAY,
        secondary_container="#D8EBE3",
        on_secondary_container="#123B2F",
        on_secondary="#FFFFFF",
        tertiary=CLAY,
        on_tertiary="#FFFFFF",
        tertiary_container="#F9DFD6",
        on_tertiary_container="#5A2110",
        surface=CREAM,
        on_surface="#21302A",
        on_surface_variant="#4D5C55",
        surface_tint=CREAM,
        surface_dim="#E6DECC",
        surface_bright="#FFFDF8",
        surface_container_lowest="#FFFFFF",
        surface_container_low="#FFFDF8",
        surface_container="#FFFDF8",
        surface_container_high="#F3ECDD",
        surface_container_highest="#EDE4D2",
        outline="#6E7C75",
        outline_variant="#DDD2BE",
        error="#A3281A",
        on_error="#FFFFFF",
        error_container="#FADAD4",
        on_error_container="#6B1A0E",
        inverse_surface="#21302A",
        on_inverse_surface="#F6F1E7",
        inverse_primary="#8FD0B8",
    )


def _theme(dark: bool) -> ft.Theme:
    return ft.Theme(
        color_scheme_seed=GREEN,
        color_scheme=_scheme(dark),
        font_family="Roboto",
        use_material3=True,
        visual_density=ft.VisualDensity.STANDARD,  # laptops would get smaller buttons
        scaffold_bgcolor=_scheme(dark).surface,
    )


def apply(page: ft.Page) -> None:
    """Dress the page; light or dark follows the device until something else is chosen."""
    page.title = "Straatcontact"
    page.theme, page.dark_theme = _theme(False), _theme(True)
    page.theme_mode = ft.ThemeMode.SYSTEM
    page.padding = 0
    page.bgcolor = ft.Colors.SURFACE
    speak(page)


def speak(page: ft.Page) -> None:
    """Calendars in the language on screen, where weeks start on Monday; all of it from right to left if so read."""
    page.rtl = right_to_left()
    dutch, english = ft.Locale("nl", "NL"), ft.Locale("en", "GB")
    page.locale_configuration = ft.LocaleConfiguration(
        supported_locales=[dutch, english],
        current_locale=english if chosen() == ENGLISH else dutch,
    )
