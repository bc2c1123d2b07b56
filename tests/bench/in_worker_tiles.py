"""Runs inside the phone app's own worker (its source is handed over): a round's picture in place of the screen.

`show(doors)` gives milliseconds in Python: made, put on the page, put there again with one door changed.
"""

import gc
import json
import time
from dataclasses import replace

import flet as ft

from app.services.rounds.models import Answer, Door, DoorLook, DoorState
from app.views.common.tiles import Pictures
from app.views.shell import Shell

A_STREET = 100
[SHELL] = [x for x in gc.get_objects() if isinstance(x, Shell)]


def _look(n: int) -> DoorLook:
    door = Door(f"d{n}", f"Straat {n // A_STREET}", n % A_STREET + 1)
    states = [None, *DoorState]
    state = states[n % len(states)]
    return DoorLook(door, Answer(state) if state else None, n % 40 == 0 and state is None, False)


async def _nowhere(key: str) -> None:
    return None


def show(doors: int) -> str:
    """All doors in streets of a hundred, on the whole page."""
    looks = [_look(n) for n in range(doors)]
    streets = [(f"Straat {i}", looks[i * A_STREET : (i + 1) * A_STREET]) for i in range(doors // A_STREET)]
    began = time.perf_counter()
    pictures = Pictures(SHELL.screen, _nowhere)
    pictures.show(streets)
    made = time.perf_counter()
    body = ft.Column([ft.Container(pictures, padding=16)], scroll=ft.ScrollMode.AUTO, expand=True)
    SHELL.page.controls = [ft.SafeArea(body, expand=True)]
    SHELL.page.update()
    put = time.perf_counter()
    first = replace(looks[1], answer=Answer(DoorState.NOT_HOME))
    pictures.show([(streets[0][0], [looks[0], first, *streets[0][1][2:]]), *streets[1:]])
    SHELL.page.update()
    again = time.perf_counter()
    return json.dumps([(made - began) * 1000, (put - made) * 1000, (again - put) * 1000])
