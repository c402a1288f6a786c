"""Estimate the language model from counts, prune it to size, and write it.

Smoothing: interpolated absolute discounting with three discounts an order (Chen & Goodman 1998), the lower orders
either on continuation counts (``kneser_ney``, the method named modified Kneser-Ney) or on plain counts. The benchmark
``python -m benchmarks perplexity`` compares the two after pruning; docs/language-model.md has the figures and the
choice.

Pruning: an n-gram stays when ``count * (log p(w|context) - log of what backing off would give)`` is among the largest
(weighted difference, Seymore & Rosenfeld 1996). Back-off weights are computed after pruning, so that each context
sums to one: the mass of what was dropped goes back to the shorter context.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from unspin import store
from unspin.arrays import Array, Bools, Float32, Float64, Int64, UInt8, UInt64
from unspin.language import EDGE, KIND, RESERVED, VERSION
from unspin.retrieval import Retrieval
from unspin.training.counts import Counts, tally

_BITS: Final = np.uint64(20)
_ID: Final = np.uint64((1 << 20) - 1)
_PAIR: Final = np.uint64((1 << 40) - 1)


@dataclass(frozen=True, slots=True)
class Estimate:
    """The pruned model: log probabilities of the kept n-grams and log back-off weights of their contexts."""

    forms: UInt64
    unigram: Float64
    backoff: Float64
    pairs: UInt64
    pair_p: Float64
    pair_backoff: Float64
    triples: UInt64
    triple_p: Float64


def _discounts(counts: Int64) -> Float64:
    """The three discounts of modified Kneser-Ney, from how many n-grams occur one to four times."""
    n1, n2, n3, n4 = (max(1, int((counts == k).sum())) for k in (1, 2, 3, 4))
    y = n1 / (n1 + 2 * n2)
    raw = [1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3]
    return np.array([0.0, *np.clip(raw, [0.3, 0.6, 0.9], [0.95, 1.6, 2.0])])


def _discounted(counts: Int64, group: Int64, groups: int) -> tuple[Float64, Float64]:
    """(count - D) / total of each n-gram, and the mass set free in each context."""
    discount = _discounts(counts)[np.minimum(counts, 3)]
    total = np.bincount(group, weights=counts, minlength=groups)
    freed = np.bincount(group, weights=discount, minlength=groups)
    total[total == 0] = 1
    return (counts - discount) / total[group], freed / total


def _groups(contexts: UInt64) -> tuple[UInt64, Int64]:
    """Distinct contexts of sorted keys and the index of each key's context."""
    first = np.concatenate(([True], contexts[1:] != contexts[:-1]))
    return contexts[first], np.cumsum(first) - 1


def _find(keys: UInt64, wanted: UInt64) -> tuple[Int64, Array]:
    place = np.searchsorted(keys, wanted)
    place[place == len(keys)] = 0
    return place, keys[place] == wanted


def _left(kept: Float64, lower: Float64, group: Int64, groups: int) -> Float64:
    """Log back-off weights: what the kept n-grams of a context leave, over what the shorter context leaves."""
    rest = 1 - np.bincount(group, weights=kept, minlength=groups)
    below = 1 - np.bincount(group, weights=lower, minlength=groups)
    return np.log(np.clip(rest, 1e-6, None) / np.clip(below, 1e-6, None))


