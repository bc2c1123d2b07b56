"""Challenges, tokens and rates, by the clock."""

import pytest

from sync.core.errors import NotAuthorized, SlowDown
from sync.server import sessions
from sync.server.sessions import CHALLENGE_MILLIS, TOKEN_MILLIS, Carrier, Rates, Sessions
from tests.support.native_app import TestClock

ME, OTHER = Carrier(b"\1" * 32, b"\1" * 16), Carrier(b"\1" * 32, b"\2" * 16)


def test_a_nonce_serves_once() -> None:
    """The second use is refused, and so is a nonce that nobody gave."""
    s = Sessions(TestClock().millis)
    nonce = s.challenge(ME)
    s.redeem(nonce, ME)
    for used_or_unknown in (nonce, bytes(32)):
        with pytest.raises(NotAuthorized):
            s.redeem(used_or_unknown, ME)


def test_a_nonce_of_another_device_is_refused_and_used_up() -> None:
    """Whoever tries it spoils it: no guessing on somebody's challenge."""
    s = Sessions(TestClock().millis)
    nonce = s.challenge(ME)
    for carrier in (OTHER, ME):
        with pytest.raises(NotAuthorized):
            s.redeem(nonce, carrier)


def test_a_nonce_lasts_a_minute() -> None:
    """Taken at its last moment, refused after."""
    clock = TestClock()
    s = Sessions(clock.millis)
    first, second = s.challenge(ME), s.challenge(ME)
    clock.now += CHALLENGE_MILLIS
    s.redeem(first, ME)
    clock.now += 1
    with pytest.raises(NotAuthorized):
        s.redeem(second, ME)


def test_a_token_stands_for_its_device_until_its_end() -> None:
    """Another string, an empty one and an expired one stand for nobody."""
    clock = TestClock()
    s = Sessions(clock.millis)
    token, until = s.token(ME)
    other, _ = s.token(OTHER)
    assert until == clock.now + TOKEN_MILLIS
    assert (s.carrier(token), s.carrier(other)) == (ME, OTHER)
    for wrong in ("", token + "x", token[:-1]):
        with pytest.raises(NotAuthorized):
            s.carrier(wrong)
    clock.now = until + 1
    with pytest.raises(NotAuthorized):
        s.carrier(token)


def test_tokens_and_nonces_are_never_the_same() -> None:
    """A thousand of each differ, and are long enough not to be guessed."""
    s = Sessions(TestClock().millis)
    assert len({s.challenge(ME) for _ in range(1000)}) == 1000
    tokens = {s.token(ME)[0] for _ in range(1000)}
    assert len(tokens) == 1000
    assert min(len(t) for t in tokens) >= 43


def test_memory_stays_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Past the bound the oldest challenges, tokens and buckets go."""
    monkeypatch.setattr(sessions, "MAX_KEPT", 10)
    s = Sessions(TestClock().millis)
    old, kept = s.challenge(ME), [s.challenge(ME) for _ in range(10)]
    token = s.token(ME)[0]
    for _ in range(10):
        s.token(ME)
    with pytest.raises(NotAuthorized):
        s.redeem(old, ME)
    s.redeem(kept[-1], ME)
    with pytest.raises(NotAuthorized):
        s.carrier(token)


def test_a_rate_lets_a_burst_through_and_then_a_stream() -> None:
    """The burst at once, then as many as time gives; refused ones cost nothing; others are not held up."""
    clock = TestClock()
    rates = Rates(clock.millis, burst=5, per_second=2)
    for _ in range(5):
        rates.take("a")
    for _ in range(20):
        with pytest.raises(SlowDown):
            rates.take("a")
    rates.take("b")
    clock.now += 500
    rates.take("a")
    with pytest.raises(SlowDown):
        rates.take("a")
    clock.now += 3_600_000
    for _ in range(5):
        rates.take("a")
    with pytest.raises(SlowDown):
        rates.take("a")


def test_a_clock_that_jumps_back_locks_nobody_out() -> None:
    """After a correction of an hour the stream goes on from there."""
    clock = TestClock()
    rates = Rates(clock.millis, burst=1, per_second=1)
    rates.take("a")
    clock.now -= 3_600_000
    with pytest.raises(SlowDown):
        rates.take("a")
    clock.now += 1000
    rates.take("a")
