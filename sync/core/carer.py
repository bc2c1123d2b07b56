"""The way in for a care worker: a link with a ring's public half, and an address sealed to that ring.

    link    = CARER_LINK ‖ version ‖ MessagePack [organisation, ring, epoch, ring public]
    request = CARER_REQUEST ‖ version ‖ MessagePack [organisation, ring, epoch, sealed]
    sealed  = HPKE of the padded MessagePack [address]

Neither is signed: a care worker has no keys. The link holds nothing secret; a request says nothing but an address,
and whoever opens one looks at it before anything is made of it. docs/protocol.md, "Care workers".
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

from sync.core import codec, formats, hpke
from sync.core.errors import BadFormat, BadInput, NotForThisKey
from sync.core.ids import HASH_BYTES, ID_BYTES
from sync.core.padding import pad, unpad
from sync.core.ports import PUBLIC_BYTES, AgreementKey, Primitives
from sync.core.sender_key import SUITE

MAX_ADDRESS = 200  # characters
MAX_TEXT = 2_000  # characters of a request or a link
MAX_SEALED_BYTES = hpke.ENC_BYTES + 1024 + 16

_epoch = codec.whole(1, 2**32)
_link = codec.row(codec.blob(HASH_BYTES), codec.blob(ID_BYTES), _epoch, codec.blob(PUBLIC_BYTES))
_request = codec.row(codec.blob(HASH_BYTES), codec.blob(ID_BYTES), _epoch, codec.blob_up_to(MAX_SEALED_BYTES))
_plain = codec.row(codec.text(MAX_ADDRESS))
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_POSTCODE = re.compile(r"\b\d{4}\s?[a-z]{2}\b", re.IGNORECASE)
_LONG_NUMBER = re.compile(r"\d(?:[\s./()-]*\d){6,}")  # a telephone number, a BSN, a date of birth


@dataclass(frozen=True, slots=True)
class Link:
    """What a coordinator hands to a care worker."""

    organisation: bytes
    ring: bytes
    epoch: int
    public: bytes

    def to_text(self) -> str:
        """About 125 characters for a link's fragment."""
        return _text(formats.CARER_LINK, [self.organisation, self.ring, self.epoch, self.public])


@dataclass(frozen=True, slots=True)
class Request:
    """A sealed address, as it comes back."""

    organisation: bytes
    ring: bytes
    epoch: int
    sealed: bytes

    def to_text(self) -> str:
        """About 500 characters for a link's fragment, a mail or a QR code."""
        return _text(formats.CARER_REQUEST, [self.organisation, self.ring, self.epoch, self.sealed])


def read(text: str) -> Link | Request:
    """Either of the two from its text, forgiving of white space in it, as mail programs break lines.

    Raises BadFormat, TooLarge or NewerVersion.
    """
    spelt = "".join(text.split()) if len(text) <= 2 * MAX_TEXT else text
    if not 2 < len(spelt) <= MAX_TEXT:
        raise BadFormat("not a care worker's link")
    try:
        data = urlsafe_b64decode(spelt + "=" * (-len(spelt) % 4))
    except ValueError as e:
        raise BadFormat("not a care worker's link") from e
    if urlsafe_b64encode(data).rstrip(b"=").decode() != spelt:
        raise BadFormat("not the canonical spelling")
    if formats.kind_of(data, formats.CARER_LINK, formats.CARER_REQUEST) == formats.CARER_LINK:
        return Link(*codec.checked(_link, data[2:], MAX_TEXT))
    return Request(*codec.checked(_request, data[2:], MAX_TEXT))


def address(text: str) -> str:
    """An address on one line with single spaces, and nothing else. Raises BadInput("carer_address", why)."""
    if len(text) > 4 * MAX_ADDRESS:
        raise BadInput("carer_address", "too_long")
    tidy = " ".join(text.split())
    if not tidy:
        raise BadInput("carer_address", "missing")
    if len(tidy) > MAX_ADDRESS or len(pad(codec.pack([tidy]))) > 1024:
        raise BadInput("carer_address", "too_long")
    if not any(c.isalpha() for c in tidy) or not any(c.isdigit() for c in tidy):
        raise BadInput("carer_address", "no_number")
    if _UNSEEN.search(tidy) or _LONG_NUMBER.search(_POSTCODE.sub("", tidy)) or "@" in tidy:
        raise BadInput("carer_address", "more")
    return tidy


async def seal(primitives: Primitives, seed: bytes, link: Link, text: str) -> Request:
    """An address for the ring of this link; the seed is fresh randomness. Raises BadInput or BadFormat (the link's
    public key is none).
    """
    plain = pad(codec.pack([address(text)]))
    try:
        sealed = await hpke.seal(primitives, seed, link.public, _info(link), plain)
    except NotForThisKey as e:
        raise BadFormat("a public key of low order") from e
    return Request(link.organisation, link.ring, link.epoch, sealed)


async def open_(primitives: Primitives, key: AgreementKey, request: Request) -> str:
    """The address in a request to this ring's private half. Raises NotForThisKey, BadFormat, TooLarge or BadInput."""
    link = Link(request.organisation, request.ring, request.epoch, key.public)
    plain = await hpke.open_(primitives, key, _info(link), request.sealed)
    (said,) = codec.checked(_plain, unpad(plain), 1024)
    found: str = said
    if address(found) != found:
        raise BadInput("carer_address", "more")
    return found


def _info(link: Link) -> bytes:
    bound = [link.organisation, link.ring, link.epoch, link.public]
    return codec.pack(["straatcontact carer request", SUITE, *bound])


def _text(kind: int, value: list[object]) -> str:
    return urlsafe_b64encode(formats.prefix(kind) + codec.pack(value)).rstrip(b"=").decode()
