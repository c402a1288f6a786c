"""The noisy channel: what it costs to keep a word, what it costs to restore one, and how much of a text was spun.

A writer's phrase ``o`` is replaced by ``s`` with probability ``r q(o) p(s | o)`` and left alone with ``1 - r q(o)``.
``q`` and ``p`` belong to the tables; ``r``, the spin rate, is estimated from the text itself, by expectation
maximisation over all readings. Sites differ in what they protect, so a text has four rates: within and outside of
double quotes, for words with and without a capital. Each leans on the rate of the whole text where it has little to go
by.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from unspin.arrays import Float64, Int64, sums
from unspin.candidates import Candidates
from unspin.decode import Trellis, posterior
from unspin.lattice import KEEP, Lattice
from unspin.tokens import BREAK, LOWER, NONE, Tokens, mix

GROUPS: Final = 4
"""Rates a text: quoted or not, times capitalised or not."""
_ROUNDS: Final = 6
"""Rounds of expectation maximisation; the rates hardly move after the fourth."""
_PRIOR: Final = 4.0
"""How many words' worth of evidence the rate of the whole text is, for each of its four."""
_HIGHEST: Final = 0.97
"""The highest rate: the spinner always leaves something."""


def groups(tokens: Tokens) -> Int64:
    """The rate that each token falls under: four a text (int64)."""
    group: Int64 = tokens.doc.astype(np.int64) * GROUPS + 2 * _quoted(tokens) + (tokens.case != LOWER)
    return group


def _quoted(tokens: Tokens) -> Int64:
    """1 for tokens between double quotes; a quotation ends at the latest with its paragraph."""
    char = tokens.char
    straight = char == ord('"')
    opens = (char == ord("“")) | (straight & (tokens.gap != NONE))
    closes = (char == ord("”")) | (straight & ~opens)
    event = opens | closes | (tokens.gap == BREAK)
    latest = np.maximum.accumulate(np.where(event, np.arange(len(tokens)), 0))
    quoted: Int64 = opens[latest].astype(np.int64)
    return quoted


