"""How well a restored text undoes the spins of a spun text: the numbers that every table of the benchmarks rests on.

Nothing but the restored text is asked of a program, so that programs that report no edits can be compared. What a
program changed is found by aligning the words of both texts, line by line. Gold spans and changes that overlap or touch
through an insertion are judged together, as a *region*, by the text it ended up with:

* it reads like an accepted restoration: a true positive for each gold span that was restored;
* it was changed but reads like none: a false positive for each change, a false negative for each required gold span;
* only gold spans in it, nothing changed: a false negative for each required one;
* only changes in it: a false positive for each.

Letter case, white space and the style of quotes do not count; ``case_errors`` says in how many of the restored regions
the case (or a quote) is off.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from rapidfuzz.distance import Levenshtein

from unspin.arrays import Int32, Int64

_WORD: Final = re.compile(r"\w+(?:[’']\w+)*|[^\s\w]")
_STRAIGHT: Final = str.maketrans("‘’“”", "''\"\"")
_MOST_COMBINATIONS: Final = 20_000
"""Readings of a region that are tried, the best of each span first."""
_CONTEXT: Final = 30


@dataclass(frozen=True, slots=True)
class Gold:
    """A span of the spun text that the spinner wrote, what may stand there instead (the best first), and whether
    leaving it alone is an error.
    """

    start: int
    end: int
    spun: str
    originals: tuple[str, ...]
    required: bool = True

    @classmethod
    def of(cls, record: dict[str, Any]) -> Self:
        """From a record of a gold file: start, end, spun, orig (a list) and required (true where left out)."""
        required = record.get("required", True)
        return cls(record["start"], record["end"], record["spun"], tuple(record["orig"]), required)


@dataclass(frozen=True, slots=True)
class Change:
    """``new`` stands where ``[start:end]`` of the spun text was; ``start == end`` where words were only added."""

    start: int
    end: int
    new: str


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of one text or several, and for reading: ``wrong`` (spun, got, wanted), ``missed`` (spun, wanted) and
    ``spurious`` (spun with its context, got).

    >>> one, other = Score(tp=3, fp=1, fn=2, words=100), Score(tp=1, fn=1, words=150)
    >>> total = one + other
    >>> total.precision, round(total.recall, 3), round(total.f05, 3), total.broken
    (0.8, 0.571, 0.741, 4.0)
    """

    tp: int = 0
    fp: int = 0
    fn: int = 0
    case_errors: int = 0
    words: int = 0
    wrong: tuple[tuple[str, str, str], ...] = ()
    missed: tuple[tuple[str, str], ...] = ()
    spurious: tuple[tuple[str, str], ...] = ()

    def __add__(self, other: Score) -> Score:
        return Score(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    @property
    def precision(self) -> float:
        """Share of the changes that are right; 0 where nothing was changed."""
        return self.tp / max(1, self.tp + self.fp)

    @property
    def recall(self) -> float:
        """Share of the required spans that were restored."""
        return self.tp / max(1, self.tp + self.fn)

    @property
    def f05(self) -> float:
        """F-measure with precision weighed twice as much as recall, the custom in text correction."""
        weighed = 0.25 * self.precision + self.recall
        return 1.25 * self.precision * self.recall / weighed if weighed else 0.0

    @property
    def broken(self) -> float:
        """False changes per 1,000 words of the spun text."""
        return 1000 * self.fp / max(1, self.words)


def read_gold(path: Path) -> list[Gold]:
    """Read a gold file: JSON lines, in order of their place in the text."""
    return [Gold.of(json.loads(line)) for line in path.read_bytes().decode().split("\n") if line.strip()]


def score(spun: str, restored: str, gold: Sequence[Gold]) -> Score:
    """Score one text.

    >>> text = "They shook fingers and mentioned it."
    >>> gold = [Gold(11, 18, "fingers", ("hands",)), Gold(23, 32, "mentioned", ("said",), required=False)]
    >>> right = score(text, "They shook hands and mentioned it.", gold)
    >>> right.tp, right.fp, right.fn
    (1, 0, 0)
    >>> score(text, "They shook toes and mentioned it.", gold).wrong
    (('fingers', 'toes', 'hands'),)
    """
    changes = [c for c in changed(spun, restored) if _plain(spun[c.start : c.end]) != _plain(c.new)]
    total = Score(words=len(spun.split()))
    for region in _regions(spun, gold, changes):
        total += region.judge(spun)
    return total


def _plain(text: str) -> str:
    """What is compared: folded case, straight quotes, single spaces."""
    return " ".join(text.translate(_STRAIGHT).split()).casefold()


def _written(text: str) -> str:
    """As ``_plain``, but the case counts, and so does the style of double quotes."""
    return " ".join(text.replace("’", "'").split())


# What was changed


def changed(spun: str, restored: str) -> list[Change]:
    """The changes that turn one text into the other, on whole words.

    >>> changed("a b, c", "a x y, c d")
    [Change(start=2, end=3, new='x y'), Change(start=6, end=6, new='d')]
    """
    before, after = spun.splitlines(keepends=True), restored.splitlines(keepends=True)
    if len(before) != len(after):
        before, after = [spun], [restored]
    begins = itertools.accumulate(map(len, before), initial=0)
    return [change for a, b, at in zip(before, after, begins, strict=False) for change in _changed_line(a, b, at)]


def _changed_line(before: str, after: str, at: int) -> Iterator[Change]:
    if before == after:
        return
    old, new = list(_WORD.finditer(before)), list(_WORD.finditer(after))
    for i1, i2, j1, j2 in align([w.group() for w in old], [w.group() for w in new]):
        start = old[i1].start() if i1 < len(old) else len(before.rstrip("\n"))
        end = old[i2 - 1].end() if i1 < i2 else start
        yield Change(at + start, at + end, after[new[j1].start() : new[j2 - 1].end()] if j1 < j2 else "")


def align(a: Sequence[str], b: Sequence[str]) -> list[tuple[int, int, int, int]]:
    """The stretches ``(i1, i2, j1, j2)`` where ``a[i1:i2]`` became ``b[j1:j2]``, with the fewest word edits.

    Of several ways with equally few edits the measure is defined by one: read from the end, a match is taken before a
    substitution, that before a deletion, that before an insertion. (Common libraries choose otherwise, which is why
    only the distance is asked of one: it bounds how far an alignment can stray from the diagonal, so that memory grows
    with the length times the distance.)

    >>> align("a b b c".split(), "a b d c c".split())
    [(2, 3, 2, 4)]
    """
    number = {word: k for k, word in enumerate(dict.fromkeys([*a, *b]))}
    x, y = (np.array([number[word] for word in words], dtype=np.int64) for words in (a, b))
    width = Levenshtein.distance(x.tolist(), y.tolist())
    cost = _band(x, y, width)
    i, j, matches = len(a), len(b), [(len(a), len(b))]
    while i and j:
        # column d of row i is the cell (i, i + d - width - 1); the outermost columns stand for unreachable cells
        d = j - i + width + 1
        here = cost[i, d]
        if x[i - 1] == y[j - 1]:
            i, j = i - 1, j - 1
            matches.append((i, j))
        elif here == cost[i - 1, d] + 1:
            i, j = i - 1, j - 1
        elif here == cost[i - 1, d + 1] + 1:
            i -= 1
        else:
            j -= 1
    stretches, i, j = [], 0, 0
    for match_i, match_j in reversed(matches):
        if match_i > i or match_j > j:
            stretches.append((i, match_i, j, match_j))
        i, j = match_i + 1, match_j + 1
    return stretches


def _band(x: Int64, y: Int64, width: int) -> Int32:
    """Edit distances of all pairs of beginnings whose lengths differ by at most ``width``, a row for each of ``x``."""
    far = len(x) + len(y) + 1
    columns = 2 * width + 3
    ramp = np.arange(columns)
    padded = np.concatenate([np.full(width + 1, -1), y, np.full(columns + len(x), -1)])
    cost = np.full((len(x) + 1, columns), far, dtype=np.int32)
    cost[0, width + 1 : -1] = np.arange(width + 1)
    for i in range(1, len(x) + 1):
        above = cost[i - 1]
        row = above + (padded[i - 1 : i - 1 + columns] != x[i - 1])
        np.minimum(row[:-1], above[1:] + 1, out=row[:-1])
        row[[0, -1]] = far
        row[: max(0, width + 1 - i)] = far
        cost[i] = np.minimum.accumulate(row - ramp) + ramp
        cost[i, [0, -1]] = far
    return cost


# How it is judged


@dataclass(frozen=True, slots=True)
class _Region:
    """Gold spans and changes that are judged together; at least one of either."""

    gold: tuple[Gold, ...]
    changes: tuple[Change, ...]

    def judge(self, spun: str) -> Score:
        required = [g for g in self.gold if g.required]
        if not self.changes:
            return Score(fn=len(required), missed=tuple((g.spun, g.originals[0]) for g in required))
        parts: list[Gold | Change] = [*self.gold, *self.changes]
        low, high = min(part.start for part in parts), max(part.end for part in parts)
        got = _patched(spun, low, high, self.changes)
        if not self.gold:
            around = f"{spun[max(0, low - _CONTEXT) : low]}[{spun[low:high]}]{spun[high : high + _CONTEXT]}"
            return Score(fp=len(self.changes), spurious=((around, got),))
        for reading in self._readings():
            wanted = _patched(spun, low, high, reading)
            if _plain(wanted) == _plain(got):
                restored = sum(_plain(c.new) != _plain(g.spun) for c, g in zip(reading, self.gold, strict=True))
                return Score(tp=max(1, restored), case_errors=int(_written(wanted) != _written(got)))
        best = _patched(spun, low, high, next(self._readings()))
        return Score(fp=len(self.changes), fn=len(required), wrong=((spun[low:high], got, best),))

    def _readings(self) -> Iterator[tuple[Change, ...]]:
        """Accepted restorations of all gold spans; one that is not required may also stay as it is."""
        choices = [
            [Change(g.start, g.end, text) for text in (*g.originals, *(() if g.required else (g.spun,)))]
            for g in self.gold
        ]
        return itertools.islice(itertools.product(*choices), _MOST_COMBINATIONS)


def _patched(text: str, low: int, high: int, changes: Iterable[Change]) -> str:
    """``text[low:high]`` after ``changes``; words that were only added are followed by a blank."""
    parts, at = [], low
    for change in sorted(changes, key=lambda c: (c.start, c.end, c.new)):
        parts += [text[at : change.start], change.new, " " if change.start == change.end else ""]
        at = change.end
    return "".join([*parts, text[at:high]])


@dataclass(slots=True)
class _Open:
    """A region that may still grow."""

    gold: list[Gold]
    changes: list[Change]
    end: int
    inserts: bool
    """Whether its last member only adds words."""

    @classmethod
    def empty(cls) -> Self:
        return cls([], [], -1, inserts=False)

    def takes(self, part: Gold | Change, spun: str) -> bool:
        """Whether ``part``, which begins no earlier than any member, overlaps the region or is an insertion at its end
        (or the other way round).
        """
        if part.start < self.end:
            return True
        insertion = self.inserts or part.start == part.end
        return insertion and not spun[self.end : part.start].strip()

    def add(self, part: Gold | Change) -> None:
        if isinstance(part, Gold):
            self.gold.append(part)
        else:
            self.changes.append(part)
        self.end = max(self.end, part.end)
        self.inserts = part.start == part.end


def _regions(spun: str, gold: Sequence[Gold], changes: Sequence[Change]) -> Iterator[_Region]:
    # at the same offsets gold comes first (sorting is stable)
    parts: list[Gold | Change] = sorted([*gold, *changes], key=lambda part: (part.start, part.end))
    current = _Open.empty()
    for part in parts:
        if current.end >= 0 and not current.takes(part, spun):
            yield _Region(tuple(current.gold), tuple(current.changes))
            current = _Open.empty()
        current.add(part)
    if parts:
        yield _Region(tuple(current.gold), tuple(current.changes))
