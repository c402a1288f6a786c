"""The language model: how likely a word is after the two before it, for millions of places at a time.

An interpolated trigram model over lower-cased words, written in back-off form: the file holds log p(w | context) for
the n-grams that were kept and, for each context, the back-off weight that gives back exactly the mass of those that
were not. ``unspin.training.estimate`` says how it is estimated.

The file (``unspin.store``, kind ``language``) has these arrays:

``forms``    uint64, sorted: the hash of each word of the vocabulary; a word's id is its rank plus ``RESERVED``
``unigram``  float32: log p of each id                      ``backoff``  float32: log back-off weight of each id
``p2 b2 p3`` float32[256]: codebooks of log probabilities and log back-off weights
``*.prints`` uint16, ``*.values`` uint8/uint16: an ``unspin.retrieval`` for ``bigram`` (code of p2, code of b2 shifted
             by 8) and ``trigram`` (code of p3), keyed by the ids packed at 20 bits each

Ids below ``RESERVED`` stand for classes: unknown words, the edge of a paragraph, numbers of three digits and more,
years, ordinals, decades. Natural logarithms throughout.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from unspin import store
from unspin.arrays import Float32, Int64, UInt8, UInt64
from unspin.retrieval import Retrieval
from unspin.tokens import Tokens

KIND: Final = "language"
VERSION: Final = 1
UNKNOWN, EDGE = 0, 1
RESERVED: Final = 6
NOWHERE: Final = (1 << 20) - 1
"""An id that no n-gram holds: what stands before a word when nothing is known."""
WEIGHT: Final = 0.8
"""Exponent of the model in a reading's score: its trigrams overlap, so their product is too sure of itself."""
_BITS: Final = np.uint64(20)
_FILE: Final = Path(__file__).parent / "data" / "language.bin"


def pack(*ids: Int64) -> UInt64:
    """Two or three ids in one key."""
    key = ids[0].astype(np.uint64)
    for other in ids[1:]:
        key = (key << _BITS) | other.astype(np.uint64)
    return key


def classify(forms: UInt64, form: UInt64, shape: UInt8) -> Int64:
    """Word ids of tokens from their form and shape; ``forms`` is the sorted vocabulary."""
    place = np.searchsorted(forms, form)
    place[place == len(forms)] = 0
    ids = np.where(forms[place] == form, place + RESERVED, UNKNOWN)
    return np.where(shape > 0, shape + EDGE, ids)


@dataclass(frozen=True, slots=True)
class Language:
    """A loaded model; read-only, shared by threads and, through the page cache, by processes.

    >>> model = load()
    >>> ids = model.ids(Tokens.of(["shook hands fingers"]))
    >>> hands, fingers = model.score(ids[[0, 0]], ids[[0, 0]], ids[[1, 2]])
    >>> bool(hands > fingers + 3)
    True
    """

    forms: UInt64
    unigram: Float32
    backoff: Float32
    p2: Float32
    b2: Float32
    p3: Float32
    bigram: Retrieval
    trigram: Retrieval

    def ids(self, tokens: Tokens) -> Int64:
        """The id of each token (int64)."""
        return classify(self.forms, tokens.form, tokens.shape)

    def score(self, first: Int64, second: Int64, word: Int64) -> Float32:
        """Log p(word | first second) for three columns of ids (float32)."""
        out = np.empty(len(word), dtype=np.float32)
        found, code = self.trigram.get(pack(first, second, word))
        out[found] = self.p3[code]
        rest = ~found
        out[rest] = self._shorter(first[rest], second[rest], word[rest])
        return out

    def _shorter(self, first: Int64, second: Int64, word: Int64) -> Float32:
        out = self.backoff[second] + self.unigram[word]
        found, code = self.bigram.get(pack(second, word))
        out[found] = self.p2[code & 0xFF]
        known, code = self.bigram.get(pack(first, second))
        out[known] += self.b2[code >> 8]
        return out


@cache
def load(path: Path = _FILE) -> Language:
    """Map the model of ``path`` (by default the one that is shipped). Raises ``unspin.store.StoreError``."""
    header, a = store.read(path, KIND, VERSION)
    tables = [Retrieval(a[f"{n}.prints"], a[f"{n}.values"], **header["facts"][n]) for n in ("bigram", "trigram")]
    return Language(a["forms"], a["unigram"], a["backoff"], a["p2"], a["b2"], a["p3"], *tables)
