"""Numbers and addresses that tell who somebody is: BSN, telephone, e-mail, bank account, date of birth.

Every pattern is bounded in length, so that no text makes it slow.
"""

import re
from collections.abc import Iterator

from app.services.guard.finding import Category

Place = tuple[int, int, Category]

_BSN = re.compile(r"(?<![\w.,+-])\d(?:[ .-]?\d){8}(?![.,-]?\d)(?!\w)")
_BSN_CUE = re.compile(r"(?i)\b(?:bsn|burgerservicenummer|sofi-?nummer)\b\D{0,20}(\d(?:[ .-]?\d){7,8})(?!\d)")
_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
_PHONE = re.compile(
    r"(?<![\w+.,-])(?:(?:\+|00)(?P<land>[1-9]\d{0,2})[ .-]?(?:\(0\)[ .-]?)?|\(?0)(?P<rest>[1-9](?:\)?[ ./-]{0,3}\d){6,11})(?!\w)"
)
_PUBLIC = ("800", "900", "906", "909", "88", "18", "14")  # help lines and companies, nobody's own number
_DATE_START = re.compile(r"\d{1,2}[-/. ]\d{1,2}[-/. ](?:19|20)\d\d")
_IBAN = re.compile(r"(?<!\w)[A-Za-z]{2}\d{2}(?: ?[A-Za-z0-9]{4}){2,7}(?: ?[A-Za-z0-9]{1,3})?(?!\w)")
_LOCAL = re.compile(r"[\w.+-]{1,64}\Z")
_DOMAIN = re.compile(r"[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_MONTH = (
    r"(?:jan(?:uari)?|feb(?:ruari)?|maart|mrt|apr(?:il)?|mei|juni?|juli?|aug(?:ustus)?|sept?(?:ember)?|okt(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?|january|february|march|may|june|july|august|october)"
)
_DATE = rf"(?:\d{{1,2}}[-/. ]{{1,2}}\d{{1,2}}[-/. ]{{1,2}}['’]?(?:\d{{4}}|\d{{2}})|\d{{1,2}} {_MONTH}\.?,? ?['’]?(?:\d{{4}}|\d{{2}}))"
_OLD_DATE = re.compile(
    rf"(?i)(?<![\w.,-])(?:\d{{1,2}}[-/. ]\d{{1,2}}[-/. ](?:(?:19\d\d|200\d|201[0-5])|['’]\d\d)|\d{{1,2}} {_MONTH} (?:19\d\d|200\d|201[0-5]))(?!\w)"
)
_BORN = re.compile(
    rf"(?i)(?<!\w)(?:geboren(?: op)?|geb\.?|geboortedatum|geb\.? ?datum|born(?: on)?|date of birth|dob)[ :]{{0,3}}({_DATE})(?!\w)"
)
_SINCE = re.compile(r"(?i)\b(?:sinds|vanaf|since|from|sedert)\s{1,3}\Z")


def places(text: str) -> Iterator[Place]:
    """Where such numbers stand, the surest kinds first; places may lie over one another."""
    if "@" in text:
        yield from _mails(text)
    if any(c.isdigit() for c in text):
        yield from _ibans(text)
        yield from _births(text)
        yield from _phones(text)
        yield from _bsns(text)


def is_bsn(digits: str) -> bool:
    """Whether nine digits pass the eleven-proof of a burgerservicenummer."""
    if len(digits) != 9 or not digits.isascii() or digits.startswith("000"):
        return False
    return sum(int(d) * w for d, w in zip(digits, _WEIGHTS, strict=True)) % 11 == 0


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def _bsns(text: str) -> Iterator[Place]:
    for found in _BSN_CUE.finditer(text):  # called one: mistyped it is still meant as one
        yield found.start(1), found.end(1), Category.BSN
    for found in _BSN.finditer(text):
        if is_bsn(_digits(found.group())):
            yield found.start(), found.end(), Category.BSN


def _phones(text: str) -> Iterator[Place]:
    for found in _PHONE.finditer(text):
        rest, land = _digits(found["rest"]), found["land"]
        dutch = land is None or land == "31"
        if dutch and (len(rest) != 9 or rest.startswith(_PUBLIC)):
            continue
        if not dutch and not 7 <= len(rest) <= 12:
            continue
        if not _DATE_START.match(found.group()):
            yield found.start(), found.end(), Category.PHONE


def _mails(text: str) -> Iterator[Place]:
    at = text.find("@")
    while at >= 0:
        local = _LOCAL.search(text, max(0, at - 64), at)
        domain = _DOMAIN.match(text, at + 1)
        if local and domain:
            yield local.start(), domain.end(), Category.MAIL
        at = text.find("@", at + 1)


def _ibans(text: str) -> Iterator[Place]:
    for found in _IBAN.finditer(text):
        plain = found.group().replace(" ", "").upper()
        if (plain.startswith("NL") and len(plain) == 18 and plain[4:8].isalpha()) or _checks(plain):
            yield found.start(), found.end(), Category.IBAN


def _checks(plain: str) -> bool:
    """ISO 13616: the first four moved to the end, letters as numbers from ten, leave 1 by 97."""
    if not 15 <= len(plain) <= 34 or not plain.isascii():
        return False
    return int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1


def _births(text: str) -> Iterator[Place]:
    for found in _BORN.finditer(text):
        yield found.start(1), found.end(1), Category.BIRTH
    for found in _OLD_DATE.finditer(text):
        if not _SINCE.search(text, max(0, found.start() - 12), found.start()):
            yield found.start(), found.end(), Category.BIRTH
