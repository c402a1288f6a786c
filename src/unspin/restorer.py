"""The pipeline, in a screenful: texts -> tokens -> lattice -> spin rate -> odds -> edits -> texts.

One engine: a text is a batch of one. A batch is restored until nothing changes any more, so that restoring a restored
text does nothing; nearly always the second look finds nothing to do.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from typing import Any, Final

import numpy as np

from unspin import candidates, channel, decode, language, lattice, pieces, tables, zones
from unspin.arrays import Int64, sums
from unspin.config import Config
from unspin.language import Language, classify
from unspin.realise import realise
from unspin.record import Restoration, apply, compose
from unspin.tables import Row, Tables
from unspin.tokens import MIXED, PUNCT, Tokens

_BATCH: Final = 300_000
"""Characters decoded together."""
_PASSES: Final = 6


class Restorer:
    """Restores texts with one configuration and one set of tables; immutable, safe to share between threads.

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

        Raises ``TypeError`` for anything but a string.

        >>> Restorer().restore("They shook fingers on the White Home.", protected=[(26, 36)])
        'They shook hands at the White Home.'
        """
        return self.explain_many([text])[0].without(protected)

    def restore_many(self, texts: Iterable[str]) -> list[str]:
        """Restore many texts at once; each comes out as it would alone."""
        return [record.text for record in self.explain_many(texts)]

    def explain_many(self, texts: Iterable[str]) -> list[Restoration]:
        """Explain many texts at once; each comes out as it would alone."""
        listed = [_checked(text) for text in texts]
        cuts = [pieces.cut(text) for text in listed]
        parts = (part for cut in cuts for part in cut)
        records = (record for batch in pieces.batches(parts, _BATCH) for record in self._settled(batch))
        return [pieces.joined(text, [next(records) for _ in cut]) for text, cut in zip(listed, cuts, strict=True)]

    def _settled(self, texts: list[str]) -> list[Restoration]:
        """Repeat until nothing changes. Where the passes go round in circles, the same text of the circle is always
        taken; where they do not come to rest, the text stays as it is.
        """
        chains = [[record] for record in self._once(texts)]
        final = [chain[0] for chain in chains]
        moving = [k for k, record in enumerate(final) if record.edits]
        for k in moving:
            chains[k].insert(0, replace(final[k], text=texts[k], edits=()))
        for _ in range(_PASSES):
            again = self._once([chains[k][-1].text for k in moving]) if moving else []
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

    def _once(self, texts: list[str]) -> list[Restoration]:
        """One pass over one batch."""
        model, table, config = self.language, self.tables, self.config
        tokens = Tokens.of(texts)
        words = model.ids(tokens)
        usable = zones.prose(tokens, config.protect) & (tokens.case != MIXED)
        found = candidates.find(tokens, words, usable, table, self._original_ids, model)
        if not len(found):
            return [Restoration(text, text, (), 0.0, 0.0) for text in texts]
        graph = lattice.build(lattice.Places.of(tokens, words), found)
        trellis = decode.unroll(graph, model)
        touch = candidates.touched(tokens, usable, table)
        evidence = channel.Evidence.of(graph, channel.groups(tokens), touch, found.prior)
        rates, rate = channel.estimate_rate(graph, trellis, evidence, len(texts), language.WEIGHT)
        price = evidence.price(rates)[trellis.arc[trellis.target]]
        odds, likelihood = decode.posterior(trellis, language.WEIGHT * trellis.language + price, len(graph))
        gain = likelihood - language.WEIGHT * trellis.kept
        text = graph.text(tokens)
        gain = channel.evidence_gained(graph, gain, odds[-len(found) :], text, found.phrase)
        gained = np.maximum(sums(text, gain, len(texts)) + evidence.idle(rates, len(texts)), 0.0)
        length = np.bincount(tokens.doc[tokens.kind != PUNCT], minlength=len(texts))
        spun = gained > config.min_evidence + config.evidence_per_word * length
        edits = realise(tokens, graph, odds, table, usable, spun, config.min_probability)
        return [
            Restoration(apply(text, made), text, made, round(float(r), 4) if s else 0.0, round(float(g), 2))
            for text, made, r, g, s in zip(texts, edits, rate, gained, spun, strict=True)
        ]


def _checked(text: object) -> str:
    if isinstance(text, str):
        return text
    kind = type(text).__name__
    if isinstance(text, bytes | bytearray):
        raise TypeError(f"unspin restores str, not {kind}: decode it first, for example value.decode('utf-8')")
    raise TypeError(f"unspin restores str, not {kind}")
