"""The pipeline, in a screenful: texts -> tokens -> lattice -> spin rate -> odds -> edits -> texts.

One engine: a text is a batch of one. A batch is restored until nothing changes any more, so that restoring a restored
text does nothing; nearly always the second look finds nothing to do.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from typing import Any, Final

import numpy as np

from unspin import candidates, channel, decode, language, lattice, pieces, tables, zones
from unspin.arrays import Int64
from unspin.config import Config
from unspin.language import Language, classify
from unspin.pieces import Piece
from unspin.realise import realise
from unspin.record import Restoration, apply, compose
from unspin.tables import Row, Tables
from unspin.tokens import PUNCT, Tokens, checked

_BATCH: Final = 300_000
"""Characters decoded together."""
_PASSES: Final = 6


class Restorer:
    """Restores texts with one configuration and one set of tables. Use does not change it: threads can share it.

    ``tables``: rows to use instead of the shipped ones, or compiled ``Tables``. Other keywords are fields of
    ``Config``.

    >>> Restorer(protect=("White Home",)).restore("The White Home officers mentioned they shook fingers.")
    'The White Home officials said they shook hands.'
    >>> mine = Restorer(tables=[Row("zorble", "table"), Row("quibbed", "laid")], min_evidence=0)
    >>> mine.restore("He quibbed the zorble for dinner.")
    'He laid the table for dinner.'
    """

    def __init__(
        self, config: Config | None = None, *, tables: Iterable[Row] | Tables | None = None, **options: Any
    ) -> None:
        self.config = replace(config or Config(), **options)
        self._given = tables if tables is None or isinstance(tables, Tables) else tuple(tables)

    @cached_property
    def language(self) -> Language:
        """The language model, loaded at first use."""
        return language.load()

    @cached_property
    def tables(self) -> Tables:
        """The compiled tables, loaded or compiled at first use."""
        if self._given is None:
            return tables.load()
        return self._given if isinstance(self._given, Tables) else Tables.compile(self._given, self.language)

    @cached_property
    def _original_ids(self) -> Int64:
        return classify(self.language.forms, self.tables.original_form, self.tables.original_shape)

    def __getstate__(self) -> dict[str, Any]:
        return {"config": self.config, "_given": self._given}

    def restore(self, text: str, *, protected: Iterable[tuple[int, int]] = ()) -> str:
        """The text with its words back: ``explain(text).text``."""
        return self.explain(text, protected=protected).text

    def explain(self, text: str, *, protected: Iterable[tuple[int, int]] = ()) -> Restoration:
        """The restored text and the account of every change; nothing within the spans ``protected`` is changed.

        Raises ``TypeError`` for anything but a string, ``ValueError`` for spans that the text does not have.

        >>> Restorer().restore("They shook fingers on the White Home.", protected=[(26, 36)])
        'They shook hands at the White Home.'
        """
        return self._settled([Piece(checked(text), _spans(text, protected))])[0]

    def restore_many(self, texts: Iterable[str]) -> list[str]:
        """Restore many texts at once; each comes out as it would alone."""
        return [record.text for record in self.explain_many(texts)]

    def explain_many(self, texts: Iterable[str]) -> list[Restoration]:
        """Explain many texts at once; each comes out as it would alone."""
        if isinstance(texts, str | bytes | bytearray):
            raise TypeError(f"a list of texts is wanted, not one {type(texts).__name__}: write [text], or use explain")
        every = pieces.batches((Piece(checked(text)) for text in texts), _BATCH)
        return [record for batch in every for record in self._settled(batch)]

    def _settled(self, texts: list[Piece]) -> list[Restoration]:
        """Repeat until nothing changes. Where the passes go round in circles, the same text of the circle is always
        taken; where they do not come to rest, the text stays as it is.
        """
        chains = [[record] for record in self._pass(texts)]
        final = [chain[0] for chain in chains]
        moving = [k for k, record in enumerate(final) if record.edits]
        for k in moving:
            chains[k].insert(0, replace(final[k], text=texts[k].text, edits=()))
        for _ in range(_PASSES):
            again = self._pass([_moved(texts[k], chains[k][-1]) for k in moving])
            still = []
            for k, record in zip(moving, again, strict=True):
                chain = chains[k]
                if not record.edits:
                    final[k] = chain[-1]
                    continue
                past = [earlier.text for earlier in chain]
                if record.text in past:
                    final[k] = min(chain[past.index(record.text) :], key=lambda r: r.text)
                    continue
                chain.append(compose(chain[-1], record))
                still.append(k)
            moving = still
        for k in moving:
            final[k] = chains[k][0]
        return final

    def _pass(self, texts: list[Piece]) -> list[Restoration]:
        """One pass over texts of any length."""
        patterns = self.config.protect
        cuts = [pieces.cut(Piece(text, spans + zones.find(text, patterns))) for text, spans in texts]
        parts = (part for cut in cuts for part in cut)
        records = (record for batch in pieces.batches(parts, _BATCH) for record in self._once(batch))
        return [pieces.joined(text.text, [next(records) for _ in cut]) for text, cut in zip(texts, cuts, strict=True)]

    def _once(self, batch: list[Piece]) -> list[Restoration]:
        """One pass over what is decoded together."""
        texts = [piece.text for piece in batch]
        model, table, config = self.language, self.tables, self.config
        tokens = Tokens.of(texts)
        words = model.ids(tokens)
        usable = zones.prose(tokens, [piece.protected for piece in batch])
        found = candidates.find(tokens, words, usable, table, self._original_ids, model)
        if not len(found):
            return [Restoration(text, text, (), 0.0, 0.0) for text in texts]
        graph = lattice.build(lattice.Places.of(tokens, words), found)
        trellis = decode.unroll(graph, model)
        touch = candidates.touched(tokens, usable, table)
        prices = channel.Prices.of(graph, channel.groups(tokens), touch, found.prior)
        rates, rate = channel.estimate_rate(graph, trellis, prices, len(texts), language.WEIGHT)
        price = prices.of_arcs(rates)[trellis.arc[trellis.target]]
        odds, likelihood = decode.posterior(trellis, language.WEIGHT * trellis.language + price, len(graph))
        gain = likelihood - language.WEIGHT * trellis.kept
        fresh = channel.freshness(tokens)
        evidence = channel.gathered(graph, gain, prices.idle(rates, len(texts)), odds, found, tokens, fresh)
        length = np.bincount(tokens.doc[tokens.kind != PUNCT], minlength=len(texts))
        spun = evidence > config.min_evidence + config.evidence_per_word * fresh * length
        edits = realise(tokens, graph, odds, table, usable, spun, config.min_probability)
        return [
            Restoration(apply(text, made), text, made, round(float(r), 4) if s else 0.0, round(float(e), 2))
            for text, made, r, e, s in zip(texts, edits, rate, evidence, spun, strict=True)
        ]


def _spans(text: str, protected: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    try:
        spans = tuple(sorted((operator.index(start), operator.index(end)) for start, end in protected))
    except TypeError:
        raise TypeError(f"protected is a list of spans (start, end), not {protected!r}") from None
    for start, end in spans:
        if not 0 <= start <= end <= len(text):
            raise ValueError(f"protected: {(start, end)} is no span of a text of {len(text)} characters")
    return spans


def _moved(text: Piece, record: Restoration) -> Piece:
    """What a pass made of a text, with its protected spans where they are now."""
    return Piece(record.text, tuple((record.to_new(start), record.to_new(end)) for start, end in text.protected))
