"""One file of named arrays, memory-mapped: the container of the compiled tables and of the language model.

Layout: 8 bytes magic, 8 bytes little-endian length of the header, the header (JSON), then the arrays in little-endian
order, each at a multiple of 64 bytes. The header holds ``kind``, ``version``, free ``facts``, ``sha256`` of everything
behind the header, and for each array its dtype, shape and offset from the end of the header.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Final

import numpy as np

from unspin.arrays import Array

_MAGIC: Final = b"unspin\x00\x01"
_ALIGN: Final = 64


class StoreError(ValueError):
    """A data file is missing, damaged, or of a version that this release cannot read."""


def write(path: Path, kind: str, version: int, facts: dict[str, Any], arrays: dict[str, Array]) -> str:
    """Write ``arrays`` to ``path`` and return the sha256 of their bytes (64 hexadecimal digits)."""
    specs, chunks, position = {}, [], 0
    for name, array in arrays.items():
        data = np.ascontiguousarray(array.astype(array.dtype.newbyteorder("<"), copy=False)).tobytes()
        specs[name] = {"dtype": array.dtype.newbyteorder("<").str, "shape": list(array.shape), "offset": position}
        padding = -len(data) % _ALIGN
        chunks.append(data + bytes(padding))
        position += len(data) + padding
    body = b"".join(chunks)
    digest = hashlib.sha256(body).hexdigest()
    header = {"kind": kind, "version": version, "facts": facts, "sha256": digest, "size": len(body), "arrays": specs}
    text = json.dumps(header, sort_keys=True).encode()
    text += b" " * (-(len(text) + 16) % _ALIGN)
    # a process that has the old file mapped keeps it
    fresh = path.with_name(path.name + ".new")
    fresh.write_bytes(_MAGIC + len(text).to_bytes(8, "little") + text + body)
    fresh.replace(path)
    return digest


def read(path: Path, kind: str, version: int) -> tuple[dict[str, Any], dict[str, Array]]:
    """Map the arrays of ``path``: (header, name -> read-only array). Nothing but the header is read from disk.

    Raises ``StoreError`` where the file is missing, of another kind or version, or cut short.
    """
    try:
        mapped = np.memmap(path, dtype=np.uint8, mode="r")
    except (OSError, ValueError) as error:
        raise StoreError(f"cannot read {path}: {error}. Reinstall unspin, or rebuild the file.") from error
    start, header = _header(path, bytes(mapped[: 1 << 16]))
    if (header["kind"], header["version"]) != (kind, version):
        raise StoreError(
            f"{path} holds {header['kind']} version {header['version']}, this release reads {kind} version {version}"
        )
    if len(mapped) != start + header["size"]:
        raise StoreError(f"{path} is {len(mapped)} bytes, {start + header['size']} were written: the copy is damaged")
    arrays = {}
    for name, spec in header["arrays"].items():
        dtype = np.dtype(spec["dtype"])
        count = int(np.prod(spec["shape"], dtype=np.int64))
        low = start + spec["offset"]
        arrays[name] = np.asarray(mapped[low : low + count * dtype.itemsize]).view(dtype).reshape(spec["shape"])
    return header, arrays


def _header(path: Path, data: bytes) -> tuple[int, dict[str, Any]]:
    """Where the arrays begin, and the header, from the first bytes of a file."""
    if data[:8] != _MAGIC:
        raise StoreError(f"{path} is not a data file of unspin")
    start = 16 + int.from_bytes(data[8:16], "little")
    try:
        header: dict[str, Any] = json.loads(data[16:start])
    except ValueError:
        raise StoreError(f"{path} is damaged: its header cannot be read") from None
    return start, header


def verify(path: Path) -> None:
    """Read the whole of ``path`` and raise ``StoreError`` unless its bytes have the hash written in its header."""
    data = path.read_bytes()
    start, header = _header(path, data)
    if hashlib.sha256(data[start:]).hexdigest() != header["sha256"]:
        raise StoreError(f"{path} is damaged: its bytes do not have the hash written in its header")
