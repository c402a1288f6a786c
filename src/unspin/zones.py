"""The parts of a text that are not prose, and those that the caller protects: nothing in them is ever changed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

import numpy as np
import regex

from unspin.arrays import Bools, covered
from unspin.tokens import MIXED, Tokens

_DOMAIN: Final = r"\.(?:com|org|net|gov|edu|info|uk)\b"
_FILE: Final = r"\.(?:txt|py|js|css|html?|json|xml|ya?ml|csv|md|pdf|jpe?g|png|gif|docx?|xlsx?|zip|exe|php|sh)\b"
_BRACED: Final = r"\{[^{}\n]{0,200}+\}"
_VALUE: Final = r"""(?:"[^"<>]{0,500}+"|'[^'<>]{0,500}+'|[^\s"'<>]++)"""
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
        (r"/", r"(?<![\w./~-])(?:[~.]{0,2}+/[\w.~-]++(?:/[\w.~-]*+)++|(?:[\w.~-]++/){2,}+[\w.~-]*+)"),
        (r":\\", r"\b[A-Za-z]:\\\S++"),
        # code and templates; a backquote may also be an apostrophe or open a quotation
        (r"```", r"```(?:[^`]|`(?!``)){0,20000}+```"),
        (r"`", r"(?<![\w`])`(?![`\s])[^`\n]{1,200}+`(?![\w`])"),
        (r"\$\{|\{\{", rf"\${_BRACED}|\{{{_BRACED}\}}"),
        (r"%\w", r"%\w++%"),
        (r"\\[A-Za-z]", rf"\\[A-Za-z]++(?:{_BRACED})++"),
        # markup; what has no end within reach is none
        (r"<!--", r"<!--(?:[^-<]|-(?!->)|<(?!!--)){0,5000}+-->"),
        (r"<s", r"<(script|style)\b(?:[^<]|<(?!/?\1)){0,5000}+</\1>"),
        (r"</?[A-Za-z]", rf"</?[A-Za-z][\w:-]*+(?:\s++[\w:@.-]++\s*+=\s*+{_VALUE}){{0,30}}+\s*+/?>"),
        # persons' names
        (r"M[irs]|Dr", r"\b(?:Mr|Mrs|Ms|Miss|Dr)\.?+[^\S\n]\p{Lu}[\w'’-]*+"),
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


def find(text: str, protect: tuple[str, ...] = ()) -> tuple[tuple[int, int], ...]:
    """The spans (start, end) of ``text`` that are not prose, and those that a pattern of ``protect`` matches.

    >>> find("Write to first.officer@example.com, or `ls -l`.")
    ((9, 34), (23, 34), (39, 46))
    """
    patterns = [_compiled(p) for p in protect] + [zone for hint, zone in _NOT_PROSE if hint.search(text)]
    return tuple(sorted(match.span() for pattern in patterns for match in pattern.finditer(text)))


def prose(tokens: Tokens, protected: Sequence[Sequence[tuple[int, int]]]) -> Bools:
    """Which tokens may be changed (bool, one a token).

    Not those in the spans ``protected`` of each text, nor those that are written like no word (*iPhone*).
    """
    spans = [
        (offset + start, offset + end)
        for offset, of_text in zip(tokens.offset.tolist(), protected, strict=True)
        for start, end in of_text
        if start < end
    ]
    start, end = np.array(spans, dtype=np.int64).reshape(-1, 2).T
    first = np.searchsorted(tokens.end, start, side="right")
    last = np.searchsorted(tokens.start, end, side="left")
    free: Bools = (tokens.case != MIXED) & ~covered(first, last, len(tokens))
    return free
