"""The substitution tables: text files that people edit, and the columns that the engine reads.

A row says that the spinner writes ``spun`` where the writer had ``original``, and what that rests on: how often it was
seen on how many sites, how many of those times a published original confirmed it, and how often the two bundled seed
texts show it (kept apart, so that the seeds can be left out when measuring on them).

The rows lie in ``data/tables/*.tsv``, one file a tier of risk; ``unspin.training.tiers`` measures the tier. Rows of
``unspin.mechanisms`` (digits for number words, decades in words, contractions) are generated, not stored as text.

Probabilities. ``q(o)``, how often the spinner touches an original at all, is estimated from how many sites show it
spun against how many must have had it, going by its frequency in the language; ``p(s | o)`` from the occurrences. Both
are smoothed: one sighting is evidence, not proof.

The compiled file (``unspin.store``, kind ``tables``) holds the columns of ``Tables`` under their names.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
import regex

from unspin import store
from unspin.arrays import Array, Float32, Float64, Int32, Int64, UInt8, UInt16, UInt64, offsets, sums
from unspin.language import NOWHERE, UNKNOWN, Language
from unspin.phrases import Phrases
from unspin.tokens import SPACE, Tokens

KIND: Final = "tables"
VERSION: Final = 1
TIERS: Final = ("always", "often", "seldom", "mechanism")
COLUMNS: Final = ("spun", "original", "count", "sites", "verified", "seeds")
_DATA: Final = Path(__file__).parent / "data"
_PAGES: Final = 187.0
"""Sites behind the shipped evidence; on how many of them a word must have stood follows from its frequency."""
_PAGE_WORDS: Final = 800.0
"""Words of a page."""
_NOTED: Final = 0.35
"""Share of the spins of a page that its reader wrote down."""
_SEEN: Final = 0.5
"""Sites added to those of an original that was seen spun."""
_NEVER_SEEN: Final = 0.05
"""Sites given to an original that only a rule makes."""
_OTHERS: Final = 0.3
"""Weight of the forms of an original that nobody has seen yet, and of each seen form beyond its sites."""
_RAREST: Final = 1e-9
"""Frequency of a word that even wordfreq does not list."""


class TableError(ValueError):
    """A table cannot be used; the message says which row and what to do."""


@dataclass(frozen=True, slots=True, order=True)
class Row:
    """One row. ``count`` and ``sites`` are occurrences and distinct sites, ``verified`` occurrences confirmed by a
    published original, ``seeds`` occurrences in the seed texts; all zero for a generated row.
    """

    spun: str
    original: str
    count: int = 1
    sites: int = 1
    verified: int = 0
    seeds: int = 0
    tier: str = "often"


def read_rows(path: Path) -> list[Row]:
    """Read one table file; its name is the tier. Raises ``TableError`` with the line where it is malformed."""
    tier = path.stem.rsplit(".", 1)[-1]
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        cells = line.split("\t")
        if tuple(cells) == COLUMNS:
            continue
        try:
            spun, original, count, sites, verified, seeds = cells
            rows.append(Row(spun, original, int(count), int(sites), int(verified), int(seeds), tier))
        except ValueError:
            raise TableError(
                f"{path}:{number}: want {len(COLUMNS)} tab-separated cells ({', '.join(COLUMNS)}), got {line!r}"
            ) from None
    return rows


def write_rows(path: Path, rows: Iterable[Row], comment: str) -> None:
    """Write one table file, sorted."""
    lines = [f"# {comment}", "\t".join(COLUMNS)]
    lines += ["\t".join(str(getattr(row, name)) for name in COLUMNS) for row in sorted(rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def shipped_rows() -> list[Row]:
    """The rows of the text tables that come with the package."""
    return [row for path in sorted((_DATA / "tables").glob("*.tsv")) for row in read_rows(path)]


@dataclass(frozen=True, slots=True)
class Tables:
    """Compiled tables, as columns.

    ``spun`` and ``original`` index the distinct phrases of either side. Rows are grouped by spun phrase:
    ``spun_row[i] .. spun_row[i + 1]`` are the rows of spun phrase ``i``. Per row:

    * ``row_spun``, ``row_original`` (int32): phrase numbers; ``prior`` (float32): log of q(o) p(s|o)
    * ``lead``, ``trail`` (uint16): how many words at either end are the same on both sides; the rest is the row's core,
      ``core`` (uint64) the hash of the original's core, ``core_span`` (int64, two columns) where it stands in its text
    * ``evidence`` (int32, four columns): count, sites, verified, seeds; ``tier`` (uint8): index into ``TIERS``

    Per original: ``touched`` (float32): q(o); ``original_word[i] .. original_word[i + 1]`` are its words in
    ``original_form`` (uint64) and ``original_shape`` (uint8). ``text`` is the UTF-8 of all phrases, spun before
    original, each ending at its ``text_end`` (int64).
    """

    spun: Phrases
    original: Phrases
    spun_row: Int64
    row_spun: Int32
    row_original: Int32
    prior: Float32
    lead: UInt16
    trail: UInt16
    core: UInt64
    core_span: Int64
    evidence: Int32
    tier: UInt8
    touched: Float32
    original_word: Int64
    original_form: UInt64
    original_shape: UInt8
    text: UInt8
    text_end: Int64

    def __len__(self) -> int:
        return len(self.row_spun)

    def row(self, number: int) -> Row:
        """The text of a row by its number."""
        count, sites, verified, seeds = self.evidence[number].tolist()
        spun, original = self.spun_text(int(self.row_spun[number])), self.original_text(int(self.row_original[number]))
        return Row(spun, original, count, sites, verified, seeds, TIERS[self.tier[number]])

    def spun_text(self, number: int) -> str:
        """A spun phrase by its number."""
        return self._text(number)

    def original_text(self, number: int) -> str:
        """An original phrase by its number."""
        return self._text(len(self.spun_row) - 1 + number)

    def core_text(self, row: int) -> str:
        """What a row writes in place of its core: the original without the words that both sides share."""
        low, high = self.core_span[row].tolist()
        return self.original_text(int(self.row_original[row]))[low:high]

    def _text(self, number: int) -> str:
        low = int(self.text_end[number - 1]) if number else 0
        return bytes(self.text[low : int(self.text_end[number])]).decode()

    def save(self, path: Path) -> str:
        """Write the compiled form; returns its hash."""
        arrays: dict[str, Array] = {}
        for name in self.__slots__:
            value = getattr(self, name)
            if isinstance(value, Phrases):
                arrays |= {f"{name}.{part}": getattr(value, part) for part in value.__slots__}
            else:
                arrays[name] = value
        return store.write(path, KIND, VERSION, {"rows": len(self)}, arrays)

    @classmethod
    def read(cls, path: Path) -> Tables:
        """Map a compiled file. Raises ``unspin.store.StoreError``."""
        _, arrays = store.read(path, KIND, VERSION)
        spun, original = (
            Phrases(*(arrays.pop(f"{name}.{part}") for part in Phrases.__slots__)) for name in ("spun", "original")
        )
        return cls(spun=spun, original=original, **arrays)

    @classmethod
    def compile(cls, rows: Sequence[Row], language: Language) -> Tables:
        """Compile rows. Raises ``TableError`` where a row maps to itself, stands twice or has no words."""
        merged = _checked(rows)
        spun_texts = sorted({row.spun for row in merged})
        original_texts = sorted({row.original for row in merged})
        try:
            spun, original = Phrases.index(spun_texts), Phrases.index(original_texts)
        except ValueError as error:
            raise TableError(f"{error}: change or remove the row") from None
        spun_number = {text: number for number, text in enumerate(spun_texts)}
        original_number = {text: number for number, text in enumerate(original_texts)}
        row_spun = np.array([spun_number[row.spun] for row in merged], dtype=np.int32)
        row_original = np.array([original_number[row.original] for row in merged], dtype=np.int32)
        evidence = np.array(
            [(row.count, row.sites, row.verified, row.seeds) for row in merged], dtype=np.int32
        ).reshape(-1, 4)
        tier = np.array([TIERS.index(row.tier) for row in merged], dtype=np.uint8)
        words = Tokens.of(original_texts)
        word = offsets(words.doc, len(original_texts))
        frequency = phrase_frequency(language, original_texts)
        strangeness = _rarity(language, spun_texts)[row_spun] - _rarity(language, original_texts)[row_original]
        touched, chosen = _estimate(row_original, evidence, tier, frequency)
        lead, trail, core, core_span = _cores(Tokens.of(spun_texts), words, row_spun, row_original)
        encoded = [text.encode() for text in (*spun_texts, *original_texts)]
        return cls(
            spun=spun,
            original=original,
            spun_row=offsets(row_spun, len(spun_texts)),
            row_spun=row_spun,
            row_original=row_original,
            prior=(np.log(touched[row_original]) + np.log(chosen) + strangeness).astype(np.float32),
            lead=lead,
            trail=trail,
            core=core,
            core_span=core_span,
            evidence=evidence,
            tier=tier,
            touched=touched.astype(np.float32),
            original_word=word,
            original_form=words.form,
            original_shape=words.shape,
            text=np.frombuffer(b"".join(encoded), dtype=np.uint8),
            text_end=np.cumsum([len(e) for e in encoded], dtype=np.int64),
        )


def _checked(rows: Sequence[Row]) -> list[Row]:
    """Rows sorted by spun and original side."""
    for row in rows:
        if not isinstance(row, Row):
            raise TypeError(f"a table is made of unspin.Row, not {row!r}: write Row(spun, original)")
    ordered = sorted(rows)
    for row in ordered:
        if min(row.count, row.sites, row.verified, row.seeds) < 0:
            raise TableError(f"{row.spun!r} -> {row.original!r}: a count is negative")
        if regex.search(r"\p{Cs}", row.spun + row.original):
            raise TableError(f"{row.spun!r} -> {row.original!r} holds half a surrogate pair: remove it")
        if row.spun.casefold() == row.original.casefold():
            raise TableError(f"{row.spun!r} maps to itself: remove the row")
        if row.tier not in TIERS:
            raise TableError(f"{row.spun!r}: unknown tier {row.tier!r}, want one of {', '.join(TIERS)}")
    for one, other in pairwise(ordered):
        if (one.spun, one.original) == (other.spun, other.original):
            raise TableError(f"{one.spun!r} -> {one.original!r} stands twice: merge the rows")
    return ordered


def _cores(
    spun: Tokens, original: Tokens, row_spun: Int32, row_original: Int32
) -> tuple[UInt16, UInt16, UInt64, Int64]:
    """Words that both sides of a row begin with, words that both end with, and what is left of the original: its hash
    and where it stands in the original's text.

    Neither side is cut down to nothing (*Chinese language* -> *Chinese* keeps its *Chinese*), nor anywhere but at a
    blank (*who's* -> *who is* stays whole).
    """
    spun_word = offsets(spun.doc, int(row_spun.max(initial=-1)) + 1)
    original_word = offsets(original.doc, int(row_original.max(initial=-1)) + 1)
    lead, trail, core, span = [], [], [], []
    for s, o in zip(row_spun.tolist(), row_original.tolist(), strict=True):
        a, b = slice(spun_word[s], spun_word[s + 1]), slice(original_word[o], original_word[o + 1])
        words, new = spun.form[a].tolist(), original.form[b].tolist()
        gaps, new_gaps = spun.gap[a].tolist(), original.gap[b].tolist()
        most = min(len(words), len(new)) - 1
        same = next((k for k in range(most) if words[k] != new[k]), max(most, 0))
        front = next((k for k in range(same, 0, -1) if gaps[k] == new_gaps[k] == SPACE), 0)
        most -= front
        same = next((k for k in range(most) if words[-1 - k] != new[-1 - k]), max(most, 0))
        back = next((k for k in range(same, 0, -1) if gaps[-k] == new_gaps[-k] == SPACE), 0)
        lead.append(front)
        trail.append(back)
        core.append(
            int.from_bytes(blake2b(original.form[b][front : len(new) - back].tobytes(), digest_size=8).digest())
        )
        base = int(original.offset[o])
        first, last = int(original_word[o]) + front, int(original_word[o + 1]) - back - 1
        span.append((int(original.start[first]) - base, int(original.end[last]) - base))
    return (
        np.array(lead, dtype=np.uint16),
        np.array(trail, dtype=np.uint16),
        np.array(core, dtype=np.uint64),
        np.array(span, dtype=np.int64).reshape(-1, 2),
    )


def _estimate(original: Int32, evidence: Int32, tier: UInt8, frequency: Float64) -> tuple[Float64, Float64]:
    """q(o) of each original and p(s | o) of each row."""
    number = original.astype(np.int64)
    sites = (evidence[:, 1] + np.minimum(evidence[:, 3], 2)).astype(np.float64)
    generated = tier == TIERS.index("mechanism")
    seen = sums(number, sites, len(frequency))
    expected = _NOTED * _PAGES * -np.expm1(-_PAGE_WORDS * frequency)
    touched = np.clip((seen + np.where(seen > 0, _SEEN, _NEVER_SEEN)) / (expected + 1.0), 0.001, 0.95)
    share = sites + np.where(generated, 1.0, _OTHERS)
    return touched, share / (sums(number, share, len(frequency)) + _OTHERS)[number]


def _rarity(language: Language, phrases: list[str]) -> Float64:
    """How much rarer the words of each phrase that the language model does not know are than unknown words at large.

    In nats. To the model all of them are one, while *zorble* is hardly ever anybody's own word. Frequencies: wordfreq.
    """
    tokens = Tokens.of(phrases)
    unknown = np.flatnonzero(language.ids(tokens) == UNKNOWN)
    rarity = np.zeros(len(tokens))
    if len(unknown):
        from wordfreq import word_frequency

        words = tokens.words()
        own = [max(word_frequency(words[k], "en"), _RAREST) for k in unknown.tolist()]
        rarity[unknown] = np.maximum(float(language.unigram[UNKNOWN]) - np.log(own), 0.0)
    return sums(tokens.doc.astype(np.int64), rarity, len(phrases))


def phrase_frequency(language: Language, phrases: list[str]) -> Float64:
    """Share of the places in text where each phrase begins, by the language model (float64)."""
    if not phrases:
        return np.zeros(0)
    tokens = Tokens.of(phrases)
    ids = language.ids(tokens)
    first = np.flatnonzero(np.diff(tokens.doc, prepend=-1))
    before = np.concatenate(([0], ids))[: len(ids)]
    earlier = np.concatenate(([0, 0], ids))[: len(ids)]
    second = first + 1
    earlier[first] = earlier[second[second < len(ids)]] = NOWHERE
    log = language.score(earlier, before, ids).astype(np.float64)
    log[first] = language.unigram[ids[first]]
    return np.exp(np.add.reduceat(log, first))


@cache
def load() -> Tables:
    """The compiled tables that come with the package, memory-mapped."""
    return Tables.read(_DATA / "tables.bin")
