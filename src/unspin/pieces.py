"""Cut what is too long to decode at once into pieces, and put the records of the pieces together again.

A piece has its own spin rate. Texts below ``LONGEST`` characters, which is nearly all, are one piece.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

import regex

from unspin.record import Edit, Restoration

LONGEST: Final = 100_000
_SHORTEST: Final = LONGEST // 2
_CUTS: Final = tuple(map(regex.compile, (r"\n\s*+\n", r"\n", r"[.!?]\s", r"\s")))


def cut(text: str) -> list[str]:
    """Pieces of at most ``LONGEST`` characters: cut after a blank line, else a line, a sentence, a word, else anywhere.

    >>> [len(p) for p in cut("word " * 50_000)]
    [100000, 100000, 50000]
    """
    out, start = [], 0
    while len(text) - start > LONGEST:
        low, high = start + _SHORTEST, start + LONGEST
        ends = (max((m.end() for m in pattern.finditer(text, low, high)), default=0) for pattern in _CUTS)
        end = next((e for e in ends if e), high)
        out.append(text[start:end])
        start = end
    out.append(text[start:] if start else text)
    return out


def joined(text: str, records: list[Restoration]) -> Restoration:
    """The record of ``text`` from those of its pieces; its rate and evidence are the mean by length, and the sum."""
    if len(records) == 1:
        return records[0]
    edits: list[Edit] = []
    old = new = 0
    for record in records:
        edits += (
            replace(e, start=e.start + old, end=e.end + old, new_start=e.new_start + new, new_end=e.new_end + new)
            for e in record.edits
        )
        old += len(record.original)
        new += len(record.text)
    rate = sum(r.spin_rate * len(r.original) for r in records) / len(text)
    restored = "".join(r.text for r in records) if edits else text
    return Restoration(restored, text, tuple(edits), round(rate, 4), round(sum(r.evidence for r in records), 2))


def batches(parts: Iterable[str], size: int) -> Iterator[list[str]]:
    """Group texts so that each group has about ``size`` characters."""
    batch: list[str] = []
    room = size
    for part in parts:
        batch.append(part)
        room -= len(part)
        if room <= 0:
            yield batch
            batch, room = [], size
    if batch:
        yield batch
