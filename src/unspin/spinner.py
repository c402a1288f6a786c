"""Spin clean text with the tables applied forwards: test material, and supervision for training."""

from __future__ import annotations

import numpy as np

from unspin import surface, tables, zones
from unspin.arrays import Int64
from unspin.tables import Tables
from unspin.tokens import Tokens, checked

__all__ = ["spin"]


def spin(text: str, *, rate: float = 0.6, seed: int = 0, table: Tables | None = None) -> str:
    """Replace words as a spinner would: longest phrase first, left to right, one form an original for the whole text,
    an original ``o`` with probability ``rate * q(o)``; articles are not mended.

    The same ``seed`` gives the same text. Raises ``ValueError`` for a ``rate`` outside of 0 to 1, ``TypeError`` for
    what is no string.

    >>> clean = "The officials said the meeting was an important first step for many countries."
    >>> spin(clean, rate=0.0) is clean, spin(clean, rate=1.0) == clean
    (True, False)
    >>> spin(clean, seed=7) == spin(clean, seed=7)
    True
    """
    if not 0 <= rate <= 1:
        raise ValueError(f"rate is a share, 0 to 1, not {rate!r}")
    if seed < 0:
        raise ValueError(f"seed is a whole number from 0 on, not {seed!r}")
    table = table or tables.load()
    tokens = Tokens.of([checked(text)])
    usable = zones.prose(tokens, [zones.find(text)])
    first, last, phrase = table.original.find(tokens, usable)
    generator = np.random.default_rng(seed)
    by_original = np.argsort(table.row_original, kind="stable")
    start = np.searchsorted(table.row_original[by_original], np.arange(len(table.touched) + 1))
    form: dict[int, int] = {}
    parts: list[str] = []
    done = position = 0
    for k in np.lexsort((-last, first)).tolist():
        original = int(phrase[k])
        if first[k] < done or generator.random() >= rate * table.touched[original]:
            continue
        if original not in form:
            form[original] = _choose(table, by_original[start[original] : start[original + 1]], generator)
        spun = table.spun_text(int(table.row_spun[form[original]]))
        parts.append(text[position : int(tokens.start[first[k]])])
        parts.append(surface.write(tokens, int(first[k]), int(last[k]), spun, curly="’" in text))
        done, position = int(last[k]), int(tokens.end[last[k] - 1])
    return "".join([*parts, text[position:]]) if parts else text


def _choose(table: Tables, rows: Int64, generator: np.random.Generator) -> int:
    weights = np.exp(table.prior[rows].astype(np.float64))
    return int(generator.choice(rows, p=weights / weights.sum()))
