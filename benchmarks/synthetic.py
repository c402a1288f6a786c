"""Lightly and heavily spun text: how much must be spun before unspin notices, and how much of it is undone.

Clean documents are spun with the shipped tables, so every row that was used is known to the restorer: coverage is not
measured here. What was undone is counted in words, by the edit distance to the clean text before and after.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import regex
from rapidfuzz.distance import Levenshtein

from benchmarks import clean
from benchmarks.report import table
from unspin import Restorer, spin
from unspin.training.counts import corpus_files, held_out

RATES: Final = (0.1, 0.2, 0.3, 0.6, 0.9)
_PER_FILE: Final = 100
"""Documents taken from each corpus file."""


@dataclass(frozen=True, slots=True)
class Undone:
    """``noticed`` of ``documents`` were taken for spun; ``before`` and ``after`` are wrong words, spun and restored."""

    documents: int
    noticed: int
    words: int
    before: int
    after: int


def _words(text: str) -> list[str]:
    return regex.findall(r"\w+|[^\w\s]", text.lower())


def documents(corpora: Path, half: str) -> Iterator[str]:
    """Clean documents of ``clean.LONG`` words from every file."""
    for path in corpus_files(corpora):
        found = clean.documents(held_out(path), half, clean.LONG)
        yield from (text for text, _ in zip(found, range(_PER_FILE), strict=False))


def measure(restorer: Restorer, texts: list[str], rate: float) -> Undone:
    """Spin ``texts``, each with a seed of its own, and restore them."""
    spun = [spin(text, rate=rate, seed=number) for number, text in enumerate(texts)]
    records = restorer.explain_many(spun)
    return Undone(
        documents=len(texts),
        noticed=sum(record.spin_rate > 0 for record in records),
        words=sum(len(text.split()) for text in texts),
        before=sum(Levenshtein.distance(_words(a), _words(b)) for a, b in zip(spun, texts, strict=True)),
        after=sum(Levenshtein.distance(_words(r.text), _words(b)) for r, b in zip(records, texts, strict=True)),
    )


def report(corpora: Path, half: str) -> str:
    """Markdown: a line for each spin rate."""
    texts = list(documents(corpora, half))
    rows = []
    for rate in RATES:
        one = measure(Restorer(), texts, rate)
        rows.append(
            [
                f"{rate:.1f}",
                f"{one.documents:,}",
                f"{100 * one.noticed / one.documents:.1f}",
                f"{1000 * one.before / one.words:.0f}",
                f"{1000 * one.after / one.words:.0f}",
                f"{100 * (1 - one.after / one.before):.0f}",
            ]
        )
    head = ["spin rate", "documents", "% noticed", "wrong words per 1,000, spun", "restored", "% undone"]
    return table(head, rows)
