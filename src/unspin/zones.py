"""The parts of a text that are not prose, and those that the caller protects: nothing in them is ever changed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

import numpy as np
import regex

from unspin.arrays import Bools
from unspin.tokens import MIXED, Tokens

_DOMAIN: Final = r"\.(?:com|org|net|gov|edu|info|uk)\b"
_FILE: Final = r"\.(?:txt|py|js|css|html?|json|xml|ya?ml|csv|md|pdf|jpe?g|png|gif|docx?|xlsx?|zip|exe|php|sh)\b"
_BRACED: Final = r"\{[^{}\n]{0,200}+\}"
_NOT_PROSE: Final = tuple(
    (regex.compile(hint), regex.compile(pattern))
    for hint, pattern in (
        # addresses, of the web and of people
        (r"://", r"\b(?:https?|ftp)://\S++"),
        (r"www\.", r"\bwww\.\S++"),
        (r"@", r"(?<![\w.+-])[\w.+-]{1,64}+@[\w-]++(?:\.[\w-]++)*+"),
        (_DOMAIN, rf"(?<![\w.-])[\w-]++(?:(?!{_DOMAIN})\.[\w-]++)*+{_DOMAIN}(?:/\S*+)?+"),
        # handles and tags
        (r"[@#]", r"(?<![\w.&])[@#]\w++"),
        # files and paths
        (_FILE, rf"(?<![\w.-])[\w-]++{_FILE}"),
        (r"/", r"(?<![\w./~-])(?:[\w.~-]*+/){2,}+[\w.~-]*+"),
        (r":\\", r"\b[A-Za-z]:\\\S++"),
        # code and templates
        (r"```", r"```(?:[^`]|`(?!``))*+```"),
        (r"`", r"`[^`\n]{1,200}+`"),
        (r"\$\{|\{\{", rf"\${_BRACED}|\{{{_BRACED}\}}"),
        (r"%\w", r"%\w++%"),
        (r"\\[A-Za-z]", rf"\\[A-Za-z]++(?:{_BRACED})*+"),
        # markup
        (r"<!--", r"<!--(?:[^-]|-(?!->))*+-->"),
        (r"<s", r"<(script|style)\b(?:[^<]|<(?!/\1))*+</\1>"),
        (r"<", r"</?[A-Za-z][^<>]{0,500}+>"),
        # persons' names
        (r"M[irs]|Dr", r"\b(?:Mr|Mrs|Ms|Miss|Dr)\.?+ \p{Lu}[\w'’-]*+"),
    )
)
"""What is no prose, each with a hint that is cheap to look for: a text without it is not searched."""


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
        for pattern in [*patterns, *(zone for hint, zone in _NOT_PROSE if hint.search(text))]:
            spans += (match.span() for match in pattern.finditer(text))
        for start, end in spans:
            if start < end:
                first = np.searchsorted(tokens.end, low + start, side="right")
                last = np.searchsorted(tokens.start, low + end, side="left")
                free[first:last] = False
    return free
