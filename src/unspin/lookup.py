"""Look a phrase up in the tables, spelt right or nearly so: which rows could have made it, and on what evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz, process

from unspin import tables
from unspin.tables import Row, Tables
from unspin.tokens import WORD, Tokens

_CLOSE: Final = 84.0
"""Similarity (0 to 100) from which a misspelt phrase is taken for a table phrase."""
_LONGEST: Final = 6


@dataclass(frozen=True, slots=True)
class Answer:
    """``typed`` is near the table phrase ``spun`` (``score`` 100: it is that phrase), made by ``rows``."""

    typed: str
    spun: str
    score: float
    rows: tuple[Row, ...]


def explain_phrase(phrase: str, table: Tables | None = None) -> list[Answer]:
    """The table phrases found in ``phrase``, longest first from the left, with the rows that made them.

    >>> [(a.spun, round(a.score)) for a in explain_phrase("chineese language oficers")]
    [('chinese language', 97), ('officers', 93)]
    >>> [row.original for row in explain_phrase("White Home")[0].rows][:1]
    ['house']
    """
    table = table or tables.load()
    known = {table.spun_text(k): k for k in range(len(table.spun_row) - 1)}
    names = list(known)
    tokens = Tokens.of([" ".join(phrase.replace("’", "'").lower().split())])
    answers = []
    position = 0
    while position < len(tokens):
        found = None
        for stop in range(min(len(tokens), position + _LONGEST), position, -1):
            typed = tokens.buffer[int(tokens.start[position]) : int(tokens.end[stop - 1])]
            if typed in known:
                found = typed, typed, 100.0, stop
                break
            if found is None and len(typed) > 4 and tokens.kind[position] == WORD:
                near = process.extractOne(typed, names, scorer=fuzz.ratio, score_cutoff=_CLOSE)
                if near is not None:
                    found = typed, near[0], near[1], stop
        if found is None:
            position += 1
            continue
        typed, spun, score, position = found
        number = known[spun]
        low, high = int(table.spun_row[number]), int(table.spun_row[number + 1])
        rows = sorted((table.row(k) for k in range(low, high)), key=lambda r: (-r.count - r.seeds, r.original))
        answers.append(Answer(typed, spun, score, tuple(rows)))
    return answers
