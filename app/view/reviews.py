"""Coordinators' words on visits, the answers to them, and who is at which visit.

A record of this kind is about one visit: either it holds a word (and the answer), or who of the coordinators is at it.
"""

from dataclasses import dataclass

from app.view.table import Row, Table, creator, last, name, text
from sync.core.hlc import Stamp
from sync.core.merge import Record, Register

ASKS = ("question", "returned")  # states that wait for an answer or a change
_NONE = Register()


@dataclass(frozen=True, slots=True, order=True)
class Word:
    """One word as it was said: `id` is its envelope's. `stands`: no later word replaces it."""

    stamp: Stamp
    id: bytes
    state: str
    reply: str
    day: str
    stands: bool = True

    @property
    def says(self) -> tuple[str, str]:
        """Two that say the same are no two words."""
        return self.state, self.reply


@dataclass(frozen=True, slots=True, order=True)
class Answer:
    """What the visit's author answered. `to` is the word that was answered."""

    stamp: Stamp
    id: bytes
    text: str
    to: bytes
    day: str
    stands: bool = True


def words(record: Record) -> list[Word]:
    """The words that stand, oldest first: one, or those that coordinators said without knowing of each other."""
    state, reply = (record.fields.get(f"word.{f}", _NONE) for f in ("state", "reply"))
    live = {v.id: v for v in (*reply.live(), *state.live())}
    if not live:
        return []
    if not {"word.state", "word.reply"} & set(record.conflicts()):
        live = dict([max(live.items(), key=lambda item: item[1])])
    made = sorted(_word(record, name, v.stamp) for name, v in live.items())
    return sorted({w.says: w for w in made}.values())


def every_word(record: Record) -> list[Word]:
    """All that was ever said in it, oldest first."""
    stand = {w.id: w for w in words(record)}
    versions = {v.id: v for f in ("reply", "state") for v in record.fields.get(f"word.{f}", _NONE).versions.values()}
    gone = (_word(record, name, v.stamp, stands=False) for name, v in versions.items() if name not in stand)
    said = {w.says for w in stand.values()}
    return sorted([*stand.values(), *(w for w in gone if w.says not in said)])


def _word(record: Record, name_: bytes, stamp: Stamp, stands: bool = True) -> Word:
    def of(field: str) -> str:
        register = record.fields.get(f"word.{field}", _NONE)
        return text(register.versions[name_].value if name_ in register.versions else register.value())

    return Word(stamp, name_, of("state"), of("reply"), of("day"), stands)


def answers(record: Record) -> list[Answer]:
    """What was ever answered, oldest first."""
    said = record.fields.get("answer.text", _NONE)
    to, day = (record.fields.get(f"answer.{f}", _NONE).versions for f in ("to", "day"))
    return sorted(
        Answer(
            v.stamp,
            v.id,
            text(v.value),
            to[v.id].value if v.id in to and isinstance(to[v.id].value, bytes) else b"",
            text(day[v.id].value) if v.id in day else "",
            v.id not in said.replaced,
        )
        for v in said.versions.values()
        if text(v.value)
    )


def is_answered(record: Record, word: Word) -> bool:
    """Whether this word asks something, and its author answered it: also when another coordinator then let it stand."""
    same = {w.id for w in every_word(record) if w.says == word.says} | {word.id}
    versions = record.fields.get("word.reply", _NONE).versions
    same |= {i for i, v in versions.items() if v.value == word.reply}
    return word.state in ASKS and any(a.stands and a.to in same for a in answers(record))


def _at_desk(record: Record) -> list[str]:
    """The coordinators who took the visit: more than one where they did not know of each other."""
    live = record.fields.get("desk.who", _NONE).live()
    return sorted({v.value.hex() for v in live if isinstance(v.value, bytes) and v.value})


def _row(record: Record) -> Row:
    stand = words(record)
    given = answers(record) if "answer.text" in record.fields else []
    return {
        "id": record.id.hex(),
        "creator": creator(record),
        "visit": name(record.value("word.visit")),
        "state": stand[-1].state if stand else "",
        "reply": stand[-1].reply if stand else "",
        "day": stand[-1].day if stand else "",
        "stamp": last(record, "word.state") if stand else "",
        "version": text(record.value("word.of"), 16),
        "words": len(stand),
        "answer": given[-1].text if given else "",
        "answer_id": given[-1].id.hex() if given else "",
        "answered": int(bool(given) and is_answered(record, stand[-1])) if stand else 0,
        "desk": name(record.value("desk.visit")),
        "who": ",".join(_at_desk(record)),
        "hidden": int(record.hidden),
    }


TABLE = Table(
    "reviews",
    "review",
    {
        "id": str,
        "creator": str,
        "visit": str,
        "state": str,
        "reply": str,
        "day": str,
        "stamp": str,
        "version": str,
        "words": int,
        "answer": str,
        "answer_id": str,
        "answered": int,
        "desk": str,
        "who": str,
        "hidden": int,
    },
    _row,
    ("reviews_of_visit ON reviews (visit)", "reviews_at_desk ON reviews (desk)"),
)
