"""The parts of a text that are not prose, and those that the caller protects: nothing in them is ever changed."""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
import regex

from unspin.arrays import Bools
from unspin.tokens import Tokens

_DOMAIN: Final = r"(?:com|org|net|gov|edu|info|uk)\b"
_NOT_PROSE: Final = regex.compile(
    rf"""
      \b(?:https?|ftp)://\S++                                # addresses
    | \bwww\.\S++
    | (?<![\w.+-])[\w.+-]{{1,64}}+@[\w-]++(?:\.[\w-]++)++    # e-mail
    | (?<![\w.&])[@\#]\w++                                   # handles and tags
    | (?<![\w.-])[\w-]++(?:\.(?!{_DOMAIN})[\w-]++)*+\.{_DOMAIN}(?:/\S*+)?+
    | (?<![\w./~-])(?:[\w.~-]*+/){{2,}}+[\w.~-]*+            # paths
    | \b[A-Za-z]:\\\S++
    | ```(?:[^`]|`(?!``))*+```                               # code
    | `[^`\n]{{1,200}}+`
    | </?[A-Za-z][^<>\n]{{0,500}}+>                          # markup
    """,
    regex.VERBOSE,
)
_HINT: Final = regex.compile(rf"[@#/`<\\]|www\.|\.{_DOMAIN}")


@cache
def _compiled(pattern: str) -> regex.Pattern[str]:
    try:
        return regex.compile(pattern)
    except regex.error as error:
        raise ValueError(f"protect: {pattern!r} is not a regular expression: {error}") from None


def check(patterns: tuple[str, ...]) -> None:
    """Raise ``ValueError`` where a pattern is not a regular expression."""
    for pattern in patterns:
        _compiled(pattern)


def prose(tokens: Tokens, protect: tuple[str, ...] = ()) -> Bools:
    """Which tokens may be changed (bool, one a token): those that no zone and no match of ``protect`` touches."""
    free = np.ones(len(tokens), dtype=bool)
    patterns = [_compiled(p) for p in protect]
    for low, high in tokens.spans():
        # each text on its own, as if there were no others
        text = tokens.buffer[low:high]
        for pattern in [*patterns, _NOT_PROSE] if _HINT.search(text) else patterns:
            for match in pattern.finditer(text):
                if match.start() < match.end():
                    first = np.searchsorted(tokens.end, low + match.start(), side="right")
                    last = np.searchsorted(tokens.start, low + match.end(), side="left")
                    free[first:last] = False
    return free
