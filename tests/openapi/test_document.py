"""docs/openapi.json: made of what the server routes by, and nothing in it that is not so."""

import asyncio
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator
from schemathesis.specs.openapi.definitions import OPENAPI_31
from starlette.applications import Starlette
from starlette.routing import Route

from sync.core import answers, codec, wire
from sync.core.errors import BY_CODE, StraatError
from sync.server import openapi
from tests.openapi.document import FILE, made, routes
from tests.openapi.hexed import hexed
from tests.property.samples import SHAPES, specimens

DOCUMENT = made()
OPERATIONS = {(path, method): o for path, item in DOCUMENT["paths"].items() for method, o in item.items()}


def schemas(value: Any) -> list[Any]:
    """Every schema in the document."""
    if isinstance(value, dict):
        own = [value["schema"]] if isinstance(value.get("schema"), dict) else []
        return own + [s for inner in value.values() for s in schemas(inner)]
    return [s for inner in value for s in schemas(inner)] if isinstance(value, list) else []


def test_it_is_an_openapi_document() -> None:
    """By the specification's own schema, and each schema in it by JSON Schema's."""
    Draft202012Validator(OPENAPI_31).validate(DOCUMENT)
    found = schemas(DOCUMENT)
    assert len(found) > 30
    for schema in found:
        Draft202012Validator.check_schema(schema)


def test_the_file_in_docs_is_the_document_that_is_served() -> None:
    """Byte for byte. If not: python -m tests.openapi.document."""

    async def served() -> bytes:
        transport = httpx.ASGITransport(Starlette(routes=routes().all()))
        async with httpx.AsyncClient(transport=transport, base_url="http://server") as client:
            answer = await client.get("/v1/openapi.json")
            assert answer.headers["content-type"] == "application/json"
            return answer.content

    assert asyncio.run(served()) == FILE.read_bytes() == openapi.written(DOCUMENT)


def test_every_route_has_its_place_and_no_place_is_without_a_route() -> None:
    """Method and path of everything under /v1."""
    routed = {
        (r.path, method.lower())
        for r in routes().all()
        if isinstance(r, Route)
        for method in (r.methods or ())
        if method != "HEAD"
    }
    assert set(OPERATIONS) == routed


def test_no_route_can_be_without_its_answer() -> None:
    """A message that sync.core.answers does not know can't be written down; none stands there for no route."""
    assert {t.path for t in routes().told()} == set(answers.ANSWERS)
    with pytest.raises(KeyError):
        openapi.document([openapi.Told("gossip", wire.NOTHING, 10, token=True)])


def test_a_token_is_asked_for_where_the_server_asks_for_one() -> None:
    """And where none is needed, none is spoken of, nor is being turned away for one's lack."""
    for told in routes().told():
        operation = OPERATIONS[f"/v1/{told.path}", "post"]
        assert ("security" in operation) == told.token
        assert ("401" in operation["responses"]) >= told.token


def test_every_error_stands_at_its_own_status() -> None:
    """The code in the body and the status are one thing."""
    found = set()
    for name, response in DOCUMENT["components"]["responses"].items():
        codes = response["content"][wire.MEDIA_TYPE]["schema"]["prefixItems"][0]["enum"]
        assert "-".join(codes) == name
        assert len({BY_CODE[c].status for c in codes}) == 1
        found |= set(codes)
    for operation in OPERATIONS.values():
        for status, response in operation["responses"].items():
            if "$ref" in response:
                first = response["$ref"].rpartition("/")[2].partition("-")[0]
                assert status == str(BY_CODE[first].status)
    assert {"internal", "update_needed", "server_behind", "not_authorized"} < found


@pytest.mark.parametrize("name", SHAPES)
def test_what_a_shape_takes_its_schema_takes(name: str) -> None:
    """The specimens of every message, as the document sees them."""
    _, body = specimens()[f"wire {name}"]
    Draft202012Validator(openapi.schema(SHAPES[name])).validate(hexed(codec.unpack(body, wire.MAX_BODY_BYTES)))


WRONG: list[tuple[str, Any]] = [
    ("CHALLENGE", ["00" * 32, "00" * 15]),
    ("CHALLENGE", ["00" * 32, "00" * 16, 1]),
    ("CHALLENGE", ["00" * 32]),
    ("CHALLENGE", ["AB" * 32, "00" * 16]),
    ("CHALLENGED", ["00" * 32, -1]),
    ("CHALLENGED", ["00" * 32, True]),
    ("TOKENED", ["x" * 65, 1, "00" * 16]),
    ("PUSH", ["00"] * 201),
    ("PUSHED", [["00" * 32, "from the future"]]),
    ("PULL", [["00" * 16, 2**63]]),
    ("PULLED", [["00" * 16, [], 0]]),
    ("NOTHING", [1]),
    ("ROLL_AFTER", "1"),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_what_a_shape_refuses_its_schema_refuses(name: str, value: Any) -> None:
    """A size, a type or a number of values that is not so."""
    assert not Draft202012Validator(openapi.schema(SHAPES[name])).is_valid(value)


def test_every_text_with_few_values_is_told_with_them() -> None:
    """The outcomes that the document names are of shapes in it, and are outcomes or error codes."""
    titles = {s.get("title") for s in _all(DOCUMENT)}
    assert set(answers.KNOWN) <= titles
    outcomes = {wire.STORED, wire.DUPLICATE, wire.OVERWRITTEN}
    assert all(set(known) <= outcomes | set(BY_CODE) for known in answers.KNOWN.values())


def _all(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        return [value, *(d for inner in value.values() for d in _all(inner))]
    return [d for inner in value for d in _all(inner)] if isinstance(value, list) else []


def test_a_message_has_its_own_errors_and_those_of_any() -> None:
    """Each once, 'internal' among them: what is not foreseen has a typed answer too."""
    for path in answers.ANSWERS:
        kinds = answers.errors_of(path, token=True)
        assert len(kinds) == len(set(kinds))
        assert StraatError in kinds
