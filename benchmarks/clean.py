"""Harm on text that was never spun: what unspin changes there is wrong, whatever it is.

The documents are runs of consecutive lines that the language model never counted (``held_out``). Every other document
is the *dev* half, on which thresholds may be tuned; the figures that are reported come from the *test* half.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

from benchmarks.report import table
from unspin import Restorer
from unspin.training.counts import corpus_files, held_out

HALVES: Final = ("dev", "test", "all")
_DOMAINS: Final = (
    ("news-allsides", "news"),
    ("news-senate-press", "official"),
    ("news-whitehouse", "official"),
    ("encyclopedic", "encyclopedic"),
    ("general-whitehouse-speeches", "spoken"),
)
_REST: Final = "mixed"
BOOK: Final = 5000
LONG: Final = 300
SHORT: Final = 30
"""A document ends with the line that brings it to this many words: a chapter, an article, a paragraph."""
_BATCH: Final = 256
_Z: Final = 1.959964
"""Of a two-sided interval of 95 %."""


@dataclass(frozen=True, slots=True)
class Harm:
    """What happened to clean documents: ``touched`` of them were changed, ``same`` came back as the same object;
    ``changes`` has (spun, restored) of every edit.
    """

    documents: int = 0
    words: int = 0
    touched: int = 0
    same: int = 0
    changes: tuple[tuple[str, str], ...] = ()

    def __add__(self, other: Harm) -> Harm:
        return Harm(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    @property
    def edits(self) -> int:
        """How many edits were made."""
        return len(self.changes)


def domain(name: str) -> str:
    """The domain of a corpus file.

    >>> domain("encyclopedic-enwiki2015-p1.txt.xz"), domain("news-masc.txt")
    ('encyclopedic', 'mixed')
    """
    return next((kind for prefix, kind in _DOMAINS if name.startswith(prefix)), _REST)


def documents(lines: list[str], half: str, least: int) -> Iterator[str]:
    """Join lines to documents of ``least`` words and choose a half of them; what is left over at the end is dropped.

    >>> lines = ["word " * 300, "word", "word " * 299, "word " * 400, "word"]
    >>> [len(text.split()) for text in documents(lines, "all", LONG)]
    [300, 300, 400]
    >>> [len(text.split()) for text in documents(lines, "test", LONG)]
    [300]
    """
    first, step = {"dev": (0, 2), "test": (1, 2), "all": (0, 1)}[half]
    return itertools.islice(_joined(lines, least), first, None, step)


def _joined(lines: list[str], least: int) -> Iterator[str]:
    pending: list[str] = []
    words = 0
    for line in lines:
        pending.append(line)
        words += len(line.split())
        if words >= least:
            yield "\n".join(pending)
            pending, words = [], 0


def harm(restorer: Restorer, texts: Iterator[str]) -> Harm:
    """Restore clean texts and count what changed."""
    total = Harm()
    while batch := list(itertools.islice(texts, _BATCH)):
        for text, record in zip(batch, restorer.explain_many(batch), strict=True):
            total += Harm(
                documents=1,
                words=len(text.split()),
                touched=record.text != text,
                same=record.text is text,
                changes=tuple((edit.spun, edit.restored) for edit in record.edits),
            )
    return total


def measure(restorer: Restorer, corpora: Path, half: str, least: int) -> dict[str, Harm]:
    """Harm by domain."""
    found = dict.fromkeys([*(kind for _, kind in _DOMAINS), _REST], Harm())
    for path in corpus_files(corpora):
        found[domain(path.name)] += harm(restorer, documents(held_out(path), half, least))
    return found


def poisson_interval(events: int) -> tuple[float, float]:
    """Exact (Garwood) interval of 95 % for the mean of a Poisson count.

    >>> [round(x, 3) for x in (*poisson_interval(0), *poisson_interval(10))]
    [0.0, 3.689, 4.795, 18.39]
    """

    def at_most(mean: float, count: int) -> float:
        return math.fsum(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(count + 1))

    def solve(count: int, share: float) -> float:
        """The mean under which at most ``count`` events have the probability ``share``."""
        low, high = 1e-9, 2.0 * count + 20
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if at_most(middle, count) > share else (low, middle)
        return low

    return solve(events - 1, 0.975) if events else 0.0, solve(events, 0.025)


def wilson_interval(hits: int, trials: int) -> tuple[float, float]:
    """Interval of 95 % for a share.

    >>> [round(x, 4) for x in wilson_interval(0, 100)]
    [0.0, 0.037]
    """
    if not trials:
        return 0.0, 1.0
    share = hits / trials
    centre = share + _Z**2 / (2 * trials)
    reach = _Z * math.sqrt(share * (1 - share) / trials + _Z**2 / (4 * trials**2))
    whole = 1 + _Z**2 / trials
    return max(0.0, (centre - reach) / whole), min(1.0, (centre + reach) / whole)


def report(found: dict[str, Harm]) -> str:
    """Markdown: a line for each domain, and their sum."""
    rows = []
    for name, one in [*found.items(), ("all", sum(found.values(), Harm()))]:
        low, high = (1e5 * bound / max(1, one.words) for bound in poisson_interval(one.edits))
        least, most = (100 * bound for bound in wilson_interval(one.touched, one.documents))
        rows.append(
            [
                name,
                f"{one.words:,}",
                f"{one.documents:,}",
                f"{one.edits:,}",
                f"{1e5 * one.edits / max(1, one.words):.2f} ({low:.2f}–{high:.2f})",
                f"{one.touched:,}",
                f"{100 * one.touched / max(1, one.documents):.2f} ({least:.2f}–{most:.2f})",
                f"{100 * one.same / max(1, one.documents):.2f}",
            ]
        )
    head = ["domain", "words", "documents", "edits", "per 100,000 words", "touched", "% touched", "% same object"]
    return table(head, rows)


def edits(found: dict[str, Harm]) -> str:
    """Every edit that was made, by domain, the most frequent first."""
    return "\n".join(
        f"{name}\t{count}\t{spun} -> {restored}"
        for name, one in found.items()
        for (spun, restored), count in Counter(one.changes).most_common()
    )
