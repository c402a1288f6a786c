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
from unspin.tokens import SPACE, Tokens, form_of

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
        return cls(first[at], last[at], core[at], np.add.reduceat(odds, at) if len(at) else odds, row[at])


def realise(
    tokens: Tokens, lattice: Lattice, odds: Float64, tables: Tables, usable: Bools, spun: Bools, least: float
) -> list[tuple[Edit, ...]]:
    """The edits of each text: the changes of odds ``least`` or more in the texts that are ``spun``."""
    changes = Changes.of(lattice, odds, tables)
    keep = np.ones(len(tokens))
    kept = (lattice.row == KEEP) & (lattice.first >= 0)
    keep[lattice.first[kept]] = odds[kept]
    chosen = np.flatnonzero((changes.odds >= least) & spun[tokens.doc[changes.first]])
    chosen = chosen[np.lexsort((changes.first[chosen], -changes.odds[chosen]))]
    taken = np.zeros(len(tokens), dtype=bool)
    drafts: list[list[_Draft]] = [[] for _ in range(len(tokens.offset))]
    for number in chosen.tolist():
        first, last = int(changes.first[number]), int(changes.last[number])
        if taken[first:last].any():
            continue
        taken[first:last] = True
        draft = _Draft(first, last, _new_text(tokens, tables, changes, number), number)
        drafts[int(tokens.doc[first])].append(draft)
    out = []
    for drafted in drafts:
        drafted.sort(key=lambda d: d.first)
        _mend_articles(tokens, usable, drafted)
        out.append(place(_edit(tokens, tables, changes, keep, draft) for draft in drafted))
    return [tuple(e for e in edits if e.spun != e.restored) for edits in out]


@dataclass(slots=True)
class _Draft:
    first: int
    last: int
    text: str
    change: int


def _new_text(tokens: Tokens, tables: Tables, changes: Changes, number: int) -> str:
    first, last, row = int(changes.first[number]), int(changes.last[number]), int(changes.row[number])
    if row == UNWRAP:
        return tokens.buffer[int(tokens.start[first + 1]) : int(tokens.end[last - 2])]
    text = int(tokens.doc[first])
    low = int(tokens.offset[text])
    high = int(tokens.offset[text + 1]) if text + 1 < len(tokens.offset) else len(tokens.buffer)
    curly = tokens.buffer.find("’", low, high) >= 0
    return surface.write(tokens, first, last, tables.core_text(row), curly=curly)


def _mend_articles(tokens: Tokens, usable: Bools, drafts: list[_Draft]) -> None:
    """Make a or an agree with what follows it after the edits, where an edit stands on either side of it."""
    articles = {form_of(a) for a in _ARTICLES}
    for draft, following in zip(drafts, [*drafts[1:], None], strict=False):
        words = draft.text.split(" ")
        if words[-1].lower() in _ARTICLES and draft.last < len(tokens) and tokens.gap[draft.last] == SPACE:
            if following is not None and following.first == draft.last:
                after = following.text
            else:
                after = tokens.buffer[int(tokens.start[draft.last]) : int(tokens.end[draft.last])]
            draft.text = " ".join([*words[:-1], _agreeing(words[-1], after)])
    previous = -1
    for draft in drafts:
        before = draft.first - 1
        if (
            before >= max(previous, 0)
            and tokens.gap[draft.first] == SPACE
            and usable[before]
            and int(tokens.form[before]) in articles
        ):
            found = tokens.buffer[int(tokens.start[before]) : int(tokens.end[before])]
            wanted = _agreeing(found, draft.text)
            if wanted != found:
                blank = tokens.buffer[int(tokens.end[before]) : int(tokens.start[draft.first])]
                draft.text = wanted + blank + draft.text
                draft.first = before
        previous = draft.last


def _agreeing(found: str, following: str) -> str:
    wanted = surface.article(following)
    if found.lower() == wanted:
        return found
    return wanted.upper() if found.isupper() and len(found) > 1 else found[0] + wanted[1:]


def _edit(tokens: Tokens, tables: Tables, changes: Changes, keep: Float64, draft: _Draft) -> Edit:
    number = draft.change
    first, last = int(changes.first[number]), int(changes.last[number])
    low, high = (int(np.searchsorted(changes.first, first, side=side)) for side in ("left", "right"))
    options = [
        Alternative(_new_text(tokens, tables, changes, k), _rounded(changes.odds[k]))
        for k in range(low, high)
        if k != number and int(changes.last[k]) == last and changes.odds[k] >= _NOTICED
    ]
    offset = int(tokens.offset[tokens.doc[first]])
    spun = tokens.buffer[int(tokens.start[first]) : int(tokens.end[last - 1])]
    left = float(keep[first:last].min())
    if left >= _NOTICED:
        options.append(Alternative(spun, _rounded(left)))
    start, end = int(tokens.start[draft.first]), int(tokens.end[draft.last - 1])
    row = int(changes.row[number])
    return Edit(
        start=start - offset,
        end=end - offset,
        spun=tokens.buffer[start:end],
        restored=draft.text,
        new_start=0,
        new_end=0,
        probability=_rounded(changes.odds[number]),
        alternatives=tuple(sorted(options, key=lambda a: (-a.probability, a.text))),
        row=tables.row(row) if row >= 0 else None,
    )


def _rounded(odds: float) -> float:
    """Four digits: what is beyond them depends on the order of summation, not on the text."""
    return min(1.0, round(float(odds), 4))
