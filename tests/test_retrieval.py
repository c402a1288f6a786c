"""The compressed map gives back every value and takes one stranger in 65,536 for a key; the model on top adds up."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference import log_p

from unspin import language
from unspin.language import EDGE, RESERVED, UNKNOWN
from unspin.retrieval import Retrieval
from unspin.tokens import Tokens

MODEL = language.load()


def random_keys(size: int, seed: int) -> np.ndarray:
    """Distinct keys, half of them close together."""
    keys = np.random.default_rng(seed).integers(0, 2**63, size=size, dtype=np.uint64)
    keys[::2] = np.arange(len(keys[::2]), dtype=np.uint64)
    return np.unique(keys)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 10, 33, 100, 1_000, 30_000])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.uint32])
def test_every_value_comes_back(size: int, dtype: type) -> None:
    for seed in range(8 if size <= 100 else 1):
        keys = random_keys(size, seed)
        values = np.random.default_rng(seed).integers(0, np.iinfo(dtype).max, size=len(keys), dtype=dtype)
        stored = Retrieval.build(keys, values)
        found, got = stored.get(keys)
        assert found.all()
        assert got.dtype == dtype
        assert (got == values).all()
        again = Retrieval(stored.prints, stored.values, **stored.facts)
        assert (again.get(keys[::-1])[1] == values[::-1]).all()


@given(st.dictionaries(st.integers(0, 2**64 - 1), st.integers(0, 255), min_size=1, max_size=60))
def test_any_keys(pairs: dict[int, int]) -> None:
    keys = np.array(list(pairs), dtype=np.uint64)
    found, got = Retrieval.build(keys, np.array(list(pairs.values()), dtype=np.uint8)).get(keys)
    assert found.all()
    assert got.tolist() == list(pairs.values())


def test_strangers() -> None:
    keys = random_keys(20_000, 1)
    stored = Retrieval.build(keys, np.zeros(len(keys), dtype=np.uint8))
    strangers = np.setdiff1d(np.random.default_rng(2).integers(0, 2**63, size=2_000_000, dtype=np.uint64), keys)
    found, got = stored.get(strangers)
    expected = len(strangers) / 2**16
    assert abs(found.sum() - expected) < 6 * math.sqrt(expected)
    assert len(got) == found.sum()


def test_size() -> None:
    stored = Retrieval.build(random_keys(200_000, 3), np.zeros(200_000, dtype=np.uint8))
    assert len(stored.prints) == len(stored.values) < 1.25 * 200_000


def test_the_same_key_twice() -> None:
    with pytest.raises(ValueError, match="distinct"):
        Retrieval.build(np.array([7, 7, 8], dtype=np.uint64), np.zeros(3, dtype=np.uint8))


# The language model

CONTEXTS = (
    "of the", "the white", "he said", "shook hands", "in line", "she was", "green umbrella", "according to",
    "they were", "united states", "glacier hammock", "last year", "prime minister", "had been", "on monday",
    "the first", "a new", "we have", "it is", "two people", "very old", "did not", "new york", "more than",
    "will be", "they had", "three days",
)  # fmt: skip


def test_probabilities_add_up_to_one() -> None:
    """Strangers that are taken for n-grams (one look-up in 65,536 of each order) can only add to the sum of a context:
    it is never short of one, it is one where there are none of weight, and they are few.
    """
    size = len(MODEL.unigram)
    assert np.exp(MODEL.unigram.astype(np.float64)).sum() == pytest.approx(1.0, abs=1e-6)
    ids = MODEL.ids(Tokens.of(list(CONTEXTS))).reshape(-1, 2)
    ids = np.concatenate([ids, [[EDGE, EDGE], [EDGE, ids[0, 1]], [UNKNOWN, UNKNOWN]]])
    totals = []
    for first, second in ids.tolist():
        scores = MODEL.score(np.full(size, first), np.full(size, second), np.arange(size))
        totals.append(float(np.exp(scores.astype(np.float64)).sum()))
    assert min(totals) > 0.98
    assert np.quantile(totals, 0.1) < 1.02
    assert np.mean(totals) < 1.6


@given(st.lists(st.tuples(*[st.integers(0, len(MODEL.unigram) - 1)] * 3), min_size=1, max_size=30))
def test_many_as_one_by_one(triples: list[tuple[int, int, int]]) -> None:
    columns = np.array(triples, dtype=np.int64).T
    assert MODEL.score(*columns).tolist() == [log_p(*triple) for triple in triples]


def test_sentences_as_one_by_one() -> None:
    ids = MODEL.ids(Tokens.of(["They shook hands at the White House before the talks began on Monday."]))
    together = MODEL.score(ids[:-2], ids[1:-1], ids[2:])
    triples = zip(ids[:-2].tolist(), ids[1:-1].tolist(), ids[2:].tolist(), strict=True)
    assert together.tolist() == [log_p(*triple) for triple in triples]
    assert (together < 0).all()


def test_ids() -> None:
    ids = MODEL.ids(Tokens.of(["house House 1,000 37,512 1996 2003 19th 20th 1970s zzqxv"])).tolist()
    assert ids[0] == ids[1] >= RESERVED
    assert ids[2] == ids[3] < RESERVED
    assert ids[4] == ids[5] < RESERVED
    assert ids[6] == ids[7] < RESERVED
    assert len({*ids[:8:2], ids[8]}) == 5
    assert ids[9] == UNKNOWN
