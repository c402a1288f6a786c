"""The language model against an independent witness: the frequencies of wordfreq."""

from __future__ import annotations

import numpy as np
from wordfreq import word_frequency

from unspin import language, tables
from unspin.language import UNKNOWN
from unspin.tokens import WORD, Tokens


def _table_words() -> list[str]:
    table = tables.load()
    phrases = [table.spun_text(k) for k in range(len(table.spun_row) - 1)]
    return sorted({p for p in phrases if p.isascii() and p.isalpha()})


def test_word_frequencies_agree_with_wordfreq() -> None:
    words = _table_words()
    tokens = Tokens.of(words)
    assert (tokens.kind == WORD).all()
    ids = language.load().ids(tokens)
    other = np.array([word_frequency(word, "en") for word in words])
    known = (ids != UNKNOWN) & (other > 0)
    assert known.mean() > 0.99
    ours = language.load().unigram[ids[known]]
    correlation = np.corrcoef(ours, np.log(other[known]))[0, 1]
    assert correlation > 0.85


def test_every_word_of_the_tables_is_in_the_vocabulary() -> None:
    table = tables.load()
    ids = language.classify(language.load().forms, table.original_form, table.original_shape)
    assert (ids != UNKNOWN).all()
