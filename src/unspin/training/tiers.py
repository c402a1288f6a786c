"""Sort rows into tiers of risk, by measurement.

Read a spun phrase in a heavily spun text: is it the spinner's, or did the writer put it there? The one happens with the
frequency of its originals times what the channel gives them, the other with its own frequency. Both come from the
language model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from unspin.language import Language
from unspin.mechanisms import generated
from unspin.tables import Row, Tables, phrase_frequency

RATE: Final = 0.8
"""Spin rate of a heavily spun text."""
ALWAYS, OFTEN = 0.9, 0.5
"""From which share of spun readings on a phrase is in the tier."""


def sort_into_tiers(rows: Sequence[Row], language: Language) -> list[Row]:
    """The rows with their tier: that of their spun phrase, or ``mechanism`` for what is a rule as well."""
    tables = Tables.compile([replace(row, tier="often") for row in rows], language)
    original_texts = [tables.original_text(k) for k in range(len(tables.touched))]
    spun_texts = [tables.spun_text(k) for k in range(len(tables.spun_row) - 1)]
    frequency = phrase_frequency(language, original_texts)
    made = RATE * np.exp(tables.prior.astype(np.float64)) * frequency[tables.row_original]
    by_spinner = np.bincount(tables.row_spun, weights=made, minlength=len(spun_texts))
    touched = dict(zip(original_texts, tables.touched.tolist(), strict=True))
    kept = np.array([1 - RATE * touched.get(text, 0.0) for text in spun_texts])
    share = by_spinner / (by_spinner + kept * phrase_frequency(language, spun_texts))
    share_of = dict(zip(spun_texts, share.tolist(), strict=True))
    tier_of = {
        text: "always" if share >= ALWAYS else "often" if share >= OFTEN else "seldom"
        for text, share in share_of.items()
    }
    both = {(row.spun, row.original) for row in rows}
    for row in rows:
        # of two phrases that stand for each other, at most one can always be the spinner's
        swapped = (row.original, row.spun) in both and share_of[row.spun] <= share_of[row.original]
        if swapped and tier_of[row.spun] == tier_of[row.original] == "always":
            tier_of[row.spun] = "often"
    rules = {(row.spun, row.original) for row in generated()}
    return [replace(row, tier="mechanism" if (row.spun, row.original) in rules else tier_of[row.spun]) for row in rows]
