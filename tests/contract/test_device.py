"""Clock, Random and DeviceKey on CPython, and what only a file can get wrong."""

import asyncio
import stat
from pathlib import Path

import pytest

from app.platform.native import FileDeviceKey, SystemClock, SystemRandom
from app.platform.native_crypto import NativePrimitives
from tests.contract.contract_device import CASES, Case, Device


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_native_device(case: Case, tmp_path: Path) -> None:
    """The system's clock and randomness and the file's secret keep every promise."""
    path = tmp_path / "device.key"

    async def clear() -> None:
        path.unlink()

    asyncio.run(case(Device(SystemClock(), SystemRandom(), lambda: FileDeviceKey(path), NativePrimitives(), clear)))  # type: ignore[arg-type]


def test_only_this_user_may_read_the_secret(tmp_path: Path) -> None:
    """The file is made with mode 0600, and nothing else is left beside it."""
    path = tmp_path / "device.key"
    asyncio.run(FileDeviceKey(path).mac(b""))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("content", [b"", bytes(31), bytes(33)])
def test_a_damaged_secret_is_not_used(tmp_path: Path, content: bytes) -> None:
    """A file of another size is no secret: it is refused, and left as it is."""
    path = tmp_path / "device.key"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="not a device key"):
        asyncio.run(FileDeviceKey(path).mac(b""))
    assert path.read_bytes() == content
