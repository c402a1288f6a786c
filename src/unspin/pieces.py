"""Cut what is too long to decode at once into pieces, and put the records of the pieces together again.

A piece has its own spin rate. Texts below ``LONGEST`` characters, which is nearly all, are one piece.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Final, NamedTuple

import regex

from unspin.record import Edit, Restoration

LONGEST: Final = 100_000
_SHORTEST: Final = LONGEST // 2
_ENDS: Final = tuple(regex.compile(f"(?r){end}") for end in (r"\n[^\S\n]*+\n", r"\n", r"[.!?]\s", r"\s"))


class Piece(NamedTuple):
    """A text, or a part of one, and the spans (start, end) of it in which nothing may be changed."""

    text: str
    protected: tuple[tuple[int, int], ...] = ()


def cut(whole: Piece) -> list[Piece]:
    """Pieces of at most ``LONGEST`` characters: cut after a blank line, else a line, a sentence, a word, else anywhere.

    >>> [len(piece.text) for piece in cut(Piece("word " * 50_000))]
    [100000, 100000, 50000]
    """
    text = whole.text
    if len(text) <= LONGEST:
        return [whole]
    cuts = [0]
    while len(text) - cuts[-1] > LONGEST:
        low, high = cuts[-1] + _SHORTEST, cuts[-1] + LONGEST
        found = (end.search(text, low, high) for end in _ENDS)
        cuts.append(next((match.end() for match in found if match), high))
    spans = _disjoint(whole.protected)
    starts = [start for start, _ in spans]
    ends = [end for _, end in spans]
    out = []
    for low, high in pairwise([*cuts, len(text)]):
        inside = spans[bisect_right(ends, low) : bisect_left(starts, high)]
        out.append(Piece(text[low:high], tuple((max(a, low) - low, min(b, high) - low) for a, b in inside)))
    return out


def _disjoint(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same places in spans that are sorted and do not touch."""
    out: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if out and start <= out[-1][1]:
            out[-1] = out[-1][0], max(end, out[-1][1])
        else:
            out.append((start, end))
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
    evidence = round(sum(r.evidence for r in records), 2)
    # a rate of 0 is for texts in which nothing is spun
    return Restoration(restored, text, tuple(edits), max(round(rate, 4), 0.0001) if rate else 0.0, evidence)


def batches(pieces: Iterable[Piece], size: int) -> Iterator[list[Piece]]:
    """Group pieces so that each group has about ``size`` characters."""
    batch: list[Piece] = []
    room = size
    for piece in pieces:
        batch.append(piece)
        room -= len(piece.text)
        if room <= 0:
            yield batch
            batch, room = [], size
    if batch:
        yield batch
