"""The log in the real browser: its contract on OPFS, SIGKILLs, power loss, a full disk, two tabs, cleared data."""

import base64
import json
import random
import shutil
import sqlite3
import time
from collections import defaultdict
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from sync.core.errors import StraatError
from sync.device.log import SqliteLog
from tests.browser.worker_harness import Scripts, WorkerPage, serve
from tests.support import log_steps
from tests.support.chrome import Chrome, chrome

MODULE = "tests.browser.in_worker_log"
SCRIPTS = Scripts(
    modules={"storage": "/log_parts.js#storage"},
    before=("/opfs.js#routeFdatasync",),
    after=("/log_parts.js#attachTo",),
)
PACKAGES = ("msgpack",)
IMPORT = "import tests.browser.in_worker_log as w\n"


def test_the_contract_holds_on_opfs() -> None:
    """Every promise of contract_log in the worker."""
    with WorkerPage(packages=PACKAGES, scripts=SCRIPTS) as page:
        page.evaluate(IMPORT + "await w.mount()\nw.use_opfs()")
        results = page.run(MODULE)
    assert len(results) >= 7
    assert [r for r in results if r.error] == []


def test_a_commit_reaches_the_disks_flush() -> None:
    """Fails when a Pyodide update stops SQLite's sync from arriving at flush()."""
    with WorkerPage(packages=PACKAGES, scripts=SCRIPTS) as page:
        page.evaluate(IMPORT + "await w.mount()")
        assert int(page.evaluate("w.flushes_of_one_commit()")) >= 3


def test_without_the_mend_the_store_refuses_to_open() -> None:
    """If fdatasync could not be routed, nothing is promised: opening fails loudly."""
    bare = Scripts(modules=SCRIPTS.modules, after=SCRIPTS.after)
    with WorkerPage(packages=PACKAGES, scripts=bare) as page, pytest.raises(Exception, match="not routed"):
        page.evaluate(IMPORT + "await w.mount()")


# -- SIGKILL -------------------------------------------------------------------------------------------------


class _Victim:
    """A browser on the worker page that counts acknowledgements until it is killed."""

    def __init__(self, playwright: Playwright, profile: Path, address: str, mount: bool = True) -> None:
        self.acknowledged = 0
        self.browser = Chrome(playwright, profile)
        self.browser.page.on("console", lambda m: self._hear(m.text))
        self.again(address, mount)

    def again(self, address: str, mount: bool = True) -> None:
        """Load the page (anew): the worker of before ends."""
        self.browser.page.goto(address)
        assert self.browser.page.evaluate("() => window.started") == "ready"
        if mount:
            self.ask(IMPORT + "await w.mount()")

    def _hear(self, text: str) -> None:
        if text.startswith("ack "):
            self.acknowledged = int(text[4:])

    def ask(self, code: str) -> str:
        return str(self.browser.page.evaluate("code => window.ask({code}, 30000)", code))

    def wait_for(self, number: int) -> None:
        until = time.monotonic() + 20
        while self.acknowledged < number:
            assert time.monotonic() < until, "no acknowledgement came"
            self.browser.page.wait_for_timeout(5)


def _kill_again_and_again(playwright: Playwright, profile: Path, kills: int, just_after: bool) -> dict[str, int]:
    """Each round verifies what the last one acknowledged, writes on, and dies."""
    told = {"kills": 0, "lost": 0, "corrupt": 0, "acknowledged": 0}
    expected = 0
    luck = random.Random(kills)
    with serve(PACKAGES, SCRIPTS) as address:
        for turn in range(kills + 1):
            victim = _Victim(playwright, profile, address)
            try:
                found = json.loads(victim.ask("w.verify()"))
                told["corrupt"] += not found["ok"]
                told["lost"] += max(0, expected - found["count"])
                if turn == kills:
                    return told
                victim.ask(f"w.start_writing({0.08 if just_after else 0.0})")
                victim.wait_for(found["count"] + 1)
                if not just_after:
                    victim.browser.page.wait_for_timeout(luck.uniform(20, 250))
                expected = victim.acknowledged
            finally:
                victim.browser.kill()
            expected = max(expected, victim.acknowledged)
            told["kills"] += 1
            told["acknowledged"] = expected
    return told


@pytest.mark.parametrize("just_after", [False, True], ids=["while writing", "right after saving"])
def test_five_dead_batteries_lose_nothing(playwright: Playwright, tmp_path: Path, just_after: bool) -> None:
    """SIGKILL of the whole browser, five times: nothing acknowledged is lost, nothing is corrupt."""
    told = _kill_again_and_again(playwright, tmp_path / "profile", 5, just_after)
    assert told["acknowledged"] >= 5
    assert (told["kills"], told["lost"], told["corrupt"]) == (5, 0, 0)


