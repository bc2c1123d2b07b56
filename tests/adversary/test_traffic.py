"""What sizes tell is measured as docs/threat-model.md says, and padding keeps hiding what it hides."""

import asyncio
from pathlib import Path

from tests.adversary import traffic

TEXT = (Path(__file__).parents[2] / "docs" / "threat-model.md").read_text(encoding="utf-8")


def test_padding_hides_whether_a_note_was_written_and_the_document_asks_the_same() -> None:
    """Few sizes where there would be many; the guess is hardly better than without looking."""
    acts, quiet = asyncio.run(traffic.watched(120))
    assert len({size for act in acts for size, _, _ in act.padded}) <= 4
    assert len({size for act in acts for size, _, _ in act.bare}) > 30
    told = dict(traffic.figures(acts))
    blind, padded, _, bare = told["was a note written with a new visit"]
    assert padded <= blind + 0.15
    assert bare > padded + 0.1
    assert all(f"| {question} |" in TEXT for question in told)
    assert quiet == ["roll", "pull"]


def test_a_word_on_the_event_stream_tells_no_more_than_the_pull_behind_it() -> None:
    """One size, as a beat has, whatever was written and whether the coordinator reads all of it or only the count; each
    word is followed by a pull.
    """
    seen = asyncio.run(traffic.overheard(6))
    assert seen.sizes == {9}
    assert seen.followed == seen.words >= 4
    assert set(seen.woken) == {(True, True), (False, True)}
