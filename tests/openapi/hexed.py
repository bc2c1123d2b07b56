"""MessagePack as the OpenAPI document sees it: JSON values, with bytes as lower-case hexadecimal, and back."""

from typing import Any


def hexed(value: Any) -> Any:
    """Bytes to text, all else as it is."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list | tuple):
        return [hexed(v) for v in value]
    return {hexed(k): hexed(v) for k, v in value.items()} if isinstance(value, dict) else value


def unhexed(value: Any) -> Any:
    """Text that is hexadecimal to bytes, all else as it is. No message that is sent holds any text."""
    if isinstance(value, str):
        try:
            return bytes.fromhex(value) if value == value.lower() and " " not in value else value
        except ValueError:
            return value
    if isinstance(value, list):
        return [unhexed(v) for v in value]
    return {k: unhexed(v) for k, v in value.items()} if isinstance(value, dict) else value
