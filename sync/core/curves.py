"""One answer everywhere to odd keys and signatures.

RFC 8032 leaves room, and libraries use it: some take points of small order, which makes one signature hold for
every message, or points not written the only right way. All implementations of Primitives ask `plausible`
first, so that two readers of one envelope never disagree. X25519 publics on the roll are held to
`plausible_agreement`, so that nobody can put a ring there to which no device can seal.
"""

from sync.core.ports import PUBLIC_BYTES, SIGNATURE_BYTES, Signed

_P = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
_SMALL_ORDER_Y = frozenset(  # the y of all eight points whose order divides 8 (RFC 8032, 5.1)
    (
        0,
        1,
        _P - 1,
        2707385501144840649318225287225658788936804267575313519463743609750303402022,
        _P - 2707385501144840649318225287225658788936804267575313519463743609750303402022,
    )
)

_SMALL_ORDER_U = frozenset(  # the u of all points of X25519, its twist included, that give zero (RFC 7748, 6.1)
    (
        0,
        1,
        _P - 1,
        325606250916557431795983626356110631294008115727848805560023387167927233504,
        39382357235489614581723060781553021112529911719440698176882885853963445705823,
    )
)


def plausible_agreement(public: bytes) -> bool:
    """Whether an X25519 public is written the one right way and gives a secret: what an honest key always is."""
    u = int.from_bytes(public, "little")
    return len(public) == PUBLIC_BYTES and u < _P and u not in _SMALL_ORDER_U


def _point(encoded: bytes) -> bool:
    """Whether y is written the one right way and the point is not one of the eight of small order."""
    y = int.from_bytes(encoded, "little") & (2**255 - 1)
    return y < _P and y not in _SMALL_ORDER_Y


def plausible(item: Signed) -> bool:
    """Whether lengths, both points and the scalar are such as an honest signer makes (RFC 8032, 5.1.7)."""
    public, signature = item.public, item.signature
    if len(public) != PUBLIC_BYTES or len(signature) != SIGNATURE_BYTES:
        return False
    scalar = int.from_bytes(signature[32:], "little")
    return scalar < _ORDER and _point(public) and _point(signature[:32])