def estimate(counts: Counts, pairs: int, triples: int, *, kneser_ney: bool) -> Estimate:
    """Estimate from ``counts`` and keep about ``pairs`` bigrams and ``triples`` trigrams."""
    words = RESERVED + len(counts.forms)
    keys2, keys3 = counts.keys[1], counts.keys[2]
    plain2, plain3 = counts.counts[1], counts.counts[2]
    ends = (keys2 & _ID).astype(np.int64)
    starts = (keys2 >> _BITS).astype(np.int64)
    if kneser_ney:
        suffixes, kinds = tally(keys3 & _PAIR)
        place, found = _find(suffixes, keys2)
        counts2 = np.where(starts == EDGE, plain2, np.where(found, kinds[place], 1))
        counts1 = np.bincount(ends, minlength=words)
    else:
        counts2 = plain2
        counts1 = np.bincount(ends, weights=plain2, minlength=words).astype(np.int64)

    seen = np.flatnonzero(counts1)
    share, freed = _discounted(counts1[seen], np.zeros(len(seen), dtype=np.int64), 1)
    p1 = np.full(words, freed[0] / words)
    p1[seen] += share

    share, free2 = _discounted(counts2, starts, words)
    p2 = share + free2[starts] * p1[ends]

    contexts, group = _groups(keys3 >> _BITS)
    share, free3 = _discounted(plain3, group, len(contexts))
    place, found = _find(keys2, keys3 & _PAIR)
    middle = ((keys3 >> _BITS) & _ID).astype(np.int64)
    lower = np.where(found, p2[place], free2[middle] * p1[(keys3 & _ID).astype(np.int64)])
    p3 = share + free3[group] * lower
    gain = plain3 * (np.log(p3) - np.log(free3[group] * lower))
    keep3 = _largest(gain, triples)
    del share, place, found, middle, lower, gain

    needed = np.unique(keys3[keep3] >> _BITS)
    gain = plain2 * (np.log(p2) - np.log(free2[starts] * p1[ends]))
    keep2 = _largest(gain, pairs)
    keep2[_find(keys2, needed)[0]] = True
    kept_pairs, kept_p2 = keys2[keep2], p2[keep2]
    group2 = starts[keep2]
    backoff = _left(kept_p2, p1[ends[keep2]], group2, words)

    kept_triples, kept_p3 = keys3[keep3], p3[keep3]
    contexts, group = _groups(kept_triples >> _BITS)
    place, found = _find(kept_pairs, kept_triples & _PAIR)
    middle = ((kept_triples >> _BITS) & _ID).astype(np.int64)
    below = np.where(found, kept_p2[place], np.exp(backoff[middle]) * p1[(kept_triples & _ID).astype(np.int64)])
    weights = _left(kept_p3, below, group, len(contexts))
    pair_backoff = np.zeros(len(kept_pairs))
    place, found = _find(kept_pairs, contexts)
    pair_backoff[place[found]] = weights[found]
    return Estimate(
        counts.forms, np.log(p1), backoff, kept_pairs, np.log(kept_p2), pair_backoff, kept_triples, np.log(kept_p3)
    )


def _largest(gain: Float64, many: int) -> Bools:
    if len(gain) <= many:
        return np.ones(len(gain), dtype=bool)
    kept: Bools = gain > np.partition(gain, len(gain) - many)[len(gain) - many]
    return kept


def _codes(values: Float64) -> tuple[Float32, UInt8]:
    """Quantise to 256 levels of equal share, each the mean of its members."""
    edges = np.unique(np.quantile(values, np.linspace(0, 1, 257)))[1:-1]
    code = np.searchsorted(edges, values, side="right")
    book = np.bincount(code, weights=values, minlength=256) / np.maximum(np.bincount(code, minlength=256), 1)
    return book.astype(np.float32), code.astype(np.uint8)


def save(model: Estimate, path: Path, facts: dict[str, int]) -> str:
    """Quantise and write ``model``; returns the sha256 of the arrays."""
    p2, p2_code = _codes(model.pair_p)
    b2, b2_code = _codes(model.pair_backoff)
    p3, p3_code = _codes(model.triple_p)
    bigram = Retrieval.build(model.pairs, p2_code.astype(np.uint16) | (b2_code.astype(np.uint16) << 8))
    trigram = Retrieval.build(model.triples, p3_code)
    arrays: dict[str, Array] = {
        "forms": model.forms,
        "unigram": model.unigram.astype(np.float32),
        "backoff": model.backoff.astype(np.float32),
        "p2": p2,
        "b2": b2,
        "p3": p3,
        "bigram.prints": bigram.prints,
        "bigram.values": bigram.values,
        "trigram.prints": trigram.prints,
        "trigram.values": trigram.values,
    }
    return store.write(path, KIND, VERSION, {**facts, "bigram": bigram.facts, "trigram": trigram.facts}, arrays)
