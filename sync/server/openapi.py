"""The OpenAPI 3.1 document of everything under /v1, made of the tables that the server itself goes by.

Bodies are MessagePack, which JSON Schema does not know. The schemas here are of the same values as JSON, with each
`bin` as a string of lower-case hexadecimal (contentEncoding base16): twice as many characters as bytes.
Source: the OpenAPI Specification 3.1.1; JSON Schema 2020-12; sync.core.answers, sync.core.wire, sync.core.errors.
"""

import json
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any, NamedTuple

from sync.core import answers, codec, events, versions, wire

Json = dict[str, Any]
VERSION = "1"
RETRIES_LATER = (429, 503)
_RANGE = r"^[1-9][0-9]{0,3}-[1-9][0-9]{0,3}$"


class Told(NamedTuple):
    """One message as the server routes it: the path after /v1/, the shape of its body (None: bytes as they are), the
    bound of the whole body in bytes, and whether it needs a token.
    """

    path: str
    shape: codec.Shape | None
    limit: int
    token: bool


def document(messages: Iterable[Told]) -> Json:
    """The whole document. Raises KeyError for a message without a row in sync.core.answers."""
    told = list(messages)
    paths: Json = {f"/v1/{m.path}": {"post": _operation(m)} for m in told}
    groups = {group for m in told for group in _groups(m)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Straatcontact",
            "version": VERSION,
            "summary": "Between a phone and its organisation's server. The server holds no key: all content is sealed.",
            "description": "See docs/protocol.md. Bodies are MessagePack in one spelling only; each schema is of the "
            "same value as JSON, in which bytes are a string of lower-case hexadecimal (contentEncoding base16). "
            "Any other path is answered 404 (not_found), any other method 405 (wrong_method) with Allow.",
        },
        "paths": {**_plain_paths(), **paths},
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "headers": _headers(),
            "parameters": {"protocol": _protocol_parameter()},
            "responses": {_group_name(group): _refusal(group) for group in sorted(groups, key=_group_name)},
        },
    }


def written(made: Json) -> bytes:
    """The document as a file: docs/openapi.json holds these bytes."""
    return json.dumps(made, indent=1, ensure_ascii=False).encode() + b"\n"


# -- paths -----------------------------------------------------------------------------------------------


def _operation(m: Told) -> Json:
    answer = answers.ANSWERS[m.path]
    body = _as_they_are(m.limit) if m.shape is None else schema(m.shape)
    operation: Json = {
        "operationId": m.path.replace("/", "_"),
        "summary": answer.about,
        "parameters": [{"$ref": "#/components/parameters/protocol"}],
        "requestBody": {
            "required": True,
            "description": f"At most {m.limit} bytes.",
            "content": {wire.MEDIA_TYPE: {"schema": body}},
        },
        "responses": {
            "200": {
                "description": answer.about,
                "headers": _refer("Cache-Control", "X-Content-Type-Options", versions.HEADER),
                "content": {
                    wire.MEDIA_TYPE: {
                        "schema": _as_they_are(wire.MAX_BODY_BYTES) if answer.shape is None else schema(answer.shape)
                    }
                },
            },
            **{str(g[0].status): {"$ref": f"#/components/responses/{_group_name(g)}"} for g in _groups(m)},
        },
    }
    if m.token:
        operation["security"] = [{"token": []}]
    return operation


def _groups(m: Told) -> list[tuple[answers.Kind, ...]]:
    """The errors of a message that share a status: their answers differ in the code alone."""
    return [tuple(kinds) for _, kinds in groupby(answers.errors_of(m.path, m.token), lambda e: e.status)]


def _group_name(kinds: tuple[answers.Kind, ...]) -> str:
    return "-".join(k.code for k in kinds)


def _refusal(kinds: tuple[answers.Kind, ...]) -> Json:
    code = {"type": "string", "enum": [k.code for k in kinds], "title": "error code"}
    detail = {"type": "string", "maxLength": 400, "title": "detail"}
    headers = ["Cache-Control", "X-Content-Type-Options", versions.HEADER]
    headers += ["Retry-After"] if kinds[0].status in RETRIES_LATER else []
    return {
        "description": " ".join(k.sentence for k in kinds),
        "headers": _refer(*headers),
        "content": {wire.MEDIA_TYPE: {"schema": _row([code, detail])}},
    }


