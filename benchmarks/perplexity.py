"""How well the shipped language model predicts text that it never counted, and whether it is estimated well: beside it
stands a KenLM model of the same lines, cut into the same words over the same vocabulary, asked for the same events.

An event is a word of the vocabulary, or the end of a paragraph, after the two words before it. Unknown words are
context but no event: how unlikely an unknown word is says something about the size of a vocabulary, not about a model.

KenLM is no dependency: its estimator is a program whose path is an option, its reader is imported when it is used.
"""

from __future__ import annotations

import math
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.report import table
from unspin import language, store
from unspin.arrays import Bools, Int64
from unspin.language import EDGE, UNKNOWN, Language
from unspin.tokens import BREAK, Tokens
from unspin.training.counts import RARE_FILES, corpus_files, counted, held_out, stream

LEAST_EVENTS: Final = 1000
"""Files with a smaller slice are part of the total but have no line of their own."""
_LINES: Final = 20_000
"""Lines that are in work at a time."""
_SHIPPED: Final = Path(language.__file__).parent / "data" / "language.bin"

Scorer = Callable[[Int64], float]
"""The summed natural logarithms of the probabilities of all events of a stream."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model under comparison: what it is called, how many n-grams of each order it keeps, how it scores."""

    name: str
    sizes: tuple[int, ...]
    score: Scorer


@dataclass(frozen=True, slots=True)
class Slice:
    """The held-out lines of one file or several: its events, its unknown words, and the ``score`` of each model."""

    name: str
    events: int
    unknown: int
    logs: tuple[float, ...]

    def __add__(self, other: Slice) -> Slice:
        logs = tuple(a + b for a, b in zip(self.logs, other.logs, strict=True))
        return Slice(self.name, self.events + other.events, self.unknown + other.unknown, logs)

    @property
    def perplexities(self) -> list[float]:
        """By model.

        >>> [round(p, 6) for p in Slice("", 3, 0, (3 * math.log(0.1),)).perplexities]
        [10.0]
        """
        return [math.exp(-log / self.events) for log in self.logs]


def streams(model: Language, lines: Sequence[str]) -> Iterator[Int64]:
    """Lines as word ids of ``model``, with an ``EDGE`` before each paragraph and one at the end, some at a time."""
    for low in range(0, len(lines), _LINES):
        tokens = Tokens.of(list(lines[low : low + _LINES]))
        if len(tokens):
            yield stream(model.ids(tokens), tokens.gap == BREAK)


def events(ids: Int64) -> Bools:
    """Which members of a stream, from the second on, are events.

    >>> events(np.array([EDGE, 7, UNKNOWN, 9, EDGE])).tolist()
    [True, False, True, True]
    """
    return np.not_equal(ids[1:], UNKNOWN)


def scorer(model: Language) -> Scorer:
    """The scorer of one of our models."""

    def score(ids: Int64) -> float:
        second, word = ids[:-1], ids[1:]
        first = np.where(second == EDGE, EDGE, np.append(EDGE, ids[:-2]))
        chosen = events(ids)
        return float(model.score(first[chosen], second[chosen], word[chosen]).sum(dtype=np.float64))

    return score


def own(path: Path, name: str) -> Model:
    """The model of a file that ``unspin.training`` wrote."""
    model = language.load(path)
    facts = store.read(path, language.KIND, language.VERSION)[0]["facts"]
    return Model(name, (len(model.unigram), facts["pairs"], facts["triples"]), scorer(model))


def words(ids: Int64) -> str:
    r"""A stream as text for KenLM, one paragraph a line. An unknown word is one more word of the vocabulary.

    >>> words(np.array([EDGE, 7, UNKNOWN, EDGE, 9, EDGE]))
    'w7 w0\nw9\n'
    """
    text = " ".join([f"w{i}" if i != EDGE else "\n" for i in ids[1:].tolist()])
    return text.replace(" \n ", "\n").replace(" \n", "\n")


def kenlm_scorer(model: Any) -> Scorer:
    """The scorer of a loaded KenLM model."""
    to_natural = math.log(10)

    def score(ids: Int64) -> float:
        wanted = iter(events(ids).tolist())
        total = 0.0
        for paragraph in words(ids).splitlines():
            total += sum(log10 for log10, _, _ in model.full_scores(paragraph) if next(wanted))
        return total * to_natural

    return score