@pytest.mark.soak
@pytest.mark.parametrize("just_after", [False, True], ids=["while writing", "right after saving"])
def test_a_hundred_dead_batteries_lose_nothing(playwright: Playwright, tmp_path: Path, just_after: bool) -> None:
    """The same, a hundred times."""
    told = _kill_again_and_again(playwright, tmp_path / "profile", 100, just_after)
    print(told)  # noqa: T201 the figures for the note
    assert (told["kills"], told["lost"], told["corrupt"]) == (100, 0, 0)


# -- power loss: what was not flushed may be gone, in part, in any mix -----------------------------------------


def _apply(file: bytearray, operation: list[object]) -> None:
    if operation[0] == "w":
        place, data = int(str(operation[2])), operation[3]
        assert isinstance(data, bytes)
        if len(file) < place:
            file.extend(bytes(place - len(file)))
        file[place : place + len(data)] = data
    else:
        size = int(str(operation[2]))
        del file[size:]
        file.extend(bytes(size - len(file)))


def _cut(
    operations: list[list[object]], start: int, luck: random.Random, flushing: bool
) -> tuple[dict[str, bytearray], int]:
    """The disk after the power went at a random moment, and the last acknowledged number."""
    disk: dict[str, bytearray] = defaultdict(bytearray)
    waiting: dict[str, list[list[object]]] = defaultdict(list)
    acknowledged = 0
    for operation in operations[: luck.randrange(start, len(operations))]:
        if operation[0] == "a":
            acknowledged = int(str(operation[1]))
        elif operation[0] == "f":
            if flushing:
                for done in waiting.pop(str(operation[1]), []):
                    _apply(disk[str(operation[1])], done)
        else:
            waiting[str(operation[1])].append(operation)
    chance = luck.choice([0, 0.5, 0.9])
    for name, some in waiting.items():
        for operation in some:
            if luck.random() < chance:
                if operation[0] == "w" and luck.random() < 0.1:
                    data = operation[3]
                    assert isinstance(data, bytes)
                    operation = [*operation[:3], data[: luck.randrange(1, len(data) + 1)]]
                _apply(disk[name], operation)
    return disk, acknowledged


def _states(steps: int) -> list[object]:
    """The log as it has to be after each step."""
    log = SqliteLog(":memory:")
    states = [log_steps.whole(log)]
    for number in range(1, steps + 1):
        log_steps.step(log, number)
        states.append(log_steps.whole(log))
    log.close()
    return states


