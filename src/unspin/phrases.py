"""Find known phrases in a batch of tokens: all of them, at every place, longest or not, in a few array operations.

A phrase is a sequence of folded forms with what stands between them (nothing or white space), so ``know-how`` and
``know how`` differ while ``Know how`` and ``know  how`` do not. A phrase never reaches over a break.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from unspin.arrays import Bools, Int32, Int64, UInt64
from unspin.tokens import BREAK, Tokens, mix

_STEP = np.uint64(0xD1342543DE82EF95)


def _extend(keys: UInt64, tokens: Tokens, place: Int64) -> UInt64:
    """Keys of phrases grown by the token at ``place``."""
    return mix(keys * _STEP + tokens.form[place] + tokens.gap[place])


@dataclass(frozen=True, slots=True)
class Phrases:
    """An index of phrases: ``keys`` (uint64, sorted) of each phrase and each beginning of one; ``entry`` (int32) the
    number of the phrase or -1; ``longer`` (bool) whether a longer phrase begins so.
    """

    keys: UInt64
    entry: Int32
    longer: Bools

    @classmethod
    def index(cls, phrases: list[str]) -> Phrases:
        """Index distinct ``phrases``; the number of a phrase is its place in the list.

        Raises ``ValueError`` where one has no words, has a line break in it, or equals another when folded.
        """
        tokens = Tokens.of(phrases)
        count = np.bincount(tokens.doc, minlength=len(phrases))
        first = np.cumsum(count) - count
        if len(phrases) and count.min() == 0:
            raise ValueError(f"{phrases[int(count.argmin())]!r} has no words")
        inner = np.ones(len(tokens), dtype=bool)
        inner[first] = False
        broken = np.flatnonzero(inner & (tokens.gap == BREAK))
        if len(broken):
            raise ValueError(f"{phrases[int(tokens.doc[broken[0]])]!r} has a line break in it")
        alive = np.arange(len(phrases))
        keys = mix(tokens.form[first])
        parts = []
        for length in range(1, int(count.max(initial=0)) + 1):
            whole = count[alive] == length
            parts.append((keys[alive], np.where(whole, alive, -1)))
            alive = alive[~whole]
            keys[alive] = _extend(keys[alive], tokens, first[alive] + length)
        if not parts:
            return cls(keys, np.zeros(0, dtype=np.int32), np.zeros(0, dtype=bool))
        every = np.concatenate([k for k, _ in parts])
        entry = np.concatenate([e for _, e in parts])
        order = np.lexsort((entry, every))
        every, entry = every[order], entry[order]
        last = np.append(every[1:] != every[:-1], True)
        twice = np.flatnonzero(~last[:-1] & (entry[:-1] >= 0))
        if len(twice):
            a, b = (phrases[int(entry[twice[0] + k])] for k in (0, 1))
            raise ValueError(f"{a!r} and {b!r} are the same phrase")
        group = np.cumsum(np.append(True, last[:-1])) - 1
        longer = np.bincount(group, weights=entry < 0) > 0
        return cls(every[last], entry[last].astype(np.int32), longer)

    def find(self, tokens: Tokens, usable: Bools) -> tuple[Int64, Int64, Int32]:
        """Every occurrence, as columns: first token, token after the last, number of the phrase.

        A place where ``usable`` (bool, one a token) is false is part of no occurrence. Ordered by length, then place.
        """
        begin, end, entry = [], [], []
        start = np.flatnonzero(usable)
        stop = start + 1
        keys = mix(tokens.form[start])
        while len(start) and len(self.keys):
            place = np.searchsorted(self.keys, keys)
            place[place == len(self.keys)] = 0
            known = self.keys[place] == keys
            place, start, stop, keys = place[known], start[known], stop[known], keys[known]
            whole = self.entry[place] >= 0
            begin.append(start[whole])
            end.append(stop[whole])
            entry.append(self.entry[place[whole]])
            on = self.longer[place] & (stop < len(tokens))
            start, stop, keys = start[on], stop[on], keys[on]
            on = usable[stop] & (tokens.gap[stop] != BREAK)
            start, stop, keys = start[on], stop[on], keys[on]
            keys = _extend(keys, tokens, stop)
            stop = stop + 1
        none = np.zeros(0, dtype=np.int64)
        return tuple(  # type: ignore[return-value]
            np.concatenate([none, *column]).astype(kind)
            for column, kind in ((begin, np.int64), (end, np.int64), (entry, np.int32))
        )
