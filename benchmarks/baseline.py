"""What the tables alone are worth: the longest match from left to right, the most frequent original, no context.

It is what one would write in an afternoon, so the difference to it is what the language model and the spin rate add.
It gets the rows of the text files and no others: the generated ones go both ways (*it's* and *it is*), which without
context is a coin thrown at every contraction.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import TypeAlias

from unspin.tables import Row

_Node: TypeAlias = "dict[str, _Node]"
"""What may follow, by character; the empty string where a phrase may end."""


def without_seeds(rows: Iterable[Row]) -> list[Row]:
    """The rows that a text never seen would get: no evidence of the seeds, and no row that has no other.

    >>> rows = [Row("a", "b", count=2, seeds=1), Row("c", "d", count=0, sites=0, seeds=1), Row("e", "f", 0, 0)]
    >>> [(row.spun, row.seeds) for row in without_seeds(rows)]
    [('a', 0), ('e', 0)]
    """
    return [replace(row, seeds=0) for row in rows if row.count > 0 or row.seeds == 0]


class Baseline:
    """Substitution by one regular expression, made of all spun phrases.

    >>> rows = [Row("white home", "White House", 9), Row("home", "house", 2), Row("home", "abode", 1)]
    >>> Baseline(rows).restore("HOME, sweet Home of a white home-owner in whitehome")
    'HOUSE, sweet House of a White House-owner in whitehome'
    """

    def __init__(self, rows: Iterable[Row]) -> None:
        def weight(row: Row) -> tuple[int, int, str]:
            return -row.count - row.seeds, -row.sites, row.original

        ranked = sorted(rows, key=weight, reverse=True)
        self._original = {row.spun.casefold(): row.original for row in ranked}
        self._pattern = re.compile(rf"(?<!\w){_alternation(self._original)}(?!\w)", re.IGNORECASE)

    def restore(self, text: str) -> str:
        """The text with every phrase of the table replaced."""
        return self._pattern.sub(self._replacement, text)

    def _replacement(self, match: re.Match[str]) -> str:
        spun = match[0]
        original = self._original.get(spun.casefold().replace("’", "'"), spun)
        if spun.isupper() and len(spun) > 1:
            return original.upper()
        return original[:1].upper() + original[1:] if spun[:1].isupper() else original


def _alternation(phrases: Iterable[str]) -> str:
    """A regular expression for any of ``phrases``, the longest that fits. What phrases have in common at the beginning
    is written once: a plain alternation tries thousands of phrases at every word.
    """
    root: _Node = {}
    for phrase in phrases:
        node = root
        for char in phrase:
            node = node.setdefault(char, {})
        node[""] = {}

    def written(node: _Node) -> str:
        branches = [_char(char) + written(below) for char, below in sorted(node.items()) if char]
        if not branches:
            return ""
        return f"(?:{'|'.join(branches)})" + ("?" if "" in node else "")

    return written(root)


def _char(char: str) -> str:
    return "['’]" if char == "'" else re.escape(char)
