"""Care workers (begeleiders): the link that a coordinator hands out, and the address that comes back sealed.

Making a request works at every stage, also for whoever has no account: it needs the link and nothing else. It says
nothing but the address; what is typed is kept nowhere.
"""

from dataclasses import dataclass, field
from datetime import date

from app.services.inviting import qr, url_of
from app.services.live import Live
from app.services.welcomes import Welcomes
from sync.core import carer, ring
from sync.core.carer import Link, Request
from sync.core.errors import BadInput, Forbidden, NotForThisKey
from sync.core.ports import SEED_BYTES

ROUTE = "aanvraag"


@dataclass(frozen=True, slots=True)
class Made:
    """A link or a request to pass on. `qr` are rows, True is dark."""

    url: str
    qr: tuple[tuple[bool, ...], ...] = field(repr=False)


class Carers:
    """Both ends of the way in."""

    def __init__(self, live: Live, welcomes: Welcomes) -> None:
        self._live, self._welcomes = live, welcomes

    # -- the care worker, at every stage -----------------------------------------------------------------

    def read(self, text: str) -> Link | Request:
        """What a link, or only its secret part, is. Raises BadFormat or NewerVersion."""
        return carer.read(text.strip().rsplit("/", 1)[-1].split("?", 1)[0])

    async def ask(self, link: Link, address: str, wished: bool) -> Made:
        """An address, sealed for the coordinators of this link. Raises BadInput("wished" or "carer_address", why)."""
        if not wished:
            raise BadInput("wished", "missing")
        world = self._live.world
        request = await carer.seal(world.primitives, world.random.bytes(SEED_BYTES), link, address)
        return self._made(request.to_text())

    # -- the coordinator ---------------------------------------------------------------------------------

    def link(self) -> Made:
        """The link to hand to care workers. Raises Forbidden for whoever does not coordinate."""
        session = self._live.require_session()
        state = session.roll.state
        if not state.coordinates(session.device, session.team):
            raise Forbidden("care workers' link")
        known = state.rings[ring.coordinators_ring(session.team)]
        return self._made(Link(state.organisation, known.id, known.epoch, known.publics[-1]).to_text())

    async def open(self, text: str) -> str:
        """The address in a request, to be looked at. Raises BadFormat, NewerVersion, NotForThisKey or BadInput."""
        session = self._live.require_session()
        request = self.read(text)
        if isinstance(request, Link):
            raise BadInput("request", "link")
        half = session.keyring.rings.get((request.ring, request.epoch))
        if request.organisation != session.roll.state.organisation or half is None:
            raise NotForThisKey("a request to other coordinators")
        return await carer.open_(session.world.primitives, half, request)

    async def welcome(self, address: str, today: date) -> bytes:
        """Make it a welcome like any other, for whoever of the team is near. Raises BadInput or DiskFull.

        It is the coordinator's own entry: that somebody there has a care worker is written nowhere.
        """
        return await self._welcomes.add(address, today, b"")

    def _made(self, text: str) -> Made:
        url = url_of(self._live.page.origin, ROUTE, text)
        return Made(url, qr(url))
