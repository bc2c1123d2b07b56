"""Make the vector files anew: `python -m tests.vectors.make_vectors`. The same bytes every time.

A file that changes is a change of format: say so in docs/protocol.md and the changelog.
"""

import asyncio

from app.platform.native_crypto import NativePrimitives
from tests.vectors.vector import FILES, MAKERS, Vector, load_cases


async def make() -> list[Vector]:
    """Every vector of every maker. Two of one name are a mistake."""
    load_cases()
    vectors: dict[str, Vector] = {}
    for maker in MAKERS:
        for vector in await maker(NativePrimitives()):
            assert vector.name not in vectors, vector.name
            vectors[vector.name] = vector
    return list(vectors.values())


def main() -> None:
    """Write what changed, remove what is made no more."""
    FILES.mkdir(exist_ok=True)
    wanted = {f"{v.name}.txt": v.to_text() for v in asyncio.run(make())}
    for path in FILES.glob("*.txt"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        path = FILES / name
        if not path.exists() or path.read_text() != text:
            path.write_text(text)


if __name__ == "__main__":
    main()