def _plain_paths() -> Json:
    """What is asked with GET."""
    states = {"type": "object", "properties": {"status": {"type": "string"}}, "required": ["status"]}
    ready = {"description": "Ready.", "content": {"application/json": {"schema": states}}}
    busy = {"description": "The store does not answer.", "content": {"application/json": {"schema": states}}}
    self = {"description": "This document.", "content": {"application/json": {"schema": {"type": "object"}}}}
    return {
        "/v1/health": {
            "get": {
                "operationId": "health",
                "summary": "Whether the store answers, for whoever watches over the server.",
                "responses": {"200": ready, "503": busy},
            }
        },
        "/v1/openapi.json": {
            "get": {"operationId": "openapi", "summary": "This document.", "responses": {"200": self}},
        },
        "/v1/events": {"get": _listening()},
    }


def _listening() -> Json:
    refused = groupby(sorted(answers.LISTENING, key=lambda e: (e.status, e.code)), lambda e: e.status)
    about = "A word each time that there is something for this device: server-sent events, until the token ends."
    stream = {"type": "string", "contentMediaType": events.MEDIA_TYPE}
    return {
        "operationId": "events",
        "summary": about,
        "parameters": [{"$ref": "#/components/parameters/protocol"}],
        "responses": {
            "200": {
                "description": "Events with the data 1, and comments in between; nothing else is told.",
                "headers": _refer("X-Content-Type-Options", versions.HEADER),
                "content": {events.MEDIA_TYPE: {"schema": stream}},
            },
            **{str(status): _refusal(tuple(kinds)) for status, kinds in refused},
        },
        "security": [{"token": []}],
    }


def _refer(*headers: str) -> Json:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in headers}


def _headers() -> Json:
    spoken = {"type": "string", "pattern": _RANGE}
    return {
        "Cache-Control": {"required": True, "schema": {"const": "no-store"}},
        "X-Content-Type-Options": {"required": True, "schema": {"const": "nosniff"}},
        "Retry-After": {"required": True, "schema": {"type": "integer"}, "description": "Seconds."},
        versions.HEADER: {"required": True, "schema": spoken, "description": "Protocol versions the server speaks."},
    }


def _protocol_parameter() -> Json:
    return {
        "name": versions.HEADER,
        "in": "header",
        "required": False,
        "description": f"Protocol versions the device speaks; {versions.SILENT} when nothing is said.",
        "schema": {"type": "string", "pattern": _RANGE},
    }


# -- schemas ---------------------------------------------------------------------------------------------


def schema(shape: codec.Shape) -> Json:
    """JSON Schema 2020-12 of what a shape takes. Raises KeyError for one that is not of sync.core.codec."""
    drawing = codec.drawn(shape)
    named = {"title": drawing.name} if drawing.name else {}
    known = {"enum": list(answers.KNOWN[drawing.name])} if drawing.name in answers.KNOWN else {}
    return {**_kinds[drawing.kind](drawing), **known, **named}


def _as_they_are(limit: int) -> Json:
    """Bytes that are no MessagePack: they were signed as they are."""
    return {**_hex(0, limit), "description": "The body itself: these bytes as they are, no MessagePack."}


def _hex(low: int, high: int) -> Json:
    count = f"{{{low}}}" if low == high else "*"
    size = {"minLength": 2 * low, "maxLength": 2 * high}
    return {"type": "string", "contentEncoding": "base16", "pattern": f"^([0-9a-f]{{2}}){count}$", **size}


def _row(inner: list[Json]) -> Json:
    size = {"minItems": len(inner), "maxItems": len(inner)}
    return {"type": "array", **({"prefixItems": inner} if inner else {}), "items": False, **size}


def _mapping(d: codec.Drawn) -> Json:
    names, values = map(schema, d.inner)
    return {"type": "object", "propertyNames": names, "additionalProperties": values, "maxProperties": d.high}


def _maybe(d: codec.Drawn) -> Json:
    return {"anyOf": [{"type": "null"}, schema(d.inner[0])]}


_kinds: Mapping[str, Any] = {
    "blob": lambda d: _hex(d.low, d.high),
    "text": lambda d: {"type": "string", "maxLength": d.high},
    "whole": lambda d: {"type": "integer", "minimum": d.low, "maximum": d.high},
    "truth": lambda d: {"type": "boolean"},
    "anything": lambda d: {},
    "maybe": _maybe,
    "items": lambda d: {"type": "array", "items": schema(d.inner[0]), "maxItems": d.high},
    "row": lambda d: _row([schema(s) for s in d.inner]),
    "mapping": _mapping,
}
