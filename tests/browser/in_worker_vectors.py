"""Runs in the worker: every vector file over WebCrypto."""

import traceback

from app.platform.browser_crypto import BrowserPrimitives
from tests.vectors.vector import load, outcome


async def test_every_vector_ends_as_published() -> None:
    """The same bytes, or that error and no other, as on CPython."""
    primitives, wrong = BrowserPrimitives(), []
    vectors = load()
    assert len(vectors) > 50
    for vector in vectors:
        try:
            got = await outcome(primitives, vector)
        except Exception:
            got = traceback.format_exc()
        if got != vector.expect:
            wrong.append(f"{vector.name}: expected {vector.expect}, got {got}")
    assert not wrong, "\n".join(wrong)
