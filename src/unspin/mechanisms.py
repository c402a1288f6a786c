"""What spinners do by rule, not by row: numbers, decades, contractions, compounds taken apart, leaked braces.

``generated()`` writes the closed rules out as rows, so that the engine treats them as any other; each is priced by how
often its original would have been seen spun. ``unwrapped`` and ``in_number`` find the two open ones in a text.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from unspin.arrays import Bools, Int64
from unspin.tables import Row
from unspin.tokens import NONE, NUMBER, SPACE, WORD, Tokens, form_of


def _words(text: str) -> list[str]:
    return text.split()


_UNITS: Final = _words("""
    one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
    nineteen twenty
""")
_ORDINALS: Final = _words("""
    first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth
    sixteenth seventeenth eighteenth nineteenth twentieth
""")
_TENS: Final = _words("twenties thirties forties fifties sixties seventies eighties nineties")
_CENTURIES: Final = {"sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20}
_IS: Final = _words("it he she that who what there here where how")
_ARE: Final = _words("they we you who")
_NOT: Final = _words("is are was were do does did has have had could would should")
_APART: Final = _words("""
    with-out in-to on-to web-site web-sites bed-room bed-rooms any-one some-one every-one no-body any-thing some-thing
    every-thing under-stand over-all note-book life-style work-place down-load up-load back-ground news-paper
    smart-phone head-line team-mate class-room bath-room wide-spread week-end wild-fire house-hold my-self him-self
    her-self it-self them-selves our-selves
""")
_LONGEST_LEAK: Final = 6


def generated() -> list[Row]:
    """The closed rules as rows of tier ``mechanism``, both ways where the spinner goes both ways."""
    pairs: set[tuple[str, str]] = {("one other", "another")}
    for number, word in enumerate(_UNITS, 1):
        pairs |= {(str(number), word), (word, str(number))}
    for number, word in enumerate(_ORDINALS, 1):
        ending = {1: "st", 2: "nd", 3: "rd"}.get(number, "th")
        pairs |= {(word, f"{number}{ending}"), (f"{number}{ending}", word)}
    for century, hundreds in _CENTURIES.items():
        for tens, decade in enumerate(_TENS, 2):
            pairs.add((f"{century} {decade}", f"{hundreds}{tens}0s"))
    for word in _IS:
        pairs |= {(f"{word}'s", f"{word} is"), (f"{word} is", f"{word}'s"), (f"{word}'s", f"{word} has")}
    for word in _ARE:
        pairs |= {(f"{word}'re", f"{word} are"), (f"{word} are", f"{word}'re")}
    for word in _NOT:
        pairs |= {(f"{word}n't", f"{word} not"), (f"{word} not", f"{word}n't")}
    for short, full in (("can't", "cannot"), ("won't", "will not"), ("i'm", "i am"), ("let's", "let us")):
        pairs |= {(short, full), (full, short)}
    for compound in _APART:
        pairs.add((compound.replace("-", " "), compound.replace("-", "")))
    pairs |= {("on-line", "online"), ("off-line", "offline")}
    capital = {"i am": "I am", "i'm": "I'm"}
    return sorted(Row(spun, capital.get(original, original), 0, 0, 0, 0, "mechanism") for spun, original in pairs)


def completed(rows: Iterable[Row]) -> list[Row]:
    """``rows`` and those generated ones whose pair is not among them."""
    listed = list(rows)
    known = {(row.spun, row.original.lower()) for row in listed}
    return listed + [row for row in generated() if (row.spun, row.original.lower()) not in known]


def unwrapped(tokens: Tokens) -> tuple[Int64, Int64]:
    """Leaked braces, ``{dollars}``: (opening brace, token after the closing one) of each; they hold the original."""
    first, last = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    opening = np.flatnonzero((tokens.form == np.uint64(form_of("{"))) & (tokens.gap != NONE))
    closing = tokens.form == np.uint64(form_of("}"))
    for length in range(1, _LONGEST_LEAK + 1):
        end = opening + length + 1
        opening, end = opening[end < len(tokens)], end[end < len(tokens)]
        shut = closing[end] & (tokens.gap[end] == NONE)
        first.append(opening[shut])
        last.append(end[shut] + 1)
        inner = opening + length
        go_on = (tokens.kind[inner] == WORD) & (tokens.gap[inner] == (NONE if length == 1 else SPACE))
        first[-1] = first[-1][go_on[shut]]
        last[-1] = last[-1][go_on[shut]]
        opening = opening[go_on & ~shut]
    return np.concatenate(first), np.concatenate(last)


def in_number(tokens: Tokens) -> Bools:
    """Words that stand for the first digits of a number: the *six* of ``six.7%``, the *one* of ``one,000``."""
    out = np.zeros(len(tokens), dtype=bool)
    if len(tokens) < 3:
        return out
    point = (tokens.form == np.uint64(form_of("."))) | (tokens.form == np.uint64(form_of(",")))
    tight = tokens.gap == NONE
    out[:-2] = (tokens.kind[:-2] == WORD) & point[1:-1] & tight[1:-1] & (tokens.kind[2:] == NUMBER) & tight[2:]
    return out
