"""How often the guard misses and how often it cries wolf: `python -m tests.guard_figures [--list]`.

Reads the written samples: every third note of guard_sample.txt is held out (never tuned on).
"""

import re
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from app.services.guard import Category, look

SAMPLE = Path(__file__).parent / "unit" / "guard_sample.txt"
_MARK = re.compile(r"\[(\w+)\|([^\]]*)\]")


@dataclass(frozen=True)
class Note:
    """A note of the sample and what ought to be seen in it: (start, end, category)."""

    text: str
    marks: tuple[tuple[int, int, Category], ...]


@dataclass
class Figures:
    """Counts by category: seen, missed, false alarms; and the notes of the last two."""

    seen: Counter[Category] = field(default_factory=Counter)
    missed: Counter[Category] = field(default_factory=Counter)
    alarms: Counter[Category] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)

    def recall(self, category: Category) -> float:
        """The part of what was to be seen that was seen."""
        return self.seen[category] / max(1, self.seen[category] + self.missed[category])

    def precision(self, category: Category) -> float:
        """The part of what was pointed out that was right."""
        return self.seen[category] / max(1, self.seen[category] + self.alarms[category])


def read(path: Path = SAMPLE) -> list[Note]:
    """The notes of a sample."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return [_note(line) for line in lines]


def _note(line: str) -> Note:
    text, marks, last = "", [], 0
    for found in _MARK.finditer(line):
        text += line[last : found.start()]
        marks.append((len(text), len(text) + len(found[2]), Category(found[1])))
        text, last = text + found[2], found.end()
    return Note(text + line[last:], tuple(marks))


def tuned(notes: list[Note]) -> list[Note]:
    """Two of every three."""
    return [note for i, note in enumerate(notes, 1) if i % 3]


def held_out(notes: list[Note]) -> list[Note]:
    """Every third."""
    return notes[2::3]


def figures(notes: list[Note]) -> Figures:
    """A mark is seen when a finding of its category lies over it; a finding over no mark of its category is a false
    alarm."""
    out = Figures()
    for note in notes:
        findings = look(note.text)
        for start, end, category in note.marks:
            hit = any(f.category is category and f.start < end and start < f.end for f in findings)
            (out.seen if hit else out.missed)[category] += 1
            if not hit:
                out.told.append(f"missed {category.value}: {note.text[start:end]!r} in {note.text}")
        for f in findings:
            if not any(f.category is c and f.start < e and s < f.end for s, e, c in note.marks):
                out.alarms[f.category] += 1
                out.told.append(f"false alarm {f.category.value}: {note.text[f.start : f.end]!r} in {note.text}")
    return out


def table(out: Figures) -> str:
    """A Markdown table."""
    rows = [
        "| category | to see | seen | missed | false alarms | recall | precision |",
        "|---|---|---|---|---|---|---|",
    ]
    for c in Category:
        n = out.seen[c] + out.missed[c]
        shown = [
            f"{out.recall(c):.2f}" if n else "–",
            f"{out.precision(c):.2f}" if out.seen[c] + out.alarms[c] else "–",
        ]
        rows.append(
            f"| {c.value} | {n} | {out.seen[c]} | {out.missed[c]} | {out.alarms[c]} | {shown[0]} | {shown[1]} |"
        )
    seen, missed, alarms = (sum(x.values()) for x in (out.seen, out.missed, out.alarms))
    rows.append(
        f"| all | {seen + missed} | {seen} | {missed} | {alarms} | {seen / (seen + missed):.2f} | {seen / (seen + alarms):.2f} |"
    )
    return "\n".join(rows)


def main() -> None:
    """Print the figures, and with --list what went wrong (of the tuned part; --held-out for the other)."""
    notes = read()
    for name, part in (("tuned", tuned(notes)), ("held out", held_out(notes))):
        out = figures(part)
        quiet = sum(1 for note in part if not note.marks and not look(note.text))
        sys.stdout.write(f"\n## {name}: {len(part)} notes\n{table(out)}\n")
        sys.stdout.write(f"{quiet} of {sum(1 for n in part if not n.marks)} harmless notes pass in silence\n")
        if "--list" in sys.argv and (name == "tuned" or "--held-out" in sys.argv):
            sys.stdout.write("\n".join(out.told) + "\n")


if __name__ == "__main__":
    main()
