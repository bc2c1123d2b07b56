"""Clock, randomness and network of a simulation: everything follows from one seed."""

from random import Random as Seeded

from sync.core import wire
from sync.core.errors import StraatError, Unreachable
from sync.core.ports import Reply
from sync.server.service import Service
from sync.server.sessions import Carrier


class Luck:
    """sync.core.ports.Random from a seed: for simulation only, never for keys that matter."""

    def __init__(self, seed: int) -> None:
        self.seeded = Seeded(seed)  # noqa: S311 a simulation has to repeat itself

    def bytes(self, count: int) -> bytes:
        """The next bytes of this seed."""
        return self.seeded.randbytes(count)


class Time:
    """A clock that the simulation moves; each device may be off by `skew`."""

    def __init__(self, shared: list[int], skew: int = 0) -> None:
        self._shared, self.skew = shared, skew

    def millis(self) -> int:
        """See the port."""
        return self._shared[0] + self.skew


class Network:
    """A Transport straight into a Service, that loses requests and answers, and repeats."""

    def __init__(self, service: Service, luck: Luck, loss: float) -> None:
        self._service, self._luck, self.loss = service, luck, loss
        self.shut: frozenset[str] = frozenset()  # routes that do not answer: a round stops there

    async def send(self, method: str, path: str, body: bytes = b"", token: str = "") -> Reply:
        """See the port."""
        chance = self._luck.seeded.random
        if path.removeprefix("/v1/") in self.shut:
            raise Unreachable("shut")
        if chance() < self.loss:
            raise Unreachable("request lost")
        reply = await self._answer(path, body, token)
        if chance() < self.loss:
            reply = await self._answer(path, body, token)  # the request came twice
        if chance() < self.loss:
            raise Unreachable("answer lost")
        return reply

    async def _answer(self, path: str, body: bytes, token: str) -> Reply:
        s = self._service
        try:
            match path.removeprefix("/v1/"):
                case "challenge":
                    value = await s.challenge(*wire.decode(wire.CHALLENGE, body))
                case "token":
                    value = await s.token(*wire.decode(wire.TOKEN, body))
                case "roll":
                    entries = await s.roll(self._carrier(token), wire.decode(wire.ROLL_AFTER, body))
                    return Reply(200, wire.encode(entries))
                case "roll/append":
                    head = await s.append(self._carrier(token), *wire.decode(wire.APPEND, body))
                    return Reply(200, wire.encode(head))
                case "push":
                    outcomes = await s.push(self._carrier(token), wire.decode(wire.PUSH, body))
                    return Reply(200, wire.encode(outcomes))
                case "erase":
                    outcomes = await s.erase(self._carrier(token), wire.decode(wire.ERASE, body))
                    return Reply(200, wire.encode(outcomes))
                case "pull":
                    pages = await s.pull(self._carrier(token), wire.decode(wire.PULL, body))
                    return Reply(200, wire.encode(pages))
                case other:
                    raise Unreachable(f"a simulated device asked for {other}")
        except StraatError as error:
            return Reply(error.status, wire.encode_error(error))
        return Reply(200, wire.encode(value))

    def _carrier(self, token: str) -> Carrier:
        return self._service.sessions.carrier(token)
