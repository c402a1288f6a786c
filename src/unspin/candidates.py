"""Which spans of a batch could be which originals: everything that the tables and the mechanisms allow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from unspin import mechanisms
from unspin.arrays import Bools, Float64, Int32, Int64, spread, sums
from unspin.language import WEIGHT, Language
from unspin.tables import TIERS, Tables
from unspin.tokens import Tokens

UNWRAP: Final = -2
"""The row of a candidate that takes the braces off what they hold."""
_SPELT: Final = 5.0
"""Log odds that a digit spelt out inside a number is a spinner's: hardly anybody writes *six.7* otherwise."""
_LEAKED: Final = -2.0
"""Log prior of braces left around an original."""
_MECHANISM: Final = TIERS.index("mechanism")


@dataclass(frozen=True, slots=True)
class Candidates:
    """Tokens ``first`` up to ``last`` (int64) could stand for the words ``word[begin : begin + size]`` (int64, ids of
    the language model).

    ``row`` (int32) is the table row or ``UNWRAP``, ``phrase`` (int64) the number of the spun phrase (-1 for braces),
    ``telling`` (bool) whether it rests on an observation, not on a rule, ``prior`` (float64) the log of q(o) p(s|o).
    """

    first: Int64
    last: Int64
    row: Int32
    phrase: Int64
    telling: Bools
    prior: Float64
    word: Int64
    begin: Int64
    size: Int64

    def __len__(self) -> int:
        return len(self.first)


def find(tokens: Tokens, words: Int64, usable: Bools, tables: Tables, originals: Int64, model: Language) -> Candidates:
    """All candidates of a batch. ``words`` are the language ids of its tokens, ``originals`` those of the words of the
    tables' originals, ``usable`` says which tokens may be changed.
    """
    spelt_out = mechanisms.in_number(tokens)
    # the digits behind the point belong to the number
    usable = usable & ~np.concatenate([[False, False], spelt_out[:-2]])[: len(tokens)]
    first, last, phrase = tables.spun.find(tokens, usable)
    low = tables.spun_row[phrase]
    match, row = spread(low, tables.spun_row[phrase.astype(np.int64) + 1] - low)
    first, last = first[match], last[match]
    original = tables.row_original[row]
    prior = tables.prior[row].astype(np.float64)
    spelt = spelt_out[first] & (tables.tier[row] == _MECHANISM)
    prior[spelt] = _SPELT

    opening, closing = mechanisms.unwrapped(tokens)
    barred = np.concatenate([[0], np.cumsum(~usable)])
    free = barred[closing] == barred[opening]
    opening, closing = opening[free], closing[free]
    # a brace is rare in the model's corpora; that alone is no sign of spinning: templates and formulas have them too
    braces = model.unigram[words[opening]] + model.unigram[words[closing - 1]]
    begin = tables.original_word[original]
    return Candidates(
        first=np.concatenate([first, opening]),
        last=np.concatenate([last, closing]),
        row=np.concatenate([row, np.full(len(opening), UNWRAP)]).astype(np.int32),
        phrase=np.concatenate([tables.row_spun[row].astype(np.int64), np.full(len(opening), -1)]),
        telling=np.concatenate([(tables.tier[row] != _MECHANISM) | spelt, np.zeros(len(opening), dtype=bool)]),
        prior=np.concatenate([prior, _LEAKED + WEIGHT * braces.astype(np.float64)]),
        word=np.concatenate([originals, words]),
        begin=np.concatenate([begin, opening + 1 + len(originals)]),
        size=np.concatenate([tables.original_word[original + 1] - begin, closing - opening - 2]),
    )


def touched(tokens: Tokens, usable: Bools, tables: Tables) -> Float64:
    """How likely a spinner at full rate would have touched what begins at each token (float64), by the originals of
    the tables that stand there unspun.
    """
    first, _, phrase = tables.original.find(tokens, usable)
    left = sums(first, np.log1p(-tables.touched[phrase].astype(np.float64)), len(tokens))
    return -np.expm1(left)
