"""Turn the odds of a lattice into edits: choose, write in the style of the text, mend the articles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from unspin import surface
from unspin.arrays import Bools, Float64, Int32, Int64, UInt64
from unspin.candidates import UNWRAP
from unspin.lattice import KEEP, Lattice
from unspin.record import Alternative, Edit, place
from unspin.tables import Tables
from unspin.tokens import SPACE, Tokens

_NOTICED: Final = 0.01
"""Alternatives less likely than this are not listed."""
_ARTICLES: Final = ("a", "an")


@dataclass(frozen=True, slots=True)
class Changes:
    """What could be changed, each once: readings that leave the same words in the same place are one change, whatever
    rows they came from. ``first``, ``last`` (tokens), ``core`` (hash of the new words), ``odds``, and the likeliest
    ``row`` of each; sorted by place.
    """

    first: Int64
    last: Int64
    core: UInt64
    odds: Float64
    row: Int32

    @classmethod
    def of(cls, lattice: Lattice, odds: Float64, tables: Tables) -> Changes:
        """Add up the odds of the arcs that come to the same change."""
        arc = np.flatnonzero(lattice.row != KEEP)
        row = lattice.row[arc]
        by_table = row >= 0
        known = np.where(by_table, row, 0)
        first = lattice.first[arc] + np.where(by_table, tables.lead[known], 0)
        last = lattice.last[arc] - np.where(by_table, tables.trail[known], 0)
        core = np.where(by_table, tables.core[known], np.uint64(0))
        order = np.lexsort((-odds[arc], core, last, first))
        first, last, core, row, odds = first[order], last[order], core[order], row[order], odds[arc][order]
        new = np.ones(len(order), dtype=bool)
        new[1:] = (first[1:] != first[:-1]) | (last[1:] != last[:-1]) | (core[1:] != core[:-1])
        at = np.flatnonzero(new)
        return cls(first[at], last[at], core[at], _rounded(np.add.reduceat(odds, at)) if len(at) else odds, row[at])


def realise(
    tokens: Tokens, lattice: Lattice, odds: Float64, tables: Tables, usable: Bools, spun: Bools, least: float
) -> list[tuple[Edit, ...]]:
    """The edits of each text: the changes of odds ``least`` or more in the texts that are ``spun``."""
    changes = Changes.of(lattice, odds, tables)
    keep = np.ones(len(tokens))
    kept = (lattice.row == KEEP) & (lattice.first >= 0)
    keep[lattice.first[kept]] = odds[kept]
    curly = [wrong and "’" in tokens.buffer[low:high] for wrong, (low, high) in zip(spun, tokens.spans(), strict=True)]
    writer = _Writer(tokens, tables, changes, keep, usable, curly)
    chosen = np.flatnonzero((changes.odds >= least) & spun[tokens.doc[changes.first]])
    chosen = chosen[np.lexsort((changes.first[chosen], -changes.odds[chosen]))]
    taken = np.zeros(len(tokens), dtype=bool)
    drafts: list[list[_Draft]] = [[] for _ in curly]
    for number in chosen.tolist():
        first, last = int(changes.first[number]), int(changes.last[number])
        if not taken[first:last].any():
            taken[first:last] = True
            drafts[tokens.doc[first]].append(_Draft(first, last, writer.text(number), number))
    return [writer.edits(sorted(drafted, key=lambda draft: draft.first)) for drafted in drafts]


@dataclass(slots=True)
class _Draft:
    """An edit in the making: tokens ``first`` to ``last`` become ``text``, by the change of number ``change``."""

    first: int
    last: int
    text: str
    change: int


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes changes out. ``keep`` (one a token) is how likely it was left alone, ``curly`` (one a text) whether the
    text writes apostrophes as ’.
    """

    tokens: Tokens
    tables: Tables
    changes: Changes
    keep: Float64
    usable: Bools
    curly: list[bool]

    def text(self, number: int) -> str:
        """What a change writes."""
        tokens, row = self.tokens, int(self.changes.row[number])
        first, last = int(self.changes.first[number]), int(self.changes.last[number])
        if row == UNWRAP:
            return self._between(first + 1, last - 1)
        return surface.write(tokens, first, last, self.tables.core_text(row), curly=self.curly[tokens.doc[first]])

    def edits(self, drafts: list[_Draft]) -> tuple[Edit, ...]:
        """The edits of one text from its drafts, which are in order."""
        for draft, following in zip(drafts, [*drafts[1:], None], strict=False):
            self._mend_own_article(draft, following)
        for draft, previous in zip(drafts, [None, *drafts], strict=False):
            self._mend_article_before(draft, previous)
        return tuple(edit for edit in place(map(self._edit, drafts)) if edit.spun != edit.restored)

    def _between(self, first: int, last: int) -> str:
        return self.tokens.buffer[int(self.tokens.start[first]) : int(self.tokens.end[last - 1])]

    def _mend_own_article(self, draft: _Draft, following: _Draft | None) -> None:
        """Make an article at the end of an edit agree with the word behind the edit."""
        *words, last = draft.text.split(" ")
        behind = draft.last
        if last.lower() not in _ARTICLES or behind >= len(self.tokens) or self.tokens.gap[behind] != SPACE:
            return
        adjacent = following is not None and following.first == behind
        after = following.text if following is not None and adjacent else self._between(behind, behind + 1)
        draft.text = " ".join([*words, _agreeing(last, after)])

    def _mend_article_before(self, draft: _Draft, previous: _Draft | None) -> None:
        """Make an article before an edit agree with the edit, which then takes it in."""
        tokens, before = self.tokens, draft.first - 1
        if tokens.gap[draft.first] != SPACE or (previous is not None and before < previous.last):
            return
        found = self._between(before, before + 1)
        if not self.usable[before] or found.lower() not in _ARTICLES:
            return
        wanted = _agreeing(found, draft.text)
        if wanted != found:
            blank = tokens.buffer[int(tokens.end[before]) : int(tokens.start[draft.first])]
            draft.text = wanted + blank + draft.text
            draft.first = before

    def _edit(self, draft: _Draft) -> Edit:
        tokens, changes, number = self.tokens, self.changes, draft.change
        first, last = int(changes.first[number]), int(changes.last[number])
        low, high = (int(np.searchsorted(changes.first, first, side=side)) for side in ("left", "right"))
        options = [
            Alternative(self.text(k), float(changes.odds[k]))
            for k in range(low, high)
            if k != number and int(changes.last[k]) == last and changes.odds[k] >= _NOTICED
        ]
        left = float(_rounded(self.keep[first:last].min()))
        if left >= _NOTICED:
            options.append(Alternative(self._between(first, last), left))
        offset = int(tokens.offset[tokens.doc[first]])
        row = int(changes.row[number])
        return Edit(
            start=int(tokens.start[draft.first]) - offset,
            end=int(tokens.end[draft.last - 1]) - offset,
            spun=self._between(draft.first, draft.last),
            restored=draft.text,
            new_start=0,
            new_end=0,
            probability=float(changes.odds[number]),
            alternatives=tuple(sorted(options, key=lambda a: (-a.probability, a.text))),
            row=self.tables.row(row) if row >= 0 else None,
        )


def _agreeing(found: str, following: str) -> str:
    """The article in the form that goes with what follows, written as it was found."""
    wanted = surface.article(following)
    if found.lower() == wanted:
        return found
    loud = following[:2].isupper() and found[0].isupper()
    return wanted.upper() if loud else found[0] + wanted[1:]


def _rounded(odds: Float64) -> Float64:
    """Four digits: what is beyond them depends on the order of summation, not on the text."""
    return np.minimum(np.round(odds, 4), 1.0)
