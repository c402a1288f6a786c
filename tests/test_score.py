"""The measure of the benchmarks. ``data/score_agreement.jsonl`` holds made-up sentences with the counts that the first
implementation of the measure gave them; figures stay comparable only as long as those do not change."""

import json
import random
import time
from pathlib import Path

import pytest

from benchmarks.score import Change, Gold, Score, align, changed, read_gold, score

AGREEMENT = Path(__file__).parent / "data" / "score_agreement.jsonl"
CASES = [json.loads(line) for line in AGREEMENT.read_text(encoding="utf-8").splitlines()]
ROOT = Path(__file__).parent.parent

TEXT = "The baker mentioned that the primary loaf was over."
GOLD = [
    Gold(10, 19, "mentioned", ("said",)),
    Gold(29, 36, "primary", ("first", "earliest"), required=False),
    Gold(46, 50, "over", ("finished",)),
]


def counts(result: Score) -> tuple[int, int, int]:
    return result.tp, result.fp, result.fn


@pytest.mark.parametrize("case", CASES, ids=range(len(CASES)))
def test_agrees_with_the_recorded_counts(case):
    result = score(case["spun"], case["restored"], [Gold.of(g) for g in case["gold"]])
    assert {name: getattr(result, name) for name in case["expected"]} == case["expected"]


@pytest.mark.parametrize(
    ("restored", "expected"),
    [
        (TEXT, (0, 0, 2)),
        ("The baker said that the first loaf was finished.", (3, 0, 0)),
        ("The baker said that the earliest loaf was finished.", (3, 0, 0)),
        ("The baker said that the primary loaf was finished.", (2, 0, 0)),
        ("The baker said that the third loaf was finished.", (2, 1, 0)),
        ("The baker told that the primary loaf was over.", (0, 1, 2)),
        ("The baker said that a primary loaf was over.", (1, 1, 1)),
        ("The big baker said that the primary loaf was over.", (1, 1, 1)),
        ("The baker said it that the primary loaf was over.", (0, 1, 2)),
        ("The baker said that the primary loaf was finished. Good.", (1, 1, 1)),
        ("The  baker\tmentioned that the primary loaf was over.", (0, 0, 2)),
        ("", (0, 1, 2)),
    ],
)
def test_regions(restored, expected):
    assert counts(score(TEXT, restored, GOLD)) == expected


def test_letter_case_is_counted_apart():
    result = score(TEXT, "The baker SAID that the primary loaf was Finished.", GOLD)
    assert (counts(result), result.case_errors) == ((2, 0, 0), 2)


def test_quotes_do_not_matter():
    assert counts(score("“It’s” big", '"It\'s" big', [])) == (0, 0, 0)


def test_errors_can_be_read():
    result = score(TEXT, "A baker told that the primary loaf was over.", GOLD)
    assert result.wrong == (("mentioned", "told", "said"),)
    assert result.missed == (("over", "finished"),)
    assert result.spurious == (("[The] baker mentioned that the prim", "A"),)


def test_nothing_at_all():
    empty = score("", "", [])
    assert (empty.precision, empty.recall, empty.f05, empty.broken) == (0, 0, 0, 0)


def test_scores_add_up():
    once = score(TEXT, "A baker said that the primary loaf was over.", GOLD)
    assert sum([once, once], Score()) == once + once
    assert counts(once + once) == (2, 2, 2)
    assert (once + once).broken == once.broken


def test_offsets_of_changes_span_lines():
    spun = "One two.\r\nThree four.\n\nFive"
    made = changed(spun, "One too.\r\nThree four.\n\nFive six")
    assert made == [Change(4, 7, "too"), Change(len(spun), len(spun), "six")]


def test_lines_may_be_joined():
    assert changed("a b\nc d", "a b c e") == [Change(6, 7, "e")]


def brute(a: list[str], b: list[str]) -> int:
    """Edit distance, by definition."""
    if not a or not b:
        return len(a) + len(b)
    if a[-1] == b[-1]:
        return brute(a[:-1], b[:-1])
    return 1 + min(brute(a[:-1], b[:-1]), brute(a[:-1], b), brute(a, b[:-1]))


def test_alignments_are_shortest_and_complete():
    rng = random.Random(1)
    for _ in range(300):
        a, b = (rng.choices("abc", k=rng.randrange(7)) for _ in range(2))
        stretches = align(a, b)
        assert sum(max(i2 - i1, j2 - j1) for i1, i2, j1, j2 in stretches) == brute(a, b)
        rebuilt, at = [], 0
        for i1, i2, j1, j2 in stretches:
            rebuilt += a[at:i1] + b[j1:j2]
            at = i2
        assert rebuilt + a[at:] == b


def test_a_tie_goes_to_the_later_match():
    assert align(["x"], ["x", "x"]) == [(0, 0, 0, 1)]
    assert align(["x", "p"], ["x", "x", "q"]) == [(0, 0, 0, 1), (1, 2, 2, 3)]


def test_a_long_line_with_few_changes_is_cheap():
    words = [f"w{k % 997}" for k in range(40_000)]
    other = [*words[:20_000], "new", *words[20_000:39_000], "other", *words[39_001:]]
    begin = time.perf_counter()
    assert align(words, other) == [(20_000, 20_000, 20_000, 20_001), (39_000, 39_001, 39_001, 39_002)]
    assert time.perf_counter() - begin < 20


@pytest.mark.parametrize("number", ["000", "004"])
def test_gold_of_the_seeds_fits_its_text(number):
    (path,) = (ROOT / "seeds").glob(f"{number}_*.txt")
    text = path.read_bytes().decode()
    gold = read_gold(ROOT / "benchmarks" / "gold" / f"{number}.edits.jsonl")
    assert all(text[g.start : g.end] == g.spun for g in gold)
    restored = text
    for g in reversed(gold):
        restored = restored[: g.start] + g.originals[0] + restored[g.end :]
    perfect = score(text, restored, gold)
    assert (perfect.fp, perfect.fn, perfect.case_errors, perfect.tp) == (0, 0, 0, len(gold))
