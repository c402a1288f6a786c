"""Which spans of a text could be which originals: all readings of a batch as one graph.

The tokens of a batch, with an ``EDGE`` where a paragraph begins and ends, form a line of *places*. Around each spot
where a table phrase matches, a *stretch* of the line is cut out: every place that a phrase covers and up to two that
follow it, since a trigram model looks two words back. Stretches share no reading and no context, so all of them are
decoded at once. An *arc* leads from one node of a stretch to a later one and carries the words of one reading: the
word that stands there (keep), or an original from the tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from unspin.arrays import Bools, Int32, Int64, covered
from unspin.candidates import Candidates
from unspin.language import EDGE
from unspin.tokens import BREAK, Tokens

KEEP: Final = -1
"""The row of an arc that leaves the text as it is."""
LONGEST: Final = 256
"""Places after which a stretch is cut although a reading could reach over the cut: longer ones are not prose."""


@dataclass(frozen=True, slots=True)
class Places:
    """The line of places: ``word`` (int64, language id) of each, ``token`` (int64, -1 at an edge), and ``of_token``
    (int64) the place of each token.
    """

    word: Int64
    token: Int64
    of_token: Int64

    @classmethod
    def of(cls, tokens: Tokens, words: Int64) -> Places:
        """Lay out ``tokens`` whose language ids are ``words``."""
        begins = tokens.gap == BREAK
        at = np.flatnonzero(begins)
        word = np.append(np.insert(words, at, EDGE), EDGE)
        token = np.append(np.insert(np.arange(len(tokens)), at, -1), -1)
        return cls(word, token, np.arange(len(tokens)) + np.cumsum(begins))


@dataclass(frozen=True, slots=True)
class Lattice:
    """All readings. Nodes are numbered stretch after stretch; ``level`` (int64) is a node's distance from the start of
    its stretch. Arcs, by columns: ``tail`` and ``head`` (int64, nodes), ``first`` (int64, the token where it begins,
    -1 at an edge), ``last`` (int64, the token after it), ``row`` (int32, table row or ``KEEP``), and their words
    ``word[begin : begin + size]`` (language ids). ``start`` (int64) is the first node of each stretch, ``final`` its
    last, ``before`` (int64, two columns) the two words that precede it.
    """

    level: Int64
    start: Int64
    final: Int64
    before: Int64
    tail: Int64
    head: Int64
    first: Int64
    last: Int64
    row: Int32
    word: Int64
    begin: Int64
    size: Int64

    def __len__(self) -> int:
        return len(self.tail)

    @property
    def stretch(self) -> Int64:
        """The stretch of each node."""
        return np.cumsum(self.level == 0) - 1

    def text(self, tokens: Tokens) -> Int64:
        """Which text each stretch belongs to (a stretch never begins with a word of another)."""
        opening = np.full(len(self.level), -1, dtype=np.int64)
        word = self.first >= 0
        opening[self.tail[word]] = self.first[word]
        return tokens.doc[opening[self.start]].astype(np.int64)


def build(places: Places, candidates: Candidates) -> Lattice:
    """The lattice of ``candidates``. Its arcs are those that keep a place, then one for each candidate, in order."""
    first, last = candidates.first, candidates.last
    begin, end = places.of_token[first], places.of_token[last - 1] + 1
    doubtful = covered(begin, end, len(places.word))
    inside, opens = _stretches(places, doubtful)
    opens |= _cuts(inside & ~covered(begin + 1, end, len(places.word)) & (places.word != EDGE), inside, opens)
    here = np.flatnonzero(inside)
    stretch = np.cumsum(opens[here]) - 1
    at = np.flatnonzero(opens[here])
    # a stretch of n places has n + 1 nodes
    node_of = np.full(len(places.word), -1, dtype=np.int64)
    node_of[here] = np.arange(len(here)) + stretch
    start = node_of[here[at]]
    final = np.append(start[1:] - 1, len(here) + len(at) - 1) if len(at) else start
    level = np.arange(len(here) + len(at)) - np.repeat(start, np.diff(np.append(start, len(here) + len(at))))
    opening = here[at]
    one = places.word[np.maximum(opening - 1, 0)]
    two = places.word[np.maximum(opening - 2, 0)]
    one = np.where(opening > 0, one, EDGE)
    before = np.stack([np.where((one == EDGE) | (opening < 2), EDGE, two), one], axis=1)

    # keeping an edge leads from its node to the next, like keeping a word
    token = places.token[here]
    tail = np.concatenate([node_of[here], node_of[places.of_token[first]]])
    span = np.concatenate([np.ones(len(here), dtype=np.int64), last - first])
    own = np.arange(len(here))
    return Lattice(
        level=level,
        start=start,
        final=final,
        before=before,
        tail=tail,
        head=tail + span,
        first=np.concatenate([token, first]),
        last=np.concatenate([token + (token >= 0), last]),
        row=np.concatenate([np.full(len(here), KEEP, dtype=np.int32), candidates.row]),
        word=np.concatenate([places.word[here], candidates.word]),
        begin=np.concatenate([own, candidates.begin + len(here)]),
        size=np.concatenate([np.ones(len(here), dtype=np.int64), candidates.size]),
    )


def _stretches(places: Places, doubtful: Bools) -> tuple[Bools, Bools]:
    """Which places belong to a stretch, and at which a new one opens."""
    edge = places.word == EDGE
    one = np.zeros_like(doubtful)
    one[1:] = doubtful[:-1]
    two = np.zeros_like(doubtful)
    two[2:] = doubtful[:-2] & ~edge[1:-1]
    inside = doubtful | one | two
    before = np.zeros_like(inside)
    before[1:] = inside[:-1]
    after_edge = np.zeros_like(edge)
    after_edge[1:] = edge[:-1]
    opens = inside & (~before | after_edge | (doubtful & ~one & ~two))
    return inside, opens


def _cuts(free: Bools, inside: Bools, opens: Bools) -> Bools:
    """Where stretches longer than ``LONGEST`` are cut, at places that are ``free``: no candidate reaches over them."""
    at = np.flatnonzero(inside)
    opening = np.flatnonzero(opens)
    stretch = np.cumsum(opens[at]) - 1
    block = (at - opening[stretch]) // LONGEST
    possible = free[at] & (block > 0)
    at, stretch, block = at[possible], stretch[possible], block[possible]
    first = (np.diff(stretch, prepend=-1) != 0) | (np.diff(block, prepend=-1) != 0)
    cuts = np.zeros_like(inside)
    cuts[at[first]] = True
    return cuts
