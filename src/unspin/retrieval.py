"""A compressed map from 64-bit keys to small values that NumPy can query millions of keys at a time.

A binary fuse filter (Graf & Lemire, "Binary Fuse Filters", 2022) used as a static function: each key owns three cells
of a table, and the exclusive or of the three is its fingerprint and its value. There is no probing and no branch: a
batch of look-ups is three gathers. A key that was never stored gets a random fingerprint, so it is taken for a stored
one once in 65,536 look-ups. The table has 1.13 cells a key.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from unspin.arrays import Array, Bools, Int64, UInt16, UInt64
from unspin.tokens import mix

_SPREAD = np.uint64(0x9E3779B97F4A7C15)


def _cells(keys: UInt64, seed: int, segment: int, segments: int) -> tuple[list[Int64], UInt16]:
    """The three cells of each key and its fingerprint."""
    hashed = mix(keys ^ np.uint64(seed))
    low = ((hashed >> np.uint64(32)) * np.uint64(segments - 2)) >> np.uint64(32)
    spread = hashed * _SPREAD
    mask = np.uint64(segment - 1)
    cells = [
        ((low + np.uint64(j)) * np.uint64(segment) + ((spread >> np.uint64(46 - 18 * j)) & mask)).view(np.int64)
        for j in range(3)
    ]
    return cells, hashed.astype(np.uint16)


@dataclass(frozen=True, slots=True)
class Retrieval:
    """``prints`` (uint16) and ``values`` (any unsigned dtype), both of length ``segment * segments``."""

    prints: UInt16
    values: Array
    seed: int
    segment: int
    segments: int

    def get(self, keys: UInt64) -> tuple[Bools, Array]:
        """Which ``keys`` are stored, and the values of those that are (in order; shorter than ``keys``)."""
        (a, b, c), prints = _cells(keys, self.seed, self.segment, self.segments)
        found = (self.prints[a] ^ self.prints[b] ^ self.prints[c]) == prints
        a, b, c = a[found], b[found], c[found]
        return found, self.values[a] ^ self.values[b] ^ self.values[c]

    @property
    def facts(self) -> dict[str, int]:
        """What the header of a file must keep beside the two arrays."""
        return {"seed": self.seed, "segment": self.segment, "segments": self.segments}

    @classmethod
    def build(cls, keys: UInt64, values: Array) -> Retrieval:
        """Store ``values`` (unsigned) under distinct ``keys``; deterministic. Peels the key graph round by round."""
        count = max(len(keys), 2)
        segment = 2 ** min(18, max(2, math.floor(math.log(count) / math.log(3.33) + 2.25)))
        factor = max(1.125, 0.875 + 0.25 * math.log(1_000_000) / math.log(count))
        segments = max(3, math.ceil(count * factor / segment) + 2)
        for seed in range(1, 100):
            order = _peel(keys, seed, segment, segments)
            if order is not None:
                return cls._fill(keys, values, seed, segment, segments, order)
        raise ValueError("the keys are not distinct")

    @classmethod
    def _fill(
        cls, keys: UInt64, values: Array, seed: int, segment: int, segments: int, order: list[tuple[Int64, Int64]]
    ) -> Retrieval:
        prints = np.zeros(segment * segments, dtype=np.uint16)
        stored = np.zeros(segment * segments, dtype=values.dtype)
        for index, own in reversed(order):
            (a, b, c), wanted = _cells(keys[index], seed, segment, segments)
            prints[own] = wanted ^ prints[a] ^ prints[b] ^ prints[c] ^ prints[own]
            stored[own] = values[index] ^ stored[a] ^ stored[b] ^ stored[c] ^ stored[own]
        return cls(prints, stored, seed, segment, segments)


def _peel(keys: UInt64, seed: int, segment: int, segments: int) -> list[tuple[Int64, Int64]] | None:
    """Rounds of (keys, the cell each of them has to itself), or None where the graph has a core."""
    cells = _cells(keys, seed, segment, segments)[0]
    degree = np.zeros(segment * segments, dtype=np.int32)
    joined = np.zeros(segment * segments, dtype=np.int64)
    index = np.arange(len(keys), dtype=np.int64)
    for column in cells:
        degree += np.bincount(column, minlength=len(degree)).astype(np.int32)
        np.bitwise_xor.at(joined, column, index)
    rounds, done = [], 0
    queue = np.flatnonzero(degree == 1)
    while len(queue):
        chosen, first = np.unique(joined[queue], return_index=True)
        rounds.append((chosen, queue[first]))
        done += len(chosen)
        touched = np.concatenate([column[chosen] for column in cells])
        np.subtract.at(degree, touched, 1)
        np.bitwise_xor.at(joined, touched, np.tile(chosen, 3))
        queue = np.unique(touched[degree[touched] == 1])
    return rounds if done == len(keys) else None