@dataclass(frozen=True, slots=True)
class Prices:
    """What each arc costs at any rate. Per arc of the lattice: ``group`` (int64) and ``touch`` (float64): q of the
    originals that begin where a kept word stands; ``spun`` (float64): log of q p of a restored one, NaN if kept.
    ``idle_group`` and ``idle_touch`` are the same for the originals that no reading would change.
    """

    group: Int64
    touch: Float64
    spun: Float64
    idle_group: Int64
    idle_touch: Float64

    @classmethod
    def of(cls, lattice: Lattice, group: Int64, touch: Float64, prior: Float64) -> Prices:
        """``group`` and ``touch`` by token; ``prior`` by candidate (the last arcs of the lattice)."""
        word = lattice.first >= 0
        token = np.where(word, lattice.first, 0)
        kept = lattice.row == KEEP
        idle = touch > 0
        idle[lattice.first[word]] = False
        return cls(
            group[token],
            np.where(kept & word, touch[token], 0.0),
            np.concatenate([np.full(len(lattice) - len(prior), np.nan), prior]),
            group[idle],
            touch[idle],
        )

    def of_arcs(self, rate: Float64) -> Float64:
        """Log channel probability of each arc under the ``rate`` of each group."""
        r = rate[self.group]
        return np.where(np.isnan(self.spun), np.log1p(-r * self.touch), np.log(np.maximum(r, 1e-9)) + self.spun)

    def idle(self, rate: Float64, texts: int) -> Float64:
        """Log probability, for each text, that its originals outside of the lattice were left alone."""
        loss = np.log1p(-rate[self.idle_group] * self.idle_touch)
        return sums(self.idle_group // GROUPS, loss, texts)


def freshness(tokens: Tokens) -> Float64:
    """The share of the word pairs of each text that it has not had before.

    Nearly 1.0 for an article, 0.8 for a long one, little for what repeats itself.
    """
    texts = len(tokens.offset)
    inside = tokens.doc[1:] == tokens.doc[:-1]
    doc = tokens.doc[1:][inside]
    pair = mix(tokens.form[:-1] + np.uint64(1))[inside] + tokens.form[1:][inside]
    order = np.lexsort((pair, doc))
    doc, pair = doc[order], pair[order]
    new = np.ones(len(doc), dtype=bool)
    new[1:] = (doc[1:] != doc[:-1]) | (pair[1:] != pair[:-1])
    every = np.bincount(doc, minlength=texts)
    return np.where(every > 0, np.bincount(doc[new], minlength=texts) / np.maximum(every, 1), 1.0)


def gathered(
    lattice: Lattice,
    gain: Float64,
    idle: Float64,
    odds: Float64,
    found: Candidates,
    tokens: Tokens,
    fresh: Float64,
) -> Float64:
    """The evidence that each text was spun, in nats, never below zero.

    ``gain`` is how much better the readings of each stretch explain it than the words as they stand, ``idle`` (by text)
    what the originals outside of all stretches cost that were left alone, ``odds`` those of the arcs. What is said
    twice counts once, for and against: a clean text may repeat an odd word of its subject (*chunk*, *instance*) at
    will. What is only a rule counts for nothing: everybody writes *it is* and *nineteen seventies*.
    """
    text = lattice.text(tokens)
    odds = odds[len(lattice) - len(found) :]
    stretch = lattice.stretch[lattice.tail[len(lattice) - len(found) :]]
    _, same = np.unique(text[stretch] * (found.phrase.max(initial=0) + 2) + found.phrase, return_inverse=True)
    highest = np.zeros(len(same))
    np.maximum.at(highest, same, odds)
    times = (sums(same, odds, len(same)) / np.maximum(highest, 1e-9))[same]
    changed = sums(stretch, odds, len(gain))
    once = sums(stretch, odds * found.telling / np.maximum(times, 1.0), len(gain))
    share = np.where(changed > 0, once / np.where(changed > 0, changed, 1.0), 1.0)
    speaks = sums(text, np.maximum(gain, 0.0) * share, len(fresh))
    against = sums(text, np.minimum(gain, 0.0), len(fresh)) + idle
    return np.maximum(speaks + fresh * against, 0.0)


def estimate_rate(
    lattice: Lattice, trellis: Trellis, prices: Prices, texts: int, weight: float
) -> tuple[Float64, Float64]:
    """Rates of all groups (four a text), and of each text as a whole."""
    rate = np.full(texts * GROUPS, 0.5)
    whole = np.full(texts, 0.5)
    kept = np.isnan(prices.spun)
    counts = ~kept | (prices.touch > 0)
    step_arc = trellis.arc[trellis.target]
    for _ in range(_ROUNDS):
        mass, _likelihood = posterior(trellis, weight * trellis.language + prices.of_arcs(rate)[step_arc], len(lattice))
        mass = mass * counts
        chosen = np.where(kept, _chosen_but_kept(rate[prices.group], prices.touch), 1.0)
        idle = _chosen_but_kept(rate[prices.idle_group], prices.idle_touch)
        spun = sums(prices.group, mass * chosen, len(rate)) + sums(prices.idle_group, idle, len(rate))
        seen = sums(prices.group, mass, len(rate)) + np.bincount(prices.idle_group, minlength=len(rate))
        of_text = seen.reshape(texts, GROUPS).sum(axis=1)
        whole = np.minimum(spun.reshape(texts, GROUPS).sum(axis=1) / np.maximum(of_text, 1e-9), _HIGHEST)
        rate = np.minimum((spun + _PRIOR * np.repeat(whole, GROUPS)) / (seen + _PRIOR), _HIGHEST)
    return rate, whole


def _chosen_but_kept(rate: Float64, touch: Float64) -> Float64:
    """Probability that the spinner came to a word it left alone: it leaves ``1 - touch`` of what it comes to."""
    return rate * (1 - touch) / (1 - rate * touch)
