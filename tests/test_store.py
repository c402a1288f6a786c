"""Data files: what was written comes back; a file that is not in order is refused with ``StoreError``."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from unspin import language, store, tables
from unspin.store import StoreError
from unspin.tables import Row, Tables

ARRAYS = {
    "bytes": np.arange(7, dtype=np.uint8),
    "pairs": np.arange(10, dtype=np.int64).reshape(5, 2),
    "big": np.arange(5, dtype=">u4"),
    "floats": np.linspace(0, 1, 9, dtype=np.float32),
    "flags": np.array([True, False, True]),
    "none": np.zeros(0, dtype=np.float64),
    "no pairs": np.zeros((0, 4), dtype=np.int32),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    store.write(tmp_path / "data.bin", "test", 3, {"rows": 5}, ARRAYS)
    return tmp_path / "data.bin"


def test_round_trip(path: Path) -> None:
    header, arrays = store.read(path, "test", 3)
    assert header["facts"] == {"rows": 5}
    assert list(arrays) == sorted(ARRAYS)
    for name, array in ARRAYS.items():
        assert arrays[name].tolist() == array.tolist()
        assert arrays[name].shape == array.shape
        assert arrays[name].dtype == array.dtype.newbyteorder("<")
        assert not arrays[name].flags.writeable
    store.verify(path)


def test_the_same_data_makes_the_same_file(path: Path, tmp_path: Path) -> None:
    digest = store.write(tmp_path / "again.bin", "test", 3, {"rows": 5}, ARRAYS)
    assert (tmp_path / "again.bin").read_bytes() == path.read_bytes()
    assert digest in path.read_bytes().decode("latin-1")


@pytest.mark.parametrize(("kind", "version"), [("tables", 3), ("test", 2), ("test", 4)])
def test_other_kind_or_version(path: Path, kind: str, version: int) -> None:
    with pytest.raises(StoreError, match=r"test version 3.*reads"):
        store.read(path, kind, version)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot read"):
        store.read(tmp_path / "nowhere.bin", "test", 3)


def test_another_file(tmp_path: Path) -> None:
    (tmp_path / "text.bin").write_bytes(b"a text, not data, of more than sixteen bytes")
    with pytest.raises(StoreError, match="not a data file"):
        store.read(tmp_path / "text.bin", "test", 3)


@pytest.mark.parametrize("keep", [0, 1, 7, 8, 12, 16, 17, 40, 200, -65, -1])
def test_cut_short(path: Path, keep: int) -> None:
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(StoreError):
        store.read(path, "test", 3)


def test_too_long(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(StoreError, match="damaged"):
        store.read(path, "test", 3)


@pytest.mark.parametrize("at", [0, 5, 8, 15, 16, 20, 60])
def test_damaged_head(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(StoreError):
        store.read(path, "test", 3)


def test_damaged_body(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-64] ^= 1
    path.write_bytes(data)
    with pytest.raises(StoreError, match="damaged"):
        store.verify(path)


@pytest.mark.parametrize("module", [language, tables])
def test_shipped_files_are_whole(module: object) -> None:
    name = {language: "language", tables: "tables"}[module]
    store.verify(Path(store.__file__).parent / "data" / f"{name}.bin")


def test_a_file_can_be_replaced_while_it_is_in_use(path: Path) -> None:
    _, arrays = store.read(path, "test", 3)
    store.write(path, "test", 3, {}, {"other": np.zeros(100_000)})
    assert arrays["pairs"].tolist() == ARRAYS["pairs"].tolist()


def test_tables_round_trip(tmp_path: Path) -> None:
    rows = [Row("shook fingers", "shook hands", 3, 2), Row("white home", "White House", 9, 5, 4, 3, "always")]
    made = Tables.compile(rows, language.load())
    made.save(tmp_path / "tables.bin")
    read = Tables.read(tmp_path / "tables.bin")
    assert [read.row(k) for k in range(len(read))] == [made.row(k) for k in range(len(made))] == sorted(rows)
    header = json.loads((tmp_path / "tables.bin").read_bytes()[16:].split(b"\x00")[0].split(b"  ")[0])
    assert header["facts"] == {"rows": 2}
