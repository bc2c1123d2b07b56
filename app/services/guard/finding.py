"""What the guard found: where, of which category, and what to put there instead."""

from dataclasses import dataclass
from enum import Enum


class Category(Enum):
    """Why it had better not be noted: special categories of AVG art. 9, art. 10, and what tells who somebody is."""

    HEALTH = "health"
    DIAGNOSIS = "diagnosis"
    RELIGION = "religion"
    ORIGIN = "origin"
    OFFENCE = "offence"
    SEXUALITY = "sexuality"
    POLITICS = "politics"
    BSN = "bsn"
    PHONE = "phone"
    MAIL = "mail"
    IBAN = "iban"
    BIRTH = "birth"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Finding:
    """A place in a text: characters `start` to `end` are what was seen; putting `offer` ("" leaves it out) in place of
    `swap_start` to `swap_end`, which lie around it, makes the sentence neutral. The words themselves are not kept."""

    start: int
    end: int
    category: Category
    swap_start: int
    swap_end: int
    offer: str


def replaced(text: str, finding: Finding) -> str:
    """The text with the neutral wording; all outside the finding's swap stays as it is."""
    return text[: finding.swap_start] + finding.offer + text[finding.swap_end :]
