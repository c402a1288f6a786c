"""Turn observed pairs into rows of the substitution tables.

An observation says that X stood on a page where the writer had Y; readers note it with whatever stood around it. A row
is the smallest pair that says the same: unchanged content words at the edges or in the middle are cut away, while an
article or preposition that was noted as part of the pair stays (*the primary* <- *the first* is an entry of the
spinner's, *his primary* <- *his first* is not).
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import regex
from rapidfuzz.distance import Levenshtein

from unspin.tables import Row
from unspin.tokens import LOWER, NONE, UPPER, Tokens

_CLOSED = frozenset(
    regex.findall(
        r"\S+",
        """
        a an the this that these those his her its their our my your some any no every each all both of to in on at by
        for from with within as than and or but not n't 't be is are was were been being am have has had do does did
        will would can could may might must should it he she they we you i who which what there so too very more most
        one also even only just
        """,
    )
)
_SPELLINGS = str.maketrans("’‘“”–", "''\"\"—")
_LONGEST = 6


@dataclass
class _Evidence:
    occurrences: int = 0
    sites: set[str] = field(default_factory=set)
    verified: int = 0
    seeds: int = 0
    spellings: Counter[tuple[str, str]] = field(default_factory=Counter)


def observations(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a JSON-lines file."""
    with path.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def minimal(spun: str, original: str) -> list[tuple[str, str]]:
    """Cut one observed pair into its smallest parts.

    >>> minimal("well-known political pitch", "familiar political sell")
    [('well-known', 'familiar'), ('pitch', 'sell')]
    >>> minimal("the primary", "the first"), minimal("shakes palms", "shakes hands")
    ([('the primary', 'the first')], [('palms', 'hands')])
    >>> minimal("Chinese language", "Chinese")
    [('Chinese language', 'Chinese')]
    """
    a, b = Tokens.of([spun]), Tokens.of([original])
    steps = Levenshtein.opcodes(a.form.tolist(), b.form.tolist())
    words = [w.lower() for w in a.words()]
    cuts = [
        (step.src_start, step.src_end, step.dest_start, step.dest_end)
        for step in steps
        if step.tag == "equal" and _cuts(a, words, step.src_start, step.src_end)
    ]
    parts, at, bt = [], 0, 0
    for low, high, blow, bhigh in [*cuts, (len(a), len(a), len(b), len(b))]:
        parts.append((at, low, bt, blow))
        at, bt = high, bhigh
    whole = [(spun, original)]
    found = []
    for low, high, blow, bhigh in parts:
        if low == high and blow == bhigh:
            continue
        if low == high or blow == bhigh:
            return whole
        if a.form[low:high].tolist() != b.form[blow:bhigh].tolist():
            found.append((_text(a, low, high), _text(b, blow, bhigh)))
    return found or whole


def _cuts(tokens: Tokens, words: list[str], low: int, high: int) -> bool:
    """Whether an unchanged stretch may be cut away: it says something, or is an article at the beginning, and is not
    a part of a hyphenated word.
    """
    if tokens.gap[low] == NONE or (high < len(tokens) and tokens.gap[high] == NONE):
        return False
    return any(w not in _CLOSED for w in words[low:high]) or (low == 0 and words[low:high] in (["a"], ["an"]))


def _text(tokens: Tokens, low: int, high: int) -> str:
    return tokens.buffer[int(tokens.start[low]) : int(tokens.end[high - 1])]


def _plain(text: str) -> str:
    """One spelling of blanks, quotes and dashes, nothing at the edges but words."""
    text = text.translate(_SPELLINGS)
    text = regex.sub(r"\s+", " ", text).strip()
    return regex.sub(r"^[,.;:!?\"()]+\s*|\s*[,;:!?\"()]+$", "", text)


def rows(observed: Iterable[tuple[str, str, str, bool, str]]) -> list[Row]:
    """Rows from (spun, original, site, verified, source), the source being ``pages`` or ``seeds``."""
    evidence: defaultdict[tuple[str, str], _Evidence] = defaultdict(_Evidence)
    for spun, original, site, verified, source in observed:
        for left, right in minimal(_plain(spun), _plain(original)):
            key = _plain(left).lower(), _plain(right).lower()
            if key[0] == key[1] or not _reachable(*key):
                continue
            seen = evidence[key]
            seen.spellings[left, right] += 1
            if source == "seeds":
                seen.seeds += 1
            else:
                seen.occurrences += 1
                seen.sites.add(site)
                seen.verified += verified
    return sorted(
        Row(key[0], _spelling(key, seen), seen.occurrences, len(seen.sites), seen.verified, seen.seeds)
        for key, seen in evidence.items()
    )


def _reachable(spun: str, original: str) -> bool:
    """Whether both sides are words that the engine can find and write."""
    if not spun or not original:
        return False
    tokens = Tokens.of([spun, original])
    counts = [int((tokens.doc == k).sum()) for k in (0, 1)]
    return min(counts) > 0 and max(counts) <= _LONGEST and not regex.search(r"[/\\(){}\[\]<>@|]", spun + original)


def _spelling(key: tuple[str, str], seen: _Evidence) -> str:
    """The original in lower case, unless it is a name wherever the spun side is not written like one."""
    for (left, right), _ in sorted(seen.spellings.items(), key=lambda item: (-item[1], item[0])):
        a, b = Tokens.of([left]), Tokens.of([right])
        if right == right.lower():
            return key[1]
        if (a.case == LOWER).all() or ((a.case == UPPER).all() and not (b.case == UPPER).all()):
            return right
        if (b.case == UPPER).any() and not (a.case == UPPER).any():
            return right
    return key[1]
