"""Find the words of a batch of texts, in columns: where each token stands, what form it has, how it is written.

Everything downstream works on the arrays made here; no stage looks at characters again except to splice the output.
A batch is one buffer of code points, so an offset into the buffer minus the offset of its text is an index into the
Python string, for all of Unicode (astral characters, lone surrogates and BOMs included).

What counts as a token:

* a run of letters, marks, digits and underscores (``word``, ``19th``, ``snake_case``);
* an apostrophe between letters starts a token of its own: ``China`` ``'s``, ``won`` ``'t``: the spinners that we undo
  treat it as a word boundary (*won't* -> *received't*);
* ``.`` ``,`` ``:`` between digits belong to the number (``1,000`` ``6.7`` ``10:30``); dots inside initials to the
  abbreviation (``U.S.`` ``a.m.``);
* any other character that is not white space, runs of the same one joined (``--`` ``...``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import regex

from unspin.arrays import Bools, Int32, Int64, UInt8, UInt32, UInt64

__all__ = ["Tokens", "checked", "form_of", "mix"]

WORD, NUMBER, OTHER, PUNCT = 0, 1, 2, 3
"""Kinds of token: letters only, digits only, letters with digits or underscores, anything else."""
PLAIN, QUANTITY, YEAR, ORDINAL, DECADE = 0, 1, 2, 3, 4
"""Shapes of tokens with digits that stand for each other: ``1,000`` and ``6.7``, ``1996``, ``19th``, ``1970s``.
Numbers of one or two digits are ``PLAIN``: each is a word of its own (*the 2* -> *the two*)."""
LOWER, TITLE, UPPER, MIXED = 0, 1, 2, 3
"""How a token is written; a single capital counts as ``TITLE``."""
NONE, SPACE, BREAK = 0, 1, 2
"""What stands before a token: nothing, white space, or the end of a line or paragraph that ends the context too."""

_SPACE, _NEWLINE, _LETTER, _CAPITAL, _DIGIT, _JOINER, _SYMBOL = range(7)
_SEPARATOR: Final = "\n\n"
_LONGEST: Final = 64
_MULTIPLIERS: Final = np.random.Generator(np.random.PCG64(0x756E7370)).integers(
    1, 2**63, size=_LONGEST, dtype=np.uint64
) | np.uint64(1)
_QUOTES: Final = {"’": "'", "‘": "'", "ʼ": "'", "`": "'", "“": '"', "”": '"', "„": '"', "–": "—", "―": "—"}
_TERMINAL: Final = np.array([ord(c) for c in ".!?:\"”’'"], dtype=np.uint32)


@cache
def _tables() -> tuple[UInt8, UInt32]:
    """Class and folded form of every code point of the basic plane."""
    plane = "".join(map(chr, range(0x10000)))
    kinds = np.full(0x10000, _SYMBOL, dtype=np.uint8)
    folded = np.arange(0x10000, dtype=np.uint32)
    for pattern, kind in (
        (r"[\p{L}\p{M}]+", _LETTER),
        (r"[\p{Lu}\p{Lt}]+", _CAPITAL),
        (r"\p{Nd}+", _DIGIT),
        (r"_+", _JOINER),
        (r"\s+", _SPACE),
        (r"[\n\r\v\f\x85\u2028\u2029]+", _NEWLINE),
    ):
        for match in regex.finditer(pattern, plane):
            kinds[match.start() : match.end()] = kind
    for char in regex.findall(r"[\p{Lu}\p{Lt}]", plane):
        lower = char.lower()
        if len(lower) == 1:
            folded[ord(char)] = ord(lower)
    for char, plain in _QUOTES.items():
        folded[ord(char)] = ord(plain)
    return kinds, folded


def _classify(points: UInt32) -> tuple[UInt8, UInt64]:
    kinds, folded = _tables()
    astral = points > 0xFFFF
    if not astral.any():
        return kinds[points], folded[points].astype(np.uint64)
    low = np.where(astral, 0, points)
    kind, fold = kinds[low], folded[low].astype(np.uint64)
    values, inverse = np.unique(points[astral], return_inverse=True)
    classes = [
        _LETTER if regex.match(r"[\p{L}\p{M}]", c) else _DIGIT if regex.match(r"\p{Nd}", c) else _SYMBOL
        for c in map(chr, values.tolist())
    ]
    kind[astral] = np.array(classes, dtype=np.uint8)[inverse]
    fold[astral] = points[astral]
    return kind, fold


def _before(flags: Bools, by: int = 1) -> Bools:
    """``out[i] = flags[i - by]``."""
    out = np.zeros_like(flags)
    out[by:] = flags[:-by]
    return out


def _after(flags: Bools, by: int = 1) -> Bools:
    """``out[i] = flags[i + by]``."""
    out = np.zeros_like(flags)
    out[:-by] = flags[by:]
    return out


def mix(values: UInt64) -> UInt64:
    """Finalise 64-bit hashes (the mixer of splitmix64), so that any of their bits can be used."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a batch of texts, as columns of length ``n``.

    ``start`` and ``end`` (int64) are offsets into the joined buffer, ``doc`` (int32) is the index of the text,
    ``offset`` (int64, one a text) where each text begins in the buffer: ``start - offset[doc]`` indexes the Python
    string. ``kind``, ``shape``, ``case`` and ``gap`` (uint8) hold the constants of this module; ``char`` (uint32) is
    the first code point, ``form`` (uint64) the hash of the folded form: lower case, plain quotes and dashes.

    >>> t = Tokens.of(["The U.S. didn’t pay 1,000.", "WHITE HOME"])
    >>> t.words()
    ['The', 'U.S.', 'didn', '’t', 'pay', '1,000', '.', 'WHITE', 'HOME']
    >>> t.doc.tolist()
    [0, 0, 0, 0, 0, 0, 0, 1, 1]
    >>> t.case.tolist()
    [1, 2, 0, 0, 0, 0, 0, 2, 2]
    """

    buffer: str
    offset: Int64
    start: Int64
    end: Int64
    doc: Int32
    kind: UInt8
    shape: UInt8
    case: UInt8
    gap: UInt8
    char: UInt32
    form: UInt64

    def __len__(self) -> int:
        return len(self.start)

    def words(self) -> list[str]:
        """The tokens as strings, for people and for tests."""
        return [self.buffer[s:e] for s, e in zip(self.start.tolist(), self.end.tolist(), strict=True)]

    def spans(self) -> list[tuple[int, int]]:
        """Where each text begins and ends in the buffer."""
        starts = self.offset.tolist()
        return list(zip(starts, [*(s - len(_SEPARATOR) for s in starts[1:]), len(self.buffer)], strict=True))

    @classmethod
    def of(cls, texts: list[str]) -> Tokens:
        """Tokenise ``texts`` in one pass, in time and memory linear in their length."""
        lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
        offset = np.zeros(len(texts), dtype=np.int64)
        if len(texts) > 1:
            np.cumsum(lengths[:-1] + len(_SEPARATOR), out=offset[1:])
        buffer = _SEPARATOR.join(texts)
        points = np.frombuffer(buffer.encode("utf-32-le", "surrogatepass"), dtype="<u4")
        if len(points) == 0:
            return _no_tokens(buffer, offset)
        kind, fold = _classify(points)
        letter = (kind == _LETTER) | (kind == _CAPITAL)
        digit = kind == _DIGIT
        word = letter | digit | (kind == _JOINER)
        clitic = (fold == ord("'")) & _before(letter) & _after(letter)
        dot = points == ord(".")
        decimal = (dot | (points == ord(",")) | (points == ord(":"))) & _before(digit) & _after(digit)
        member = word | clitic | decimal | _initials(dot, letter, word)
        blank = (kind == _SPACE) | (kind == _NEWLINE)
        symbol = ~member & ~blank
        repeat = np.zeros_like(symbol)
        repeat[1:] = symbol[1:] & symbol[:-1] & (points[1:] == points[:-1])
        starts = (member & ~_before(member)) | clitic | (symbol & ~repeat)
        start = np.flatnonzero(starts)
        if len(start) == 0:
            return _no_tokens(buffer, offset)
        body = ~blank
        body[: start[0]] = False
        size = np.add.reduceat(body, start, dtype=np.int64)
        end = start + size

        position = np.minimum(np.arange(len(points)) - _since(start, len(points)), _LONGEST - 1)
        terms = (fold + np.uint64(1)) * _MULTIPLIERS[position]
        terms[blank] = 0
        form = mix(np.add.reduceat(terms, start) + size.astype(np.uint64))

        letters = np.add.reduceat(letter, start, dtype=np.int64)
        digits = np.add.reduceat(digit, start, dtype=np.int64)
        capitals = np.add.reduceat(kind == _CAPITAL, start, dtype=np.int64)
        joined = np.add.reduceat(kind == _JOINER, start, dtype=np.int64)
        kinds = np.full(len(start), OTHER, dtype=np.uint8)
        kinds[(letters > 0) & (digits == 0) & (joined == 0)] = WORD
        kinds[(digits > 0) & (letters == 0) & (joined == 0)] = NUMBER
        kinds[symbol[start]] = PUNCT
        shape = _shapes(points, fold, start, end, letters, digits)
        case = np.full(len(start), MIXED, dtype=np.uint8)
        case[(capitals == letters) & (letters > 1)] = UPPER
        case[(capitals == 1) & (kind[start] == _CAPITAL)] = TITLE
        case[capitals == 0] = LOWER

        doc = (np.searchsorted(offset, start, side="right") - 1).astype(np.int32)
        gap = _gaps(kind, points, start, end)
        gap[np.flatnonzero(np.diff(doc, prepend=-1))] = BREAK
        return cls(buffer, offset, start, end, doc, kinds, shape, case, gap, points[start], form)


def _since(start: Int64, length: int) -> Int64:
    """For each position the start of its token (its own position before the first token)."""
    out = np.arange(length, dtype=np.int64)
    out[start[0] :] = np.repeat(start, np.diff(start, append=length))
    return out


def _initials(dot: Bools, letter: Bools, word: Bools) -> Bools:
    """The dots that belong to initials such as ``U.S.``: at least two single letters."""
    single = letter & ~_before(word) & ~_after(word)
    inner = dot & _before(single) & _after(single)
    return inner | (dot & _before(single) & _before(inner, 2))


def _shapes(points: UInt32, fold: UInt64, start: Int64, end: Int64, letters: Int64, digits: Int64) -> UInt8:
    size = end - start
    four = (digits == 4) & (points[start] >= ord("1")) & (points[start] <= ord("2"))
    last, previous = fold[end - 1], fold[np.maximum(end - 2, 0)]
    suffix = np.zeros(len(start), dtype=bool)
    for text in ("st", "nd", "rd", "th"):
        suffix |= (previous == ord(text[0])) & (last == ord(text[1]))
    shape = np.full(len(start), PLAIN, dtype=np.uint8)
    shape[(digits > 0) & (letters == 0) & (size > 2)] = QUANTITY
    shape[four & (size == 4)] = YEAR
    shape[suffix & (letters == 2) & (digits == size - 2) & (digits > 0)] = ORDINAL
    shape[four & (size == 5) & (last == ord("s"))] = DECADE
    return shape


def _gaps(kind: UInt8, points: UInt32, start: Int64, end: Int64) -> UInt8:
    """A blank line is a break; so is a line's end, except where a sentence plainly goes on (hard-wrapped text)."""
    line_end = kind == _NEWLINE
    line_end[:-1] &= (points[:-1] != ord("\r")) | (points[1:] != ord("\n"))
    newlines = np.concatenate(([0], np.cumsum(line_end)))
    before = np.concatenate(([0], end[:-1]))
    gap = np.where(start > before, SPACE, NONE).astype(np.uint8)
    lines = newlines[start] - newlines[before]
    last = points[np.maximum(before - 1, 0)]
    goes_on = (kind[start] == _LETTER) & ~np.isin(last, _TERMINAL)
    gap[(lines > 1) | ((lines == 1) & ~goes_on)] = BREAK
    return gap


def _no_tokens(buffer: str, offset: Int64) -> Tokens:
    none = np.zeros(0, dtype=np.int64)
    tiny = np.zeros(0, dtype=np.uint8)
    return Tokens(
        buffer,
        offset,
        none,
        none,
        none.astype(np.int32),
        tiny,
        tiny,
        tiny,
        tiny,
        none.astype(np.uint32),
        none.astype(np.uint64),
    )


def checked(text: object) -> str:
    """``text``, if it is a string; raises ``TypeError`` with advice where it is not."""
    if isinstance(text, str):
        return text
    kind = type(text).__name__
    if isinstance(text, bytes | bytearray):
        raise TypeError(f"unspin restores str, not {kind}: decode it first, for example value.decode('utf-8')")
    raise TypeError(f"unspin restores str, not {kind}")


@cache
def form_of(word: str) -> int:
    """The hash of one token's folded form, as ``Tokens.form`` has it.

    >>> form_of("House") == form_of("house") == int(Tokens.of(["HOUSE"]).form[0])
    True
    """
    tokens = Tokens.of([word])
    if len(tokens) != 1:
        raise ValueError(f"{word!r} is {len(tokens)} tokens, not one")
    return int(tokens.form[0])
