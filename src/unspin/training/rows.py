"""Turn observed pairs into rows of the substitution tables.

An observation says that X stood on a page where the writer had Y; readers note it with whatever stood around it. A row
is the smallest pair that says the same: unchanged content words at the edges or in the middle are cut away, while an
article or preposition that was noted as part of the pair stays (*the primary* <- *the first* is an entry of the
spinner's, *his primary* <- *his first* is not).
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import regex
from rapidfuzz.distance import Levenshtein

from unspin.tables import Row
from unspin.tokens import LOWER, UPPER, Tokens

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


def minimal(spun: str, original: str, known: Container[tuple[str, str]] = ()) -> list[tuple[str, str]]:
    """Cut one observed pair into its smallest parts.

    >>> minimal("well-known political pitch", "familiar political sell")
    [('well-known', 'familiar'), ('pitch', 'sell')]
    >>> minimal("the primary", "the first"), minimal("shakes palms", "shakes hands")
    ([('the primary', 'the first')], [('palms', 'hands')])

    Where words were added, the neighbours stay as anchors: which of them the spinner had in its entry is not known.
    ``known`` pairs of single words tell that words were added beside them.

    >>> minimal("Chinese language", "Chinese"), minimal("the best way", "the way")
    ([('Chinese language', 'Chinese')], [('the best way', 'the way')])
    >>> minimal("by no means a given", "never a given")
    [('by no means', 'never')]
    >>> minimal("Chinese language officers", "Chinese officials", {("officers", "officials")})
    [('Chinese language officers', 'Chinese officials')]
    """
    a, b = spun.split(), original.split()
    steps = Levenshtein.opcodes([w.lower() for w in a], [w.lower() for w in b])
    equal = [(s.src_start, s.src_end, s.dest_start, s.dest_end) for s in steps if s.tag == "equal"]
    equal = [(0, 0, 0, 0), *equal, (len(a), len(a), len(b), len(b))]
    # the changed stretch before each unchanged one, and whether it is a substitution with clear bounds
    changed = [(a[p[1] : e[0]], b[p[3] : e[2]]) for p, e in pairwise(equal)]
    clear = [_substitutes(left, right, known) for left, right in changed]
    parts, low, new_low = [], 0, 0
    for k, (start, end, new_start, new_end) in enumerate(equal[1:-1]):
        if clear[k] and clear[k + 1] and _cuts(a, start, end):
            parts.append((a[low:start], b[new_low:new_start]))
            low, new_low = end, new_end
    parts.append((a[low:], b[new_low:]))
    return [(" ".join(left), " ".join(right)) for left, right in parts if left != right]


def _substitutes(spun: list[str], original: list[str], known: Container[tuple[str, str]]) -> bool:
    """Whether words were put for words here, not beside words: nothing at all, or both sides, and no known pair at an
    end of sides of different length.
    """
    if not spun or not original:
        return spun == original
    ends = [(spun[0].lower(), original[0].lower()), (spun[-1].lower(), original[-1].lower())]
    return len(spun) == len(original) or not any(pair in known for pair in ends)


def _cuts(words: list[str], low: int, high: int) -> bool:
    """Whether an unchanged stretch may be cut away: it says something, or is a or an at the beginning."""
    stretch = [w.lower() for w in words[low:high]]
    return any(w not in _CLOSED for w in stretch) or (low == 0 and stretch in (["a"], ["an"]))


def _plain(text: str) -> str:
    """One spelling of blanks, quotes and dashes, nothing at the edges but words."""
    text = text.translate(_SPELLINGS)
    text = regex.sub(r"\s+", " ", text).strip()
    return regex.sub(r"^[,.;:!?\"()]+\s*|\s*[,;:!?\"()]+$", "", text)


def rows(observed: Iterable[tuple[str, str, str, bool, str]]) -> list[Row]:
    """Rows from (spun, original, site, verified, source), the source being ``pages`` or ``seeds``."""
    evidence: defaultdict[tuple[str, str], _Evidence] = defaultdict(_Evidence)
    listed = list(observed)
    words = {(spun.lower(), original.lower()) for spun, original, *_ in listed}
    known = {pair for pair in words if " " not in pair[0] + pair[1]}
    for spun, original, site, verified, source in listed:
        for left, right in minimal(_plain(spun), _plain(original), known):
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
