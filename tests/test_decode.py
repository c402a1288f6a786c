"""The decoder against a plain one that writes out every reading (``reference``)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, example, given
from reference import WEIGHT, Decoded, Reference
from strategies import SENTENCES, short_spun, spun_prose, texts

from benchmarks.score import read_gold, score
from unspin.lattice import KEEP

MOST = 20_000
ROOT = Path(__file__).parent.parent
SEEDS = {path.stem[:3]: path for path in sorted((ROOT / "seeds").glob("*.txt"))}


def check_against_every_reading(decoded: Decoded, paragraphs: list[Reference]) -> None:
    odds = np.zeros(len(decoded.graph))
    gain = 0.0
    for paragraph in paragraphs:
        own, likelihood = paragraph.posterior()
        gain += likelihood - paragraph.as_it_stands()
        for arc, probability in own.items():
            if arc >= 0:
                odds[arc] = probability
    real = decoded.graph.first >= 0
    assert decoded.odds[real] == pytest.approx(odds[real], abs=1e-6)
    assert decoded.likelihood.sum() - WEIGHT * decoded.trellis.kept.sum() == pytest.approx(gain, abs=1e-4)


@example(SENTENCES[1])
@example("Chinese language officers shook fingers.\n\nThe White Home")
@example("{officers} mentioned {the dollars}")
@given(short_spun)
def test_odds_are_sums_over_all_readings(text: str) -> None:
    decoded = Decoded(text)
    paragraphs = Reference.of(decoded)
    assume(sum(p.count() for p in paragraphs) <= MOST)
    check_against_every_reading(decoded, paragraphs)


@given(texts)
def test_each_place_is_read_once(text: str) -> None:
    decoded = Decoded(text)
    graph = decoded.graph
    into = np.bincount(graph.head, weights=decoded.odds, minlength=len(graph.level))
    out = np.bincount(graph.tail, weights=decoded.odds, minlength=len(graph.level))
    ends = np.zeros(len(graph.level), dtype=bool)
    ends[graph.start] = ends[graph.final] = True
    assert out[graph.start] == pytest.approx(1.0, abs=1e-6)
    assert into[graph.final] == pytest.approx(1.0, abs=1e-6)
    assert into[~ends] == pytest.approx(out[~ends], abs=1e-6)


@given(spun_prose)
def test_nothing_is_gained_by_another_reading(text: str) -> None:
    """No reading, not even the one as it stands, is likelier than all of them together."""
    decoded = Decoded(text)
    kept = np.flatnonzero(decoded.graph.row == KEEP)
    stretch = np.cumsum(decoded.graph.level == 0)[decoded.graph.tail[kept]] - 1
    price = np.bincount(stretch, weights=decoded.price[kept], minlength=len(decoded.likelihood))
    assert (WEIGHT * decoded.trellis.kept + price <= decoded.likelihood + 1e-6).all()


@cache
def decoded_seed(name: str) -> tuple[Decoded, np.ndarray]:
    decoded = Decoded(SEEDS[name].read_text(encoding="utf-8"))
    beam = np.zeros(len(decoded.graph))
    for paragraph in Reference.of(decoded):
        beam[[arc for arc in paragraph.best(beam=5000) if arc >= 0]] = 1.0
    return decoded, beam


@pytest.mark.parametrize("name", SEEDS)
def test_choices_agree_with_the_best_reading(name: str) -> None:
    decoded, beam = decoded_seed(name)
    kept = (decoded.graph.row == KEEP) & (decoded.graph.first >= 0)
    assert np.mean((decoded.odds > 0.5)[kept] == (beam > 0.5)[kept]) >= 0.97


@pytest.mark.parametrize("name", SEEDS)
def test_choices_are_as_good_as_the_best_reading(name: str) -> None:
    decoded, beam = decoded_seed(name)
    gold = read_gold(ROOT / "benchmarks" / "gold" / f"{name}.edits.jsonl")
    engine, best = (score(decoded.text, decoded.restored(odds), gold).f05 for odds in (decoded.odds, beam))
    assert engine >= best - 0.005
