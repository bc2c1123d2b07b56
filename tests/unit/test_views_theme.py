"""Legible in sunlight: every pair of ink and ground that a control may use has contrast enough (WCAG 2.2, AA)."""

import dataclasses
import re
from pathlib import Path

import flet as ft
import pytest

from app.views.common import tiles
from app.views.theme import _scheme
from tests.support.contrast import contrast

GROUNDS = ["surface", "surface_dim", "surface_bright"] + [
    f"surface_container{step}" for step in ("_lowest", "_low", "", "_high", "_highest")
]
FILLED = ["primary", "secondary", "tertiary", "error"]
PAIRS = [
    *((ink, ground) for ground in GROUNDS for ink in ("on_surface", "on_surface_variant", "primary", "error")),
    *((f"on_{name}{kind}", f"{name}{kind}") for name in FILLED for kind in ("", "_container")),
    ("on_surface", "primary_container"),
    ("on_surface_variant", "primary_container"),
    ("primary", "primary_container"),
    ("error", "primary_container"),
    ("on_inverse_surface", "inverse_surface"),
    ("inverse_primary", "inverse_surface"),
]
EDGES = [(edge, ground) for edge in ("outline", "on_surface") for ground in (*GROUNDS, "primary_container")]
NEVER_INK_OR_GROUND = {"outline_variant", "shadow", "scrim", "surface_tint"}  # lines that only decorate
DARK = pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])


def _color(name: str, dark: bool) -> str:
    return str(getattr(_scheme(dark), name))


@DARK
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_words_stand_out_from_their_ground(ink: str, ground: str, dark: bool) -> None:
    """4.5 to 1 at least, in light and in dark."""
    assert contrast(_color(ink, dark), _color(ground, dark)) >= 4.5


@DARK
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_edges_of_fields_and_the_ring_of_focus_can_be_seen(edge: str, ground: str, dark: bool) -> None:
    """3 to 1 at least: `outline` is the edge of a field, `on_surface` the ring around what has the focus."""
    assert contrast(_color(edge, dark), _color(ground, dark)) >= 3


@DARK
def test_no_colour_is_left_to_be_made_up_and_none_goes_unmeasured(dark: bool) -> None:
    """Each role of the scheme has a colour of ours, and stands in a pair above; fixed ones are used by no control."""
    roles = {f.name for f in dataclasses.fields(ft.ColorScheme) if not f.name.startswith("_") and "fixed" not in f.name}
    measured = {name for pair in (*PAIRS, *EDGES) for name in pair}
    assert measured == roles - NEVER_INK_OR_GROUND
    assert [name for name in sorted(measured) if not re.fullmatch("#[0-9A-F]{6}", _color(name, dark))] == []


def test_screens_use_measured_colours_only() -> None:
    """No screen has a colour of its own: only roles of the scheme."""
    used = {
        name.lower()
        for path in Path("app/views").rglob("*.py")
        for name in re.findall(r"\bColors\.([A-Z_]+)", path.read_text(encoding="utf-8"))
    }
    assert used - {name for pair in PAIRS for name in pair} <= {"outline", "outline_variant", "transparent"}
    codes = {
        path.name for path in Path("app/views").rglob("*.py") if re.search("#[0-9A-Fa-f]{6}", path.read_text("utf-8"))
    }
    assert codes <= {"theme.py", "people.py", "tiles.py"}  # a QR code is black on white; tiles are measured below


def test_what_stands_on_a_tile_of_a_street_can_be_read() -> None:
    """Number and letter on each colour; they are the same in light and dark."""
    for ground, ink in [*tiles.COLOURS.values(), tiles.BLOCKED]:
        assert contrast(ink, ground) >= 4.5
