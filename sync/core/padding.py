"""Sizes that tell little: 256 B, 1 KiB, 4 KiB, then Padmé (at most 12 % more, O(log log n) bits told).

Source: Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and Communication with PURBs", 2019,
section 4. The end is marked by one 0x80, as in ISO/IEC 7816-4.
"""

from sync.core.errors import BadFormat

_STEPS = (256, 1024, 4096)


def padded_size(size: int) -> int:
    """The size that `size` bytes (mark included) are padded to."""
    for step in _STEPS:
        if size <= step:
            return step
    exponent = size.bit_length() - 1
    low_bits = exponent - exponent.bit_length()
    mask = (1 << low_bits) - 1
    return (size + mask) & ~mask


def is_padded(size: int) -> bool:
    """Whether `pad` gives this size for some data."""
    return padded_size(size) == size


def pad(data: bytes) -> bytes:
    """Data, the mark, zeros."""
    return (data + b"\x80").ljust(padded_size(len(data) + 1), b"\0")


def unpad(data: bytes) -> bytes:
    """The data again. Raises BadFormat where `pad` would have written something else."""
    end = data.rstrip(b"\0")
    if not end.endswith(b"\x80") or padded_size(len(end)) != len(data):
        raise BadFormat("padding")
    return end[:-1]
