"""Legible in sunlight: every pair of ink and ground that the screens use has contrast enough."""

import pytest

from app.views.theme import _scheme

PAIRS = [
    ("on_surface", "surface"),
    ("on_surface", "surface_container"),
    ("on_surface", "surface_container_high"),
    ("on_surface", "primary_container"),
    ("on_surface_variant", "surface"),
    ("on_surface_variant", "surface_container"),
    ("on_surface_variant", "surface_container_highest"),
    ("on_surface_variant", "primary_container"),
    ("on_primary", "primary"),
    ("on_primary_container", "primary_container"),
    ("on_secondary", "secondary"),
    ("on_secondary_container", "secondary_container"),
    ("primary", "surface"),
    ("primary", "surface_container"),
    ("primary", "primary_container"),
    ("error", "surface"),
    ("error", "surface_container"),
    ("on_error", "error"),
]


def _light(color: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(ink: str, ground: str) -> float:
    """From 1 to 21, WCAG 2.2."""
    dark, light = sorted((_light(ink), _light(ground)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_words_stand_out_from_their_ground(ink: str, ground: str, dark: bool) -> None:
    """4.5 to 1 at least, in light and in dark."""
    scheme = _scheme(dark)
    assert contrast(str(getattr(scheme, ink)), str(getattr(scheme, ground))) >= 4.5


@pytest.mark.parametrize("dark", [False, True])
def test_edges_of_fields_and_buttons_can_be_seen(dark: bool) -> None:
    """3 to 1 at least."""
    scheme = _scheme(dark)
    for ground in ("surface", "surface_container"):
        assert contrast(str(scheme.outline), str(getattr(scheme, ground))) >= 3
