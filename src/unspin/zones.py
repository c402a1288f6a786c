"""The parts of a text that are not prose, and those that the caller protects: nothing in them is ever changed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

import numpy as np
import regex

from unspin.arrays import Bools
from unspin.tokens import MIXED, Tokens

_DOMAIN: Final = r"(?:com|org|net|gov|edu|info|uk)\b"
_FILE: Final = "txt|py|js|css|html?|json|xml|ya?ml|csv|md|pdf|jpe?g|png|gif|docx?|xlsx?|zip|exe|php|sh"
_NOT_PROSE: Final = regex.compile(
    rf"""
      \b(?:https?|ftp)://\S++                                # addresses
    | \bwww\.\S++
    | (?<![\w.+-])[\w.+-]{{1,64}}+@[\w-]++(?:\.[\w-]++)*+    # e-mail, user@host
    | (?<![\w.&])[@\#]\w++                                   # handles and tags
    | (?<![\w.-])[\w-]++(?:\.(?!{_DOMAIN})[\w-]++)*+\.{_DOMAIN}(?:/\S*+)?+
    | (?<![\w.-])[\w-]++\.(?:{_FILE})\b                      # files and paths
    | (?<![\w./~-])(?:[\w.~-]*+/){{2,}}+[\w.~-]*+
    | \b[A-Za-z]:\\\S++
    | ```(?:[^`]|`(?!``))*+```                               # code
    | `[^`\n]{{1,200}}+`
    | \$\{{[^{{}}\n]{{0,200}}+\}} | \{{\{{[^{{}}\n]{{0,200}}+\}}\}}
    | %\w++% | \\[A-Za-z]++(?:\{{[^{{}}\n]{{0,200}}+\}})*+
    | <!--(?:[^-]|-(?!->))*+-->                              # markup
    | <(?P<tag>script|style)\b(?:[^<]|<(?!/(?P=tag)))*+</(?P=tag)>
    | </?[A-Za-z][^<>]{{0,500}}+>
    | \b(?:Mr|Mrs|Ms|Miss|Dr)\.?+[ ](?:\p{{Lu}}[\w'’-]*+)        # a person's name
    """,
    regex.VERBOSE,
)
_HINT: Final = regex.compile(rf"[@#/`<\\${{%]|www\.|\.(?:{_DOMAIN}|{_FILE})|M[irs]|Dr")


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


def prose(tokens: Tokens, protect: tuple[str, ...] = (), protected: Sequence[Sequence[tuple[int, int]]] = ()) -> Bools:
    """Which tokens may be changed (bool, one a token).

    Not those in a part that is not prose, in a match of ``protect``, or in the spans ``protected`` of each text; nor
    those that are written like no word (*iPhone*).
    """
    free: Bools = tokens.case != MIXED
    patterns = [_compiled(p) for p in protect]
    for number, (low, high) in enumerate(tokens.spans()):
        # each text on its own, as if there were no others
        text = tokens.buffer[low:high]
        spans = list(protected[number]) if protected else []
        for pattern in [*patterns, _NOT_PROSE] if _HINT.search(text) else patterns:
            spans += (match.span() for match in pattern.finditer(text))
        for start, end in spans:
            if start < end:
                first = np.searchsorted(tokens.end, low + start, side="right")
                last = np.searchsorted(tokens.start, low + end, side="left")
                free[first:last] = False
    return free
