"""What schemathesis is told about us (SCHEMATHESIS_HOOKS): MessagePack, real values, tokens, and neighbours.

Runs in schemathesis' own process. STRAAT_POOL names the file of tests/openapi/pool.py, STRAAT_TALLY one to note all
answers in, STRAAT_URL the server.
"""

import json
import os
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import msgpack
import requests
import schemathesis
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from sync.core import codec, wire
from sync.core.errors import StraatError
from tests.openapi.document import made
from tests.openapi.hexed import hexed, unhexed

POOL: dict[str, Any] = json.loads(Path(os.environ["STRAAT_POOL"]).read_text())
TALLY, URL = Path(os.environ["STRAAT_TALLY"]), os.environ["STRAAT_URL"]
DOCUMENT = made()
SIGNED = ("envelope", "roll entry", "edition", "story list")
# The operations whose body is no MessagePack, and what of the pool it is.
AS_THEY_ARE = {"directory_publish": "edition", "stories_publish": "story list", "stories_deliver": "story sheet"}


# -- bodies ----------------------------------------------------------------------------------------------


@schemathesis.serializer(wire.MEDIA_TYPE)
def packed(context: schemathesis.SerializationContext, value: Any) -> bytes:
    """A value as the document writes it, as the bytes that travel."""
    operation = context.case.operation.definition.raw.get("operationId")
    if operation in AS_THEY_ARE and isinstance(value, str):
        found = unhexed(value)
        return found if isinstance(found, bytes) else value.encode("utf-8", "surrogatepass")
    if operation == "token":
        value = _signed(value)
    return _bytes(unhexed(value))


def _bytes(value: Any) -> bytes:
    """As our own writer does, or where that refuses (a float, say) as any other would."""
    try:
        return codec.pack(value)
    except (StraatError, UnicodeEncodeError):
        try:
            return bytes(msgpack.packb(value, use_bin_type=True, unicode_errors="surrogatepass"))
        except (OverflowError, ValueError):
            return repr(value).encode("utf-8", "surrogatepass")


def _signed(value: Any) -> Any:
    """In every second one what a real device signs, over a challenge that was asked for just now."""
    known = isinstance(value, list) and len(value) == 4 and str(value[1]) in POOL["seeds"]
    if not known or value[0] not in POOL["values"]["organisation"] or _by(value).random() < 0.5:
        return value
    organisation, device = bytes.fromhex(value[0]), bytes.fromhex(value[1])
    headers = {"Content-Type": wire.MEDIA_TYPE, "X-Forwarded-For": _address(_by(value))}
    asked = requests.post(f"{URL}/v1/challenge", wire.encode([organisation, device]), headers=headers, timeout=10)
    nonce, _ = wire.decode(wire.CHALLENGED, asked.content)
    seed = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(POOL["seeds"][value[1]]))
    return [*value[:2], nonce.hex(), seed.sign(wire.session_bytes(organisation, device, nonce)).hex()]


@schemathesis.deserializer(wire.MEDIA_TYPE)
def unpacked(context: schemathesis.DeserializationContext, response: schemathesis.Response) -> Any:
    """An answer as the document writes it. Whatever is not in our one spelling counts as bytes as they are."""
    try:
        return hexed(codec.unpack(response.content, wire.MAX_BODY_BYTES))
    except StraatError:
        return response.content.hex()


@schemathesis.check
def answer_shape(context: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case) -> None:
    """The body is what the document tells for this status. schemathesis' own check (4.32.5) can't: it rewrites
    prefixItems, which its own validator for OpenAPI 3.1 then refuses.
    """
    validator = _validator(case.operation.path, case.operation.method.lower(), str(response.status_code))
    if validator is not None:
        value = response.json() if "json" in response.headers["content-type"][0] else unpacked(None, response)
        error = best_match(validator.iter_errors(value))
        assert error is None, f"{error.message[:200]} in {str(value)[:300]}"


@cache
def _validator(path: str, method: str, status: str) -> Draft202012Validator | None:
    told = DOCUMENT["paths"][path].get(method, {}).get("responses", {}).get(status)
    if told and "$ref" in told:
        told = DOCUMENT["components"]["responses"][told["$ref"].rpartition("/")[2]]
    schemas = [c["schema"] for c in told["content"].values()] if told else []
    return Draft202012Validator(schemas[0]) if schemas else None


def _by(value: object) -> Random:
    """Chance that comes out the same for the same value."""
    return Random(repr(value))


# -- what stands in them ---------------------------------------------------------------------------------


@schemathesis.hook
def before_generate_body(context: schemathesis.HookContext, strategy: st.SearchStrategy) -> st.SearchStrategy:
    """Mostly of the real organisation, and nearly right; else whatever fits the schema, or does not."""
    content = context.operation.definition.raw["requestBody"]["content"][wire.MEDIA_TYPE]
    if of := AS_THEY_ARE.get(context.operation.definition.raw["operationId"]):
        return st.one_of(strategy, _real(of))
    like = _like(content["schema"])
    return st.integers(0, 3).flatmap(lambda n: strategy if n == 3 else like)


def _like(schema: dict[str, Any]) -> st.SearchStrategy:
    """Values of the pool where it has any for that name, else the smallest that fit."""
    if schema.get("title") in POOL["values"]:
        return _real(schema["title"])
    if schema["type"] == "array" and "prefixItems" in schema:
        return st.tuples(*map(_like, schema["prefixItems"])).map(list)
    if schema["type"] == "array":
        return (
            st.lists(_like(schema["items"]), max_size=min(schema.get("maxItems", 5), 8))
            if schema["items"]
            else st.just([])
        )
    if schema["type"] == "integer":
        return st.integers(schema["minimum"], schema["maximum"])
    return st.binary(min_size=schema["minLength"] // 2, max_size=min(schema["maxLength"] // 2, 200)).map(bytes.hex)


def _real(name: str) -> st.SearchStrategy:
    """One of the pool; of what is signed now and then one with a bit altered."""
    one = st.sampled_from(POOL["values"][name])
    return st.one_of(one, st.builds(_altered, one, st.randoms())) if name in SIGNED else one


def _altered(value: Any, random: Random) -> Any:
    if not isinstance(value, str) or not value:
        return value
    data = bytearray.fromhex(value)
    data[random.randrange(len(data))] ^= 1 << random.randrange(8)
    return data.hex()


# -- who asks --------------------------------------------------------------------------------------------


@schemathesis.auth()
class Tokens:
    """A real token, another one for each case: a device has its rate."""

    def get(self, case: schemathesis.Case, context: schemathesis.AuthContext) -> list[str]:
        """All of them."""
        return POOL["tokens"]

    def set(self, case: schemathesis.Case, data: list[str], context: schemathesis.AuthContext) -> None:
        """One of them."""
        case.headers["Authorization"] = f"Bearer {_by(case.id).choice(data)}"


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: schemathesis.Case, kwargs: dict[str, Any]) -> None:
    """From an address of its own, as the proxy before the server tells it: strangers have a rate by address."""
    case.headers["X-Forwarded-For"] = _address(_by(case.id))


def _address(chance: Random) -> str:
    return f"10.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(1, 255)}"


@schemathesis.hook
def after_call(context: schemathesis.HookContext, case: schemathesis.Case, response: schemathesis.Response) -> None:
    """Keep what was answered to what, so that the test sees how far this got."""
    told = unpacked(None, response) if response.status_code != 200 else ""
    code = told[0] if isinstance(told, list) and told else ""
    with TALLY.open("a") as file:
        file.write(f"{case.operation.path} {response.status_code} {code}\n")
