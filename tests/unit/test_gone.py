"""What explains that a body is gone, and which clock is believed about it."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core import codec, envelope, formats
from sync.core.envelope import Header, Link, encode_header
from sync.core.padding import pad
from sync.core.ports import Sealing
from sync.core.rights import Author, Role
from sync.device import meta, terms
from sync.device.gone import Gone, Left, Word
from sync.device.log import MIGRATIONS, SqliteLog
from tests.support.core_world import P, founded, run
from tests.vectors.vector import fixed

MINE, THEIRS = b"m" * 16, b"t" * 16
TEAM, OTHER = b"1" * 16, b"2" * 16
DAY = terms.DAY_MILLIS


@dataclass
class Clock:
    """Stands where it is put."""

    now: int

    def millis(self) -> int:
        return self.now


def left(expiry: int = 202811) -> Left:
    """A stub of mine."""
    return Left(b"d" * 16, MINE, TEAM, expiry, (b"r" * 16,))


@pytest.mark.parametrize(
    ("word", "counts"),
    [
        (Word(MINE, frozenset()), True),
        (Word(THEIRS, frozenset()), False),
        (Word(THEIRS, frozenset({TEAM})), True),
        (Word(THEIRS, frozenset({OTHER})), False),
        (Word.of(Author(THEIRS, Role.CONTACT, TEAM, frozenset({TEAM}))), False),
        (Word.of(Author(THEIRS, Role.COORDINATOR, TEAM, frozenset({TEAM}))), True),
    ],
)
def test_only_the_author_s_member_and_the_team_s_coordinators_explain(word: Word, counts: bool) -> None:
    """Whoever else names it explains nothing."""
    gone = Gone()
    gone.note(b"e", left())
    gone.name([b"e"], b"by", word)
    assert gone.explained(b"e", 202811) == counts
    assert gone.unexplained(202811) == (set() if counts else {(b"d" * 16, b"r" * 16)})


@pytest.mark.parametrize(
    ("expiry", "month", "over"), [(202811, 202811, False), (202811, 202812, True), (0, 999912, False)]
)
def test_a_month_explains_once_it_is_over(expiry: int, month: int, over: bool) -> None:
    """Not during it; what has no month is never over."""
    gone = Gone()
    gone.note(b"e", left(expiry))
    assert gone.explained(b"e", month) == over


def test_what_is_found_out_later_changes_the_answer() -> None:
    """A word that comes after the stub, and the whole that comes after it."""
    gone = Gone()
    gone.note(b"e", left())
    assert gone.unexplained(202601)
    gone.name([b"e"], b"by", Word(MINE, frozenset()))
    assert not gone.unexplained(202601)
    gone.note(b"f", left())
    assert gone.unexplained(202601)
    gone.forget(b"f")
    assert not gone.unexplained(202601)
    assert Gone.recalled(*gone.facts()) == Gone(gone.left, gone.named)


@given(st.integers(0, 2**42), st.one_of(st.none(), st.integers(1, 2**42)))
def test_a_moment_is_certain_only_when_both_clocks_have_passed_it(own: int, server: int | None) -> None:
    """The earlier of the two, the server's with a day's grace; none without a server."""
    log = SqliteLog(":memory:")
    if server is not None:
        log.put({meta.SERVER_TIME: meta.int_bytes(server)})
    sure = terms.sure_millis(log, Clock(own))
    assert sure <= own
    assert sure <= (server + DAY if server is not None else 0)
    assert sure in (own, (server or 0) + DAY, 0)
    assert terms.expired_month(log, Clock(own)) <= terms.explained_month(log, Clock(own))
    log.close()


def test_an_envelope_of_version_one_is_read_and_leaves_no_stub() -> None:
    """Signed and named as a whole, as they were before."""
    w = run(founded())
    first = bytes((formats.CHANGE, 1))
    header = encode_header(
        Header(
            bytes(32), w.contact.device, bytes(32), bytes(32), (Link(b"r" * 16, 1, 1, bytes(32)),), 202811, bytes(12)
        )
    )
    [body] = run(P.seal([Sealing(fixed("key"), bytes(12), first + header, pad(b"thee"))]))
    unsigned = first + codec.pack([header, body])
    data = unsigned + run(P.sign(w.contact.signing, [unsigned]))[0]
    e = envelope.parse(data)
    assert run(envelope.verify(P, [(e, w.contact.signing.public)])) == [True]
    assert e.aad == first + header
    assert envelope.id_of(data) == e.id
    with pytest.raises(envelope.BadFormat):
        envelope.stub(data)


def test_a_log_of_before_is_taken_along(tmp_path: Path) -> None:
    """Its envelopes and drafts as they were; drafts have no day yet."""
    path = tmp_path / "log.db"
    db = sqlite3.connect(path)
    MIGRATIONS[0](db)
    db.execute("INSERT INTO drafts VALUES ('new', x'aa')")
    db.execute("INSERT INTO envelopes VALUES (1, x'01', x'02', 1, '')")
    db.execute("PRAGMA user_version = 1")
    db.commit()
    db.close()
    log = SqliteLog(str(path))
    assert (log.drafts(), log.draft_days()) == ({"new": b"\xaa"}, {"new": 0})
    assert [e.data for e in log.read()] == [b"\2"]
    log.close()
