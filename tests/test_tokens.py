"""Tokens lose nothing, point into the Python string, and are the same alone and in company."""

from __future__ import annotations

from itertools import pairwise

import pytest
import regex
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import any_text, mixed, spun_prose

from unspin.tokens import (
    BREAK,
    DECADE,
    LOWER,
    MIXED,
    NONE,
    NUMBER,
    ORDINAL,
    OTHER,
    PLAIN,
    PUNCT,
    QUANTITY,
    SPACE,
    TITLE,
    UPPER,
    WORD,
    YEAR,
    Tokens,
    form_of,
)

texts = any_text | mixed | spun_prose
COLUMNS = ("kind", "shape", "case", "gap", "form")


@example([""])
@example(["", " \n", "a", ""])
@example(["\ud83d", "\ude00 \U0001f600\U0001f600"])
@given(st.lists(texts, max_size=5))
def test_lossless(many: list[str]) -> None:
    tokens = Tokens.of(many)
    base = tokens.offset[tokens.doc]
    starts, ends = (tokens.start - base).tolist(), (tokens.end - base).tolist()
    words = tokens.words()
    assert [many[d][s:e] for d, s, e in zip(tokens.doc.tolist(), starts, ends, strict=True)] == words
    assert all(words)
    assert not any(regex.search(r"\s", word) for word in words)
    for doc, text in enumerate(many):
        own = [k for k in range(len(tokens)) if tokens.doc[k] == doc]
        bounds = [0, *(bound for k in own for bound in (starts[k], ends[k])), len(text)]
        assert bounds == sorted(bounds)
        between = [text[low:high] for low, high in zip(bounds[::2], bounds[1::2], strict=True)]
        assert all(regex.fullmatch(r"\s*", gap) for gap in between)
        gaps = tokens.gap[own].tolist()
        assert gaps[:1] in ([], [BREAK])
        assert all((found == NONE) == (gap == "") for found, gap in zip(gaps[1:], between[1:-1], strict=True))


@given(st.lists(texts, max_size=5))
def test_alone_as_in_company(many: list[str]) -> None:
    together = Tokens.of(many)
    for doc, text in enumerate(many):
        own, alone = together.doc == doc, Tokens.of([text])
        assert (together.start[own] - together.offset[doc]).tolist() == alone.start.tolist()
        for name in COLUMNS:
            assert getattr(together, name)[own].tolist() == getattr(alone, name).tolist()


@given(texts)
def test_kinds_and_case(text: str) -> None:
    tokens = Tokens.of([text])
    for word, kind, case in zip(tokens.words(), tokens.kind.tolist(), tokens.case.tolist(), strict=True):
        letters = regex.findall(r"\p{L}|\p{M}", word)
        digits = regex.findall(r"\p{Nd}", word)
        if kind == WORD:
            assert letters
            assert not digits
        elif kind == NUMBER:
            assert digits
            assert not letters
        elif kind == OTHER:
            assert letters or digits or "_" in word
        else:
            assert not letters
            assert not digits
            assert len(set(word)) == 1
        if word.isascii() and letters:
            bare = "".join(letters)
            expected = (
                LOWER
                if bare.islower()
                else TITLE
                if bare[0].isupper() and word[0].isalpha() and not any(c.isupper() for c in bare[1:])
                else UPPER
                if bare.isupper() and len(bare) > 1
                else MIXED
            )
            assert case == expected


@given(st.lists(texts, min_size=1, max_size=4))
def test_forms_are_equal_where_the_folded_words_are(many: list[str]) -> None:
    tokens = Tokens.of(many)
    quotes = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "“": '"', "”": '"', "„": '"', "–": "—", "―": "—"})
    of_form: dict[int, str] = {}
    for word, form in zip(tokens.words(), tokens.form.tolist(), strict=True):
        folded = "".join(c.lower() if len(c.lower()) == 1 and c < "\U00010000" else c for c in word.translate(quotes))
        assert of_form.setdefault(form, folded[:63]) == folded[:63]
    assert len(set(of_form.values())) == len(of_form) or any(len(w) > 63 for w in tokens.words())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The U.S. won’t pay 1,000.", ["The", "U.S.", "won", "’t", "pay", "1,000", "."]),
        ("know-how -- and... more", ["know", "-", "how", "--", "and", "...", "more"]),
        ("at 10:30 a.m. on the 19th", ["at", "10:30", "a.m.", "on", "the", "19th"]),
        ("snake_case, 'quoted'", ["snake_case", ",", "'", "quoted", "'"]),
        ("six.7% of $2.5", ["six", ".", "7", "%", "of", "$", "2.5"]),
        ("naïve cafe\u0301\u00a0Ωmega", ["naïve", "cafe\u0301", "Ωmega"]),
        ("\ufeffa\u200bb \U0001d4d0\U0001d4d1!", ["\ufeff", "a", "\u200b", "b", "\U0001d4d0\U0001d4d1", "!"]),
        ("\ud83d\ude00x", ["\ud83d", "\ude00", "x"]),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert Tokens.of([text]).words() == words


def test_shapes() -> None:
    shapes = {
        "7": PLAIN,
        "42": PLAIN,
        "1,000": QUANTITY,
        "6.7": QUANTITY,
        "365": QUANTITY,
        "1996": YEAR,
        "3996": QUANTITY,
    }
    shapes |= {"19th": ORDINAL, "1st": ORDINAL, "1970s": DECADE, "word": PLAIN, "x1": PLAIN, "19ths": PLAIN}
    tokens = Tokens.of(list(shapes))
    assert dict(zip(tokens.words(), tokens.shape.tolist(), strict=True)) == shapes


@pytest.mark.parametrize(
    ("between", "gap"),
    [
        (" ", SPACE),
        ("\u00a0", SPACE),
        ("\t ", SPACE),
        ("\n", SPACE),
        ("\r\n", SPACE),
        ("\n\n", BREAK),
        ("\r\n\r\n", BREAK),
        (" \n \n", BREAK),
        ("\u2029\u2029", BREAK),
    ],
)
def test_gaps_within_a_sentence(between: str, gap: int) -> None:
    assert Tokens.of([f"one{between}two"]).gap.tolist() == [BREAK, gap]


def test_a_line_ends_the_context_after_a_full_stop_and_before_a_capital() -> None:
    assert Tokens.of(["One.\ntwo"]).gap.tolist() == [BREAK, NONE, BREAK]
    assert Tokens.of(["One\nTwo"]).gap.tolist() == [BREAK, BREAK]
    assert Tokens.of(["One\n2"]).gap.tolist() == [BREAK, BREAK]


def test_form_of() -> None:
    for one, other in (("House", "HOUSE"), ("Éa", "éa"), ("’", "'"), ("“", '"'), ("ΣΑ", "σα")):
        assert form_of(one) == form_of(other)
    words = ["a", "b", "ab", "ba", "aa", "a1", "a_", "1", "-", "--", "_", "'"]
    assert len({form_of(word) for word in words}) == len(words)
    for text in ("", " ", "two words"):
        with pytest.raises(ValueError, match="tokens, not one"):
            form_of(text)


@given(st.lists(texts, max_size=4))
def test_order(many: list[str]) -> None:
    tokens = Tokens.of(many)
    assert all(a <= b for a, b in pairwise(tokens.doc.tolist()))
    assert (tokens.start < tokens.end).all()
    assert set(tokens.kind.tolist()) <= {WORD, NUMBER, OTHER, PUNCT}
