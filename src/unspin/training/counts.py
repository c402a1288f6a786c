"""Count n-grams of order 1 to 3 in a folder of clean text, one paragraph a line.

Three rules of the corpora are kept here: the last 2.5 % of the lines of each file are held out (``held_out``) and never
counted; n-grams of a file whose name is in ``RARE_FILES`` count only from the third occurrence on (its text belongs to
its publishers, so nothing rare is kept of it); and nothing but counts leaves this module.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from unspin.arrays import Array, Int64, UInt8, UInt64
from unspin.language import EDGE, classify, pack
from unspin.tokens import BREAK, Tokens

RARE_FILES: Final = ("news-allsides-2012-2020",)
RARE_MINIMUM: Final = 3
HELD_OUT: Final = 0.025
_CHUNK: Final = 2_000_000


@dataclass(frozen=True, slots=True)
class Counts:
    """Sorted keys and their counts for orders 1 to 3 (``keys[n-1]`` uint64, ``counts[n-1]`` int64)."""

    forms: UInt64
    keys: tuple[UInt64, UInt64, UInt64]
    counts: tuple[Int64, Int64, Int64]


def lines_of(path: Path) -> list[str]:
    """The lines of a corpus file, plain or ``.xz``."""
    if path.suffix == ".xz":
        import lzma

        data = lzma.decompress(path.read_bytes())
    else:
        data = path.read_bytes()
    return data.decode("utf-8", "replace").splitlines()


def _split(lines: list[str]) -> int:
    return len(lines) - int(len(lines) * HELD_OUT)


def counted(path: Path) -> list[str]:
    """The lines that are counted."""
    lines = lines_of(path)
    return lines[: _split(lines)]


def held_out(path: Path) -> list[str]:
    """The lines that never enter a count."""
    lines = lines_of(path)
    return lines[_split(lines) :]


def corpus_files(folder: Path) -> list[Path]:
    """The corpus files of a folder, in order of name."""
    files = sorted(p for p in folder.iterdir() if p.name.endswith((".txt", ".txt.xz")))
    if not files:
        raise FileNotFoundError(f"no *.txt or *.txt.xz in {folder}")
    return files


def _chunks(lines: list[str]) -> Iterator[list[str]]:
    chunk, size = [], 0
    for line in lines:
        chunk.append(line)
        size += len(line)
        if size > _CHUNK:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _read(path: Path) -> tuple[UInt64, UInt8, Array]:
    """Form, shape and whether a paragraph begins, of each token of the counted lines."""
    parts = []
    for chunk in _chunks(counted(path)):
        tokens = Tokens.of(chunk)
        parts.append((tokens.form, tokens.shape, tokens.gap == BREAK))
    return tuple(np.concatenate(column) for column in zip(*parts, strict=True))  # type: ignore[return-value]


def tally(keys: Array) -> tuple[Array, Int64]:
    """Distinct values, sorted, and how often each occurs; sorts ``keys`` in place."""
    keys.sort()
    first = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    return keys[first], np.diff(first, append=len(keys))


def merge(parts: list[tuple[Array, Int64]]) -> tuple[Array, Int64]:
    """Add up tallies."""
    keys = np.concatenate([k for k, _ in parts])
    counts = np.concatenate([c for _, c in parts])
    order = np.argsort(keys, kind="stable")
    keys, counts = keys[order], counts[order]
    first = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    return keys[first], np.add.reduceat(counts, first)


def stream(ids: Int64, begins: Array) -> Int64:
    """The ids with an ``EDGE`` before each paragraph and one at the end."""
    places = np.flatnonzero(begins)
    return np.append(np.insert(ids, places, EDGE), EDGE)


def grams(ids: Int64) -> list[UInt64]:
    """Keys of every n-gram of a stream, order 1 to 3; none reaches over an edge, which may only begin or end one."""
    inner = ids[1:-1] != EDGE
    pairs = pack(ids[:-1], ids[1:])
    pairs = pairs[(ids[:-1] != EDGE) | (ids[1:] != EDGE)]
    return [ids[ids != EDGE].astype(np.uint64), pairs, pack(ids[:-2], ids[1:-1], ids[2:])[inner]]


def count(folder: Path, vocabulary: int, always: UInt64) -> Counts:
    """Count a folder. The vocabulary is the ``vocabulary`` most frequent forms and all of ``always`` (hashes)."""
    texts = {path: _read(path) for path in corpus_files(folder)}
    seen = [(path, tally(np.sort(form[shape == 0]))) for path, (form, shape, _) in texts.items()]
    forms, frequency = merge([_without_rare(path, *t) for path, t in seen])
    frequent = forms[np.argsort(-frequency, kind="stable")[:vocabulary]]
    words = np.union1d(frequent, always)
    parts: list[list[tuple[Array, Int64]]] = [[], [], []]
    for path in list(texts):
        form, shape, begins = texts.pop(path)
        for order, keys in enumerate(grams(stream(classify(words, form, shape), begins))):
            parts[order].append(_without_rare(path, *tally(keys)))
    merged = [merge(p) for p in parts]
    keys1, keys2, keys3 = (k for k, _ in merged)
    counts1, counts2, counts3 = (c for _, c in merged)
    return Counts(words, (keys1, keys2, keys3), (counts1, counts2, counts3))


def _without_rare(path: Path, keys: Array, counts: Int64) -> tuple[Array, Int64]:
    if not path.name.startswith(RARE_FILES):
        return keys, counts
    enough = counts >= RARE_MINIMUM
    return keys[enough], counts[enough]
