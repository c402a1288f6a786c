"""The decoder again, slow and plain: every reading written out, every word scored in its sentence. What the engine
computes in columns is held to this.

``Decoded`` runs the stages of the engine on one text and keeps what they say; ``Reference`` takes from it only what
the tables allow and what each choice costs, and knows nothing of stretches, states and steps.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from unspin import Restorer, candidates, channel, decode, lattice, zones
from unspin.arrays import Float64
from unspin.language import EDGE, WEIGHT
from unspin.lattice import KEEP
from unspin.realise import realise
from unspin.record import apply
from unspin.tokens import BREAK, Tokens

RESTORER = Restorer()
_SCORES: dict[tuple[int, int, int], float] = {}


def log_p(first: int, second: int, word: int) -> float:
    """log p(word | first second), one at a time."""
    key = (first, second, word)
    if key not in _SCORES:
        columns = (np.array([n], dtype=np.int64) for n in key)
        _SCORES[key] = float(RESTORER.language.score(*columns)[0])
    return _SCORES[key]


class Decoded:
    """What the engine makes of one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = Tokens.of([text])
        model, table = RESTORER.language, RESTORER.tables
        self.words = model.ids(self.tokens)
        self.usable = zones.prose(self.tokens, [zones.find(text)])
        self.found = candidates.find(self.tokens, self.words, self.usable, table, RESTORER._original_ids, model)
        self.graph = lattice.build(lattice.Places.of(self.tokens, self.words), self.found)
        self.trellis = decode.unroll(self.graph, model)
        touch = candidates.touched(self.tokens, self.usable, table)
        prices = channel.Prices.of(self.graph, channel.groups(self.tokens), touch, self.found.prior)
        rates, _ = channel.estimate_rate(self.graph, self.trellis, prices, 1, WEIGHT)
        self.price = prices.of_arcs(rates)
        weight = WEIGHT * self.trellis.language + self.price[self.trellis.arc[self.trellis.target]]
        self.odds, self.likelihood = decode.posterior(self.trellis, weight, len(self.graph))

    def restored(self, odds: Float64) -> str:
        """The text after the edits of these odds."""
        spun = np.ones(1, dtype=bool)
        return apply(self.text, realise(self.tokens, self.graph, odds, RESTORER.tables, self.usable, spun, 0.5)[0])


class Choice(NamedTuple):
    """One way to read the tokens up to ``last``; ``arc`` is its number in the lattice, -1 where there is no other."""

    last: int
    words: tuple[int, ...]
    price: float
    arc: int


@dataclass(frozen=True)
class Reference:
    """One paragraph, tokens ``first`` up to ``last``: what may be chosen at each token."""

    decoded: Decoded
    first: int
    last: int

    @classmethod
    def of(cls, decoded: Decoded) -> list[Reference]:
        """The paragraphs of a text."""
        begins = [*np.flatnonzero(decoded.tokens.gap == BREAK).tolist(), len(decoded.tokens)]
        return [cls(decoded, low, high) for low, high in pairwise(begins)]

    @cached_property
    def choices(self) -> dict[int, list[Choice]]:
        """By token: leave it, or any candidate that begins there."""
        d = self.decoded
        keep_arc = {int(t): k for k, t in enumerate(d.graph.first.tolist()) if d.graph.row[k] == KEEP}
        out: dict[int, list[Choice]] = {}
        for token in range(self.first, self.last):
            arc = keep_arc.get(token, -1)
            out[token] = [Choice(token + 1, (int(d.words[token]),), float(d.price[arc]) if arc >= 0 else 0.0, arc)]
        own = len(d.graph) - len(d.found)
        for k in range(len(d.found)):
            first, begin = int(d.found.first[k]), int(d.found.begin[k])
            if self.first <= first < self.last:
                words = tuple(d.found.word[begin : begin + int(d.found.size[k])].tolist())
                out[first].append(Choice(int(d.found.last[k]), words, float(d.price[own + k]), own + k))
        return out

    def count(self) -> int:
        """How many readings there are."""
        ways = {self.last: 1}
        for token in range(self.last - 1, self.first - 1, -1):
            ways[token] = sum(ways[c.last] for c in self.choices[token])
        return ways[self.first]

    def readings(self) -> Iterator[tuple[tuple[int, ...], float]]:
        """Each reading, as the arcs it takes, and its log likelihood."""
        return self._from(self.first, (EDGE, EDGE), (), 0.0)

    def _from(self, token: int, context: tuple[int, int], arcs: tuple[int, ...], total: float) -> Iterator:
        if token == self.last:
            yield arcs, total + WEIGHT * log_p(*context, EDGE)
            return
        for choice in self.choices[token]:
            after, score = _extended(context, choice)
            yield from self._from(choice.last, after, (*arcs, choice.arc), total + score)

    def as_it_stands(self) -> float:
        """Log likelihood of the words of the paragraph, without the channel."""
        total, context = 0.0, (EDGE, EDGE)
        for word in [*self.decoded.words[self.first : self.last].tolist(), EDGE]:
            total += WEIGHT * log_p(*context, word)
            context = context[1], word
        return total

    def posterior(self) -> tuple[dict[int, float], float]:
        """Probability of each arc, and the log of the summed likelihood of all readings."""
        every = list(self.readings())
        top = max(score for _, score in every)
        mass = math.fsum(math.exp(score - top) for _, score in every)
        odds: dict[int, float] = {}
        for arcs, score in every:
            for arc in arcs:
                odds[arc] = odds.get(arc, 0.0) + math.exp(score - top) / mass
        return odds, top + math.log(mass)

    def best(self, beam: int) -> tuple[int, ...]:
        """The arcs of the likeliest reading, by a beam over the text: at each token the ``beam`` best beginnings."""
        reached: dict[int, dict[tuple[int, int], tuple[float, tuple]]] = {self.first: {(EDGE, EDGE): (0.0, ())}}
        for token in range(self.first, self.last):
            states = sorted(reached.pop(token, {}).items(), key=lambda item: -item[1][0])[:beam]
            for context, (total, path) in states:
                for choice in self.choices[token]:
                    after, score = _extended(context, choice)
                    there = reached.setdefault(choice.last, {})
                    if after not in there or there[after][0] < total + score:
                        there[after] = total + score, (path, choice.arc)
        ends = [(total + WEIGHT * log_p(*context, EDGE), path) for context, (total, path) in reached[self.last].items()]
        path, arcs = max(ends, key=lambda end: end[0])[1], []
        while path:
            path, arc = path
            arcs.append(arc)
        return tuple(reversed(arcs))


def _extended(context: tuple[int, int], choice: Choice) -> tuple[tuple[int, int], float]:
    score = choice.price
    for word in choice.words:
        score += WEIGHT * log_p(*context, word)
        context = context[1], word
    return context, score
