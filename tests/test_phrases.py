"""The index of phrases finds what a plain search finds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import spun_prose

from unspin import tables
from unspin.phrases import Phrases
from unspin.tokens import BREAK, Tokens

words = st.sampled_from(["a", "b", "c", "A", "d's"])
joints = st.sampled_from([" ", " ", " ", "-", "  ", "\n", "\n\n", ". "])


@st.composite
def glued(draw: st.DrawFn, gaps: st.SearchStrategy[str], most: int) -> str:
    first, rest = draw(words), draw(st.lists(st.tuples(gaps, words), max_size=most))
    return first + "".join(gap + word for gap, word in rest)


phrase_lists = st.lists(glued(st.sampled_from([" ", " ", "-"]), 3), max_size=8, unique_by=str.lower)


def signature(tokens: Tokens, low: int, high: int) -> tuple[list[int], list[int]]:
    return tokens.form[low:high].tolist(), tokens.gap[low + 1 : high].tolist()


def plain_search(phrases: list[str], tokens: Tokens, usable: np.ndarray) -> set[tuple[int, int, int]]:
    wanted = []
    for phrase in phrases:
        own = Tokens.of([phrase])
        wanted.append((len(own), signature(own, 0, len(own))))
    return {
        (at, at + size, number)
        for number, (size, same) in enumerate(wanted)
        for at in range(len(tokens) - size + 1)
        if usable[at : at + size].all() and signature(tokens, at, at + size) == same
    }


def found(index: Phrases, tokens: Tokens, usable: np.ndarray) -> set[tuple[int, int, int]]:
    columns = [column.tolist() for column in index.find(tokens, usable)]
    hits = list(zip(*columns, strict=True))
    assert len(set(hits)) == len(hits)
    return set(hits)


@example([], ["a b"], 0)
@example(["a"], [], 0)
@example(["a b c", "b"], ["a b", "c a", "b c"], 0)
@given(phrase_lists, st.lists(glued(joints, 12), max_size=4), st.integers(0, 2**32))
def test_finds_what_a_plain_search_finds(phrases: list[str], texts: list[str], seed: int) -> None:
    tokens = Tokens.of(texts)
    index = Phrases.index(phrases)
    everywhere = np.ones(len(tokens), dtype=bool)
    some = np.random.default_rng(seed).random(len(tokens)) < 0.8
    for usable in (everywhere, some, ~everywhere):
        assert found(index, tokens, usable) == plain_search(phrases, tokens, usable)


@given(spun_prose)
def test_finds_the_shipped_phrases(text: str) -> None:
    table, tokens = tables.load(), Tokens.of([text])
    first, last, entry = table.spun.find(tokens, np.ones(len(tokens), dtype=bool))
    assert len(first)
    for low, high, number in zip(first.tolist(), last.tolist(), entry.tolist(), strict=True):
        assert signature(Tokens.of([table.spun_text(number)]), 0, high - low) == signature(tokens, low, high)
        assert BREAK not in tokens.gap[low + 1 : high]


def test_order_is_by_length_then_place() -> None:
    tokens = Tokens.of(["a b c a b"])
    columns = Phrases.index(["a b", "b", "a", "b c a"]).find(tokens, np.ones(5, dtype=bool))
    assert [c.tolist() for c in columns] == [[0, 1, 3, 4, 0, 3, 1], [1, 2, 4, 5, 2, 5, 4], [2, 1, 2, 1, 0, 0, 3]]


@pytest.mark.parametrize(
    ("phrases", "message"),
    [
        (["a", " "], "no words"),
        (["a", ""], "no words"),
        (["a", "b\n\nc"], "line break"),
        (["a b", "A  B"], "same phrase"),
        (["it’s", "it's"], "same phrase"),
    ],
)
def test_refuses(phrases: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Phrases.index(phrases)