def train_kenlm(lmplz: Path, corpora: Path, vocabulary: Language, prunings: Sequence[str]) -> Iterator[Model]:
    """Trigram models of the counted lines, one for each list of pruning thresholds. One is in memory at a time."""
    import kenlm

    with tempfile.TemporaryDirectory() as scratch:
        text, arpa = Path(scratch, "text"), Path(scratch, "arpa")
        with text.open("w", encoding="ascii") as out:
            for path in corpus_files(corpora):
                for ids in streams(vocabulary, counted(path)):
                    out.write(words(ids))
        for pruning in prunings:
            command = [str(lmplz), "-o", "3", "-S", "30%", "-T", scratch, "--text", str(text), "--arpa", str(arpa)]
            subprocess.run([*command, "--prune", *pruning.split()], check=True, stderr=subprocess.DEVNULL)
            config = kenlm.Config()
            config.show_progress = False
            name = "KenLM" if not pruning.strip("0 ") else f"KenLM, pruned {pruning}"
            yield Model(name, _sizes(arpa), kenlm_scorer(kenlm.Model(str(arpa), config)))


def _sizes(arpa: Path) -> tuple[int, ...]:
    """How many n-grams of each order an ARPA file says that it has."""
    sizes = []
    with arpa.open(encoding="ascii") as lines:
        for line in lines:
            if line.startswith("\\1-grams"):
                break
            if line.startswith("ngram "):
                sizes.append(int(line.partition("=")[2]))
    return tuple(sizes)


def measure(corpora: Path, vocabulary: Language, model: Model) -> list[Slice]:
    """Score the held-out slice of every file with one model."""
    slices = []
    for path in corpus_files(corpora):
        total = Slice(path.name.partition(".")[0], 0, 0, (0.0,))
        for ids in streams(vocabulary, held_out(path)):
            chosen = events(ids)
            total += Slice("", int(chosen.sum()), int((~chosen).sum()), (model.score(ids),))
        slices.append(total)
    return slices


def beside(left: Slice, right: Slice) -> Slice:
    """The same lines, scored by further models."""
    if (left.events, left.unknown) != (right.events, right.unknown):
        raise ValueError(f"{left.name}: the models were not asked for the same events")
    return Slice(left.name, left.events, left.unknown, left.logs + right.logs)


def report(corpora: Path, more: Sequence[Path], lmplz: Path | None, prunings: Sequence[str]) -> str:
    """Markdown: perplexity of the shipped model, of the models in the files ``more``, and of KenLM where given."""
    vocabulary = language.load()

    def models() -> Iterator[Model]:
        yield own(_SHIPPED, "unspin")
        yield from (own(path, path.name) for path in more)
        if lmplz:
            yield from train_kenlm(lmplz, corpora, vocabulary, prunings)

    names: list[str] = []
    sizes: list[tuple[int, ...]] = []
    slices: list[Slice] = []
    for model in models():
        names.append(model.name)
        sizes.append(model.sizes)
        measured = measure(corpora, vocabulary, model)
        slices = [beside(a, b) for a, b in zip(slices, measured, strict=True)] if slices else measured
    nothing = Slice("all", 0, 0, (0.0,) * len(names))
    everything = sum(slices, nothing)
    # the files whose rare n-grams our counts leave out are no fair comparison of estimators
    alike = sum((s for s in slices if not s.name.startswith(RARE_FILES)), replace(nothing, name="all but allsides"))
    rows = [
        [s.name, f"{s.events:,}", f"{s.unknown:,}", *(f"{p:.1f}" for p in s.perplexities)]
        for s in (*slices, alike, everything)
        if s.events >= LEAST_EVENTS
    ]
    for order, label in enumerate(("words", "bigrams, million", "trigrams, million")):
        rows.append([label, "", "", *(f"{s[order]:,}" if order == 0 else f"{s[order] / 1e6:.1f}" for s in sizes)])
    return table(["held-out slice of", "events", "unknown", *names], rows)
