"""Write an original the way the text wrote what it replaces: letter case, blanks, apostrophes, a or an."""

from __future__ import annotations

from typing import Final

import regex

from unspin.tokens import BREAK, LOWER, NONE, PUNCT, SPACE, TITLE, UPPER, WORD, Tokens

_SMALL: Final = frozenset(
    (
        *("a", "an", "and", "as", "at", "but", "by", "for", "from", "in", "into", "nor", "of", "on", "or", "over"),
        *("per", "the", "to", "up", "via", "with"),
    )
)
"""Words that a title writes small."""
_VOWEL: Final = regex.compile(
    r"""
      (?:heir|honest|hono[u]?r|hour)                            # a silent h
    | (?!eu|ewe|one\b|once|ouija                               # sounds like you- or w-
        |u(?:b[ei]|k[eur]|r[aio]|s[aeiu]|t[aeio]|ni(?![nm])|nan))[aeiou]
    """,
    regex.VERBOSE | regex.IGNORECASE,
)
_LETTER_VOWEL: Final = frozenset("AEFHILMNORSX")
_BLANKS: Final = regex.compile(r"\s+")
_ABBREVIATION: Final = 4
"""Capitals of up to this length may be an abbreviation; longer ones are read as a word."""
_SPELT: Final = regex.compile(r"[A-Z](?:[A-Z\d.]{0,3}\b|[\d.])")


def article(word: str) -> str:
    """The form of the indefinite article before ``word``.

    >>> [article(w) for w in ("agreement", "settlement", "hour", "university", "FBI", "US", "8", "one-time")]
    ['an', 'a', 'an', 'a', 'an', 'a', 'an', 'a']
    """
    if word[:1].isdigit():
        return "an" if word[0] == "8" or regex.match(r"1[18](?!\d)", word) else "a"
    if _SPELT.match(word):
        return "an" if word[0] in _LETTER_VOWEL else "a"
    return "an" if _VOWEL.match(word) else "a"


def write(tokens: Tokens, first: int, last: int, original: str, *, curly: bool) -> str:
    """``original``, a phrase of the tables, in the style of tokens ``first`` to ``last`` (exclusive).

    Names and abbreviations keep the capitals that the table gives them; ``WHITE HOME`` becomes ``WHITE HOUSE``,
    ``White Home`` ``White House``, ``Additionally`` ``Also``. ``curly``: the text writes apostrophes as ’.
    """
    text = _cased(tokens, first, last, original)
    inner = tokens.buffer[int(tokens.start[first]) : int(tokens.end[last - 1])]
    if curly:
        text = text.replace("'", "’")
    if tokens.gap[first] == NONE and tokens.kind[first] == PUNCT and text[0].isalpha():
        text = " " + text
    blanks = _BLANKS.findall(inner)
    if any(blank != " " for blank in blanks):
        words = text.split(" ")
        gaps = [*blanks[: len(words) - 1], *[" "] * (len(words) - 1 - len(blanks)), ""]
        text = "".join(word + gap for word, gap in zip(words, gaps, strict=True))
    return text


def _cased(tokens: Tokens, first: int, last: int, original: str) -> str:
    case = tokens.case[first:last][tokens.kind[first:last] == WORD]
    if not len(case):
        return _capital(original) if _opens(tokens, first) else original
    if (case == UPPER).all() and _loud(tokens, first, last):
        return original.upper()
    titled = (case == TITLE) | (case == UPPER)
    if not titled[0]:
        return original
    words = original.split(" ")
    if titled.all() and (len(case) > 1 or _named(tokens, first, last)):
        return " ".join(w if k and w in _SMALL else _capital(w) for k, w in enumerate(words))
    return " ".join([_capital(words[0]), *words[1:]])


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]


def _loud(tokens: Tokens, first: int, last: int) -> bool:
    """Whether capitals are the style of the line, not the spelling of an abbreviation (*US*, *USA*)."""
    if last - first > 1 or tokens.end[first] - tokens.start[first] > _ABBREVIATION:
        return True
    around = [k for k in (*range(first - 1, first - 4, -1), *range(last, last + 3)) if _same_line(tokens, first, k)]
    words = tokens.case[[k for k in around if tokens.kind[k] == WORD]]
    return len(words) > 0 and bool((words == UPPER).mean() > 0.5)


def _same_line(tokens: Tokens, one: int, other: int) -> bool:
    """Whether no break lies between two neighbouring tokens of the batch."""
    if not 0 <= other < len(tokens):
        return False
    low, high = sorted((one, other))
    return not (tokens.gap[low + 1 : high + 1] == BREAK).any()


def _opens(tokens: Tokens, first: int) -> bool:
    """Whether a sentence begins at a token."""
    return bool(
        tokens.gap[first] == BREAK
        or (tokens.gap[first] != NONE and tokens.buffer[int(tokens.end[first - 1]) - 1] in ".!?")
    )


def _named(tokens: Tokens, first: int, last: int) -> bool:
    """Whether a single capitalised word stands in a run of capitalised words (*Foreign Affairs Fee Chairman*)."""
    if last >= len(tokens) or tokens.gap[first] != SPACE or tokens.gap[last] != SPACE or tokens.kind[last] != WORD:
        return False
    return bool(tokens.case[last] == TITLE and tokens.case[first - 1] != LOWER)