def _revived(folder: Path, disk: dict[str, bytearray], allowed: list[object]) -> str:
    """good (it says what it said after the last step that was acknowledged, or after the next), lost or corrupt."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, data in disk.items():
        if data:
            (folder / name).write_bytes(data)
    try:
        log = SqliteLog(str(folder / "log.db"))
    except StraatError:
        return "corrupt"
    try:
        if log._db.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
            return "corrupt"
        return "good" if log_steps.whole(log) in allowed else "lost"
    except (sqlite3.DatabaseError, StraatError):
        return "corrupt"
    finally:
        log.close()


def test_power_loss_at_400_points_loses_nothing_and_the_control_does(tmp_path: Path) -> None:
    """Unflushed writes dropped and torn at 400 points of all that a device writes: each transaction is there whole or
    not at all, and what was acknowledged is. Without the flushes (the control): damage.
    """
    with WorkerPage(packages=PACKAGES, scripts=SCRIPTS) as page:
        page.evaluate(IMPORT + "await w.mount()")
        recorded = json.loads(page.evaluate("w.record(60)"))
    operations = [[*op[:3], base64.b64decode(op[3])] if op[0] == "w" else op for op in recorded]
    start = next(i for i, op in enumerate(operations) if op[0] == "a")
    states = _states(60)
    told: dict[bool, dict[str, int]] = {True: defaultdict(int), False: defaultdict(int)}
    for flushing in (True, False):
        luck = random.Random(7)
        for _ in range(400):
            disk, acknowledged = _cut(operations, start, luck, flushing)
            allowed = states[acknowledged : acknowledged + 2]
            told[flushing][_revived(tmp_path / "disk", disk, allowed)] += 1
    assert dict(told[True]) == {"good": 400}
    assert told[False]["good"] < 300


# -- a full disk, two tabs, cleared data ------------------------------------------------------------------------


def test_a_full_disk_gives_a_clear_error_and_a_whole_log(playwright: Playwright, tmp_path: Path) -> None:
    """DiskFull at the quota, the database whole, and on it goes when there is room again."""
    with serve(PACKAGES, SCRIPTS) as address:
        victim = _Victim(playwright, tmp_path / "profile", address)
        try:
            victim.ask("l = w.SqliteLog(w.PATH); l.append([w.row(n) for n in range(5000, 5100)]); l.close(); 1")
            session = victim.browser.context.new_cdp_session(victim.browser.page)
            usage = victim.browser.page.evaluate("navigator.storage.estimate().then(e => e.usage)")
            session.send("Storage.overrideQuotaForOrigin", {"origin": address, "quotaSize": usage + 1_000_000})
            full = json.loads(victim.ask("w.fill_until_full()"))
            assert full.pop("rows") > 0
            assert full == {"full": True, "check": "ok", "whole": True}
            session.send("Storage.overrideQuotaForOrigin", {"origin": address})
            more = "l = w.SqliteLog(w.PATH); n = len(l.append([w.row(9999)])); l.close(); n"
            assert victim.ask(more) == "1"
        finally:
            victim.browser.kill()


def test_one_tab_leads_and_the_next_takes_over(playwright: Playwright, tmp_path: Path) -> None:
    """The second tab says so, and has the log within a second when the first is gone."""
    with serve(PACKAGES, SCRIPTS) as address, chrome(playwright, tmp_path / "profile") as browser:
        first, second = browser.page, browser.context.new_page()
        answers = []
        for page in (first, second):
            page.goto(address)
            assert page.evaluate("() => window.started") == "ready"
            answers.append(json.loads(page.evaluate("code => window.ask({code}, 30000)", IMPORT + "await w.mount()")))
        assert [a["leader"] for a in answers] == [True, False]
        second.evaluate("() => { window.lead = window.ask({code: 'await w.storage.lead()'}, 30000) }")
        began = time.monotonic()
        first.close()
        second.evaluate("() => window.lead")
        assert time.monotonic() - began < 5  # a bound against hanging; the promise is a second
        assert json.loads(second.evaluate("code => window.ask({code}, 30000)", "await w.mount()"))["leader"]


def test_data_cleared_under_the_running_app_is_rescued(playwright: Playwright, tmp_path: Path) -> None:
    """The probe notices, writing goes on, and all is there after the page was loaded anew, also when that worker ends.

    When handles on removed files end, Chromium removes the files' whole folder again, also what was put there since:
    a rescue into new files, beside the old handles, held until the page was loaded anew and no longer.
    """
    with serve(PACKAGES, SCRIPTS) as address:
        victim = _Victim(playwright, tmp_path / "profile", address)
        try:
            victim.ask("l = w.SqliteLog(w.PATH); l.append([w.row(1), w.row(2)], {'last': (2).to_bytes(4, 'big')}); 1")
            victim.ask("import asyncio; w.storage.mark('somebody'); await asyncio.sleep(0.5)")
            session = victim.browser.context.new_cdp_session(victim.browser.page)
            session.send("Storage.clearDataForOrigin", {"origin": address, "storageTypes": "all"})
            both = "await asyncio.gather(w.storage.probe(), w.storage.probe())"  # the timer and the page at once
            victim.ask(f"import asyncio\n{both}\n1")
            victim.ask("l.append([w.row(3)], {'last': (3).to_bytes(4, 'big')}); 1")
            assert json.loads(victim.ask("w.verify()"))["count"] == 3
            victim.ask("await w.storage.board()")  # as the app does before it loads its page anew
            for count in (3, 4):  # put back; and a note of after that is not overtaken by what was put back
                victim.again(address)
                assert json.loads(victim.ask("w.verify()")) == {"ok": True, "count": count, "check": "ok"}
                more = "l = w.SqliteLog(w.PATH); l.append([w.row({n})], {{'last': ({n}).to_bytes(4, 'big')}}); l.close(); 1"
                victim.ask(more.format(n=count + 1))
        finally:
            victim.browser.kill()
        victim = _Victim(playwright, tmp_path / "profile", address)
        try:
            assert json.loads(victim.ask("w.verify()")) == {"ok": True, "count": 5, "check": "ok"}
        finally:
            victim.browser.kill()


# -- the saved view ------------------------------------------------------------------------------------------

SHELF = "from straat_js import storage\nfrom pyodide.ffi import to_js\n"


def test_the_saved_view_on_opfs_is_replaced_whole_and_survives_a_reload(tmp_path: Path) -> None:
    """Nothing at first; what was written last, also after a reload; gone when it is taken away."""
    read = SHELF + "(await storage.view.read()).to_bytes()"
    write = SHELF + "await storage.view.write(to_js([b'{}', b'{}' * 100_000]))"
    with WorkerPage(packages=PACKAGES, scripts=SCRIPTS, profile=tmp_path) as page:
        assert page.evaluate(read) == "b''"
        for letters in ("ab", "cd"):
            page.evaluate(write.format(*letters))
            assert page.evaluate(read) == repr(letters[0].encode() + letters[1].encode() * 100_000)
        page.open()
        assert page.evaluate(read) == repr(b"c" + b"d" * 100_000)
        page.evaluate(SHELF + "await storage.view.remove()")
        assert page.evaluate(read) == "b''"
