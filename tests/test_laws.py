"""The laws of the engine: they hold for any Unicode text, through every door."""

from __future__ import annotations

import pickle
import time
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from multiprocessing import get_context
from unittest import mock

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from reference import Decoded
from strategies import CLEAN, SENTENCES, any_text, chunks, plain_texts, sentences, spun_prose, texts

import unspin
from unspin import Edit, Restoration, Restorer, Row, pieces, spinner, tables
from unspin.candidates import UNWRAP
from unspin.record import compose, place
from unspin.tables import Tables
from unspin.tokens import Tokens

SHIPPED = Restorer()
EAGER = Restorer(min_probability=0.05, min_evidence=0, evidence_per_word=0)
RESTORERS = {
    "default": SHIPPED,
    "eager": EAGER,
    "careful": Restorer(min_probability=0.9),
    "protecting": Restorer(protect=(r"White Home", r"(?s)“.*?”", r"\A\w+", r"\w+\W*\Z", r"(?m)^The")),
}
each_restorer = pytest.mark.parametrize("restorer", RESTORERS.values(), ids=RESTORERS)
lists_of_texts = st.lists(texts, min_size=1, max_size=6)


def made_up_restorer() -> Restorer:
    pairs = {
        "zorble": "table",
        "quibbed": "laid",
        "frandle": "house",
        "morvish": "old",
        "plinter": "water",
        "snaveled": "opened",
        "grook": "door",
        "tweltish": "small",
        "brimpful oddle": "letter",
        "drenk": "young woman",
        "skarn": "apple",
        "hoffled": "walked",
    }
    rows = [Row(spun, original, count=90, sites=90) for spun, original in pairs.items()]
    return Restorer(tables=rows, min_evidence=0, evidence_per_word=0)


MADE_UP = made_up_restorer()


# 1, 2, 3: what an account says is what was done


def check_account(record: Restoration) -> None:
    """Laws 1, 2 and 3 of one record."""
    old, new = record.original, record.text
    assert unspin.apply(old, record.edits) == new == record.apply()
    assert record.undo() == old
    assert all(a.end <= b.start and a.new_end <= b.new_start for a, b in pairwise(record.edits))
    position = new_position = 0
    for edit in record.edits:
        assert old[edit.start : edit.end] == edit.spun != edit.restored == new[edit.new_start : edit.new_end]
        assert old[position : edit.start] == new[new_position : edit.new_start]
        position, new_position = edit.end, edit.new_end
    assert old[position:] == new[new_position:]


def minimal(edit: Edit) -> bool:
    """Whether an edit begins and ends with words that it changes, as far as either side has another word."""
    spun, restored = edit.spun.split(), edit.restored.split()
    return min(len(spun), len(restored)) < 2 or (spun[0] != restored[0] and spun[-1] != restored[-1])


@each_restorer
@given(text=texts)
def test_account(restorer: Restorer, text: str) -> None:
    record = restorer.explain(text)
    assert record.original is text
    assert restorer.restore(text) == record.text
    check_account(record)
    for edit in record.edits:
        assert minimal(edit)
        assert 0 < edit.probability <= 1
        odds = [a.probability for a in edit.alternatives]
        assert odds == sorted(odds, reverse=True)
        assert edit.restored not in [a.text for a in edit.alternatives]
    assert 0 <= record.spin_rate <= 1


@given(texts, st.data())
def test_any_selection_of_edits_can_be_made(text: str, data: st.DataObject) -> None:
    edits = EAGER.explain(text).edits
    chosen = data.draw(st.lists(st.sampled_from(edits), unique=True)) if edits else []
    restored = unspin.apply(text, chosen)
    check_account(Restoration(restored, text, place(chosen), 0.0, 0.0))


@given(texts, st.data())
def test_nothing_is_changed_within_protected_spans(text: str, data: st.DataObject) -> None:
    place_in_text = st.integers(0, len(text))
    spans = [tuple(sorted(span)) for span in data.draw(st.lists(st.tuples(place_in_text, place_in_text), max_size=4))]
    record = SHIPPED.explain(text, protected=spans)
    check_account(record)
    assert not [e for e in record.edits if any(e.start < high and low < e.end for low, high in spans)]
    assert unspin.restore(text, protected=iter(spans)) == record.text
    moved = [(record.to_new(low), record.to_new(high)) for low, high in spans]
    assert SHIPPED.restore(record.text, protected=moved) == record.text


# 4: restoring a restored text does nothing


@each_restorer
@given(text=texts)
def test_idempotent(restorer: Restorer, text: str) -> None:
    once = restorer.restore(text)
    assert restorer.restore(once) is once


def test_long_text_is_cut_at_blank_lines() -> None:
    text = "word " * 15_000 + "\n\n" + "word " * 15_000
    assert [len(piece.text) for piece in pieces.cut(pieces.Piece(text))] == [75_002, 75_000]
    assert pieces.cut(pieces.Piece(text, ((10, 75_010), (75_003, 75_004))))[1].protected == ((0, 8),)


@given(st.lists(spun_prose | texts, min_size=2, max_size=8).map("\n\n".join))
def test_idempotent_in_pieces(text: str) -> None:
    with mock.patch.object(pieces, "LONGEST", 300), mock.patch.object(pieces, "_SHORTEST", 150):
        record = SHIPPED.explain(text)
        check_account(record)
        assert SHIPPED.restore(record.text) == record.text


# 5: a text comes out as it would alone


@each_restorer
@given(many=lists_of_texts, data=st.data())
def test_alone_as_in_company(restorer: Restorer, many: list[str], data: st.DataObject) -> None:
    alone = [restorer.explain(text) for text in many]
    assert restorer.explain_many(many) == alone
    assert restorer.restore_many(iter(many)) == [record.text for record in alone]
    cuts = [0, *data.draw(chunks(len(many))), len(many)]
    assert [r for low, high in pairwise(cuts) for r in restorer.explain_many(many[low:high])] == alone
    with mock.patch("unspin.restorer._BATCH", data.draw(st.integers(1, 400))):
        assert restorer.explain_many(many) == alone


def test_in_other_processes() -> None:
    alone = [SHIPPED.explain(text) for text in SENTENCES]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert list(pool.map(Restorer().explain, SENTENCES)) == alone


@pytest.mark.parametrize("protect", [r"(?s)BEGIN.*?END", r"\A.*", r".*\Z", r"(?s)^.{9}", r"(?s).{9}\Z", r"(?<=\n).*"])
def test_protected_parts_end_with_their_text(protect: str) -> None:
    restorer = Restorer(protect=(protect,))
    many = [f"BEGIN. {SENTENCES[0]} {SENTENCES[1]}", f"{SENTENCES[2]} {SENTENCES[3]} END"]
    assert restorer.explain_many(many) == [restorer.explain(text) for text in many]


def test_capitals_do_not_depend_on_the_text_before() -> None:
    rows = [Row("zorble", "press conference", 90, 90), Row("quibbed", "said", 90, 90)]
    restorer = Restorer(tables=rows, min_evidence=0, evidence_per_word=0)
    many = ["He quibbed it to Emma", "Zorble Monday, he quibbed."]
    assert restorer.restore_many(many) == ["He said it to Emma", "Press conference Monday, he said."]


def test_evidence_does_not_depend_on_the_text_before() -> None:
    many = ["I", "the", "said", "two", "an hour", "White Home"]
    assert SHIPPED.explain_many(many) == [SHIPPED.explain(text) for text in many]


@given(lists_of_texts)
def test_pickled(many: list[str]) -> None:
    for restorer in (RESTORERS["protecting"], MADE_UP):
        assert pickle.loads(pickle.dumps(restorer)).explain_many(many) == restorer.explain_many(many)
    record = SHIPPED.explain(many[0])
    assert pickle.loads(pickle.dumps(record)) == record


def test_threads() -> None:
    many = [" ".join(SENTENCES[k:]) for k in range(len(SENTENCES))] * 3
    expected = SHIPPED.explain_many(many)
    fresh = Restorer()
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(fresh.explain, many)) == expected
        assert list(pool.map(unspin.explain, many)) == expected


@given(lists_of_texts)
def test_every_door_leads_to_the_same_engine(many: list[str]) -> None:
    text, record = many[0], SHIPPED.explain(many[0])
    assert unspin.explain(text) == record
    assert unspin.restore(text) == record.text
    assert unspin.restore_many(many) == SHIPPED.restore_many(many)
    assert unspin.spin_rate(text) == record.spin_rate
    assert unspin.is_spun(text) is (record.spin_rate > 0)
    options = {"min_probability": 0.9, "min_evidence": 0.0, "protect": ("White",)}
    assert unspin.explain(text, **options) == Restorer(**options).explain(text)


# 6: spinning and restoring are inverse


MADE_UP_SENTENCES = (
    "He laid the table for dinner.",
    "They opened the door of the old house.",
    "She walked to the house and opened the letter.",
    "There was a small table in the old house.",
    "The young woman opened the door and walked into the house.",
    "He drank the water and walked out of the door.",
    "An old house stood near the water.",
    "She opened a letter at the small table.",
)


@given(st.lists(st.sampled_from(MADE_UP_SENTENCES), min_size=1, max_size=6), st.integers(0, 2**32))
def test_one_to_one_rows_are_undone(chosen: list[str], seed: int) -> None:
    text = " ".join(chosen)
    spun = unspin.spin(text, rate=1.0, seed=seed, table=MADE_UP.tables)
    assert MADE_UP.restore(spun) == text


def spun_spans(text: str, table: Tables, seed: int) -> tuple[str, list[tuple[int, int, str]]]:
    """The text spun, and where in it which original was replaced."""
    replaced = []

    def recording(tokens: Tokens, first: int, last: int, phrase: str, *, curly: bool) -> str:
        written = surface_write(tokens, first, last, phrase, curly=curly)
        replaced.append((int(tokens.start[first]), int(tokens.end[last - 1]), written))
        return written

    surface_write = spinner.surface.write
    with mock.patch.object(spinner.surface, "write", recording):
        spun = unspin.spin(text, rate=1.0, seed=seed, table=table)
    spans, shift = [], 0
    for start, end, written in replaced:
        spans.append((start + shift, start + shift + len(written), text[start:end]))
        shift += len(written) - (end - start)
        assert spun[spans[-1][0] : spans[-1][1]] == written
    return spun, spans


@given(
    st.lists(st.integers(0, len(tables.load().touched) - 1), min_size=4, max_size=24),
    st.lists(st.sampled_from(CLEAN), min_size=24, max_size=24),
    st.integers(0, 99),
)
def test_what_was_spun_is_among_the_candidates(originals: list[int], between: list[str], seed: int) -> None:
    table = tables.load()
    text = " ".join(f"{table.original_text(k)} {word}" for k, word in zip(originals, between, strict=False))
    spun, spans = spun_spans(text, table, seed)
    assume(spans)
    decoded = Decoded(spun)
    tokens, found = decoded.tokens, decoded.found
    offered = {
        (int(tokens.start[first]), int(tokens.end[last - 1]), table.row(row).original.lower())
        for first, last, row in zip(found.first.tolist(), found.last.tolist(), found.row.tolist(), strict=True)
        if row != UNWRAP
    }
    assert {(start, end, original.lower()) for start, end, original in spans} <= offered


# 7: what was not spun is left alone


@given(plain_texts)
def test_text_without_table_words_is_the_same_object(text: str) -> None:
    for restorer in RESTORERS.values():
        assert restorer.restore(text) is text
        assert restorer.explain(text).edits == ()
        assert restorer.explain(text).spin_rate == 0


@given(texts)
def test_untouched_text_is_the_same_object(text: str) -> None:
    record = SHIPPED.explain(text)
    assert (record.text is text) == (not record.edits)
    assert record.text != text or not record.edits


CLEAN_PROSE = (
    "The librarian closed the window and put the kettle on. Outside, the first snow had begun to fall.",
    "She had learned to play the violin from her grandmother, who said that patience mattered more than talent.",
    "“We were late,” he said, “because the ferry left at six.” Nobody at the table believed him.",
    "The meeting at the White House lasted two hours. Officials said the two sides would talk again next week.",
)


@pytest.mark.parametrize("text", [*CLEAN_PROSE, "\n\n".join(CLEAN_PROSE), ""])
def test_clean_prose_is_the_same_object(text: str) -> None:
    assert unspin.restore(text) is text
    assert unspin.restore_many([text, text])[1] is text
    assert unspin.spin_rate(text) == 0
    assert not unspin.is_spun(text)


@pytest.mark.parametrize(
    "line",
    [
        "Click on here to view extra photos.",
        "Read the chunk, then skip the chunk.",
        "The specified instance is returned.",
        "Store in a cool, dry place.",
        "See the general conditions for further details.",
    ],
)
def test_what_is_said_again_is_no_evidence(line: str) -> None:
    assert unspin.restore(line) is line
    for times in (2, 5, 20, 100):
        text = "\n".join([line] * times)
        assert unspin.restore(text) is text


# 8: time and memory grow with the text, no faster


PROSE = " ".join(SENTENCES[:4]) + " "
HOSTILE: dict[str, tuple[int, Callable[[int], str]]] = {
    "one word": (25_000, lambda n: "extra " * (n // 6)),
    "one word a line": (25_000, lambda n: "extra\n" * (n // 6)),
    "quotes": (250_000, lambda n: '"' * n),
    "opened quotes": (250_000, lambda n: ' "' * (n // 2)),
    "an address that never comes": (250_000, lambda n: "a." * (n // 2) + "@"),
    "braces": (250_000, lambda n: "{a " * (n // 3)),
    "shut braces": (20_000, lambda n: "{a} " * (n // 4)),
    "slashes": (250_000, lambda n: "a/" * (n // 2)),
    "comments without end": (50_000, lambda n: "<!--" * (n // 4)),
    "scripts without end": (50_000, lambda n: "<script>" * (n // 8)),
    "tags": (125_000, lambda n: "<a" * (n // 2)),
    "backquotes": (125_000, lambda n: "`a" * (n // 2)),
    "hyphens": (250_000, lambda n: "a-" * (n // 2)),
    "one letter": (250_000, lambda n: "a" * n),
    "a phrase that goes on": (40_000, lambda n: "within the " * (n // 11)),
    "no blank": (40_000, lambda n: "within/" * (n // 7)),
    "line ends": (250_000, lambda n: "\n" * n),
    "blank lines": (250_000, lambda n: "\n   " * (n // 4)),
    "blanks": (250_000, lambda n: " " * n),
    "one line of prose": (250_000, lambda n: PROSE * (n // len(PROSE))),
}


@pytest.mark.parametrize(("size", "make"), HOSTILE.values(), ids=HOSTILE)
def test_time_is_linear(size: int, make: Callable[[int], str]) -> None:
    def seconds(n: int) -> float:
        text = make(n)
        began = time.process_time()
        SHIPPED.restore(text)
        return time.process_time() - began

    SHIPPED.restore(PROSE)
    more = seconds(4 * size)
    assert more < 8 * seconds(size) + 0.5
    assert more < 4 * size / 5_000, "fewer than 5,000 characters a second"


@pytest.mark.parametrize("name", ["one word", "one line of prose", "braces"])
def test_memory_is_linear(name: str) -> None:
    def peak(n: int) -> int:
        text = HOSTILE[name][1](n)
        tracemalloc.start()
        try:
            SHIPPED.restore(text)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    SHIPPED.restore(PROSE)
    assert peak(16_000) < 6 * peak(4_000) + 1_000_000


# 9: anything but a string is refused


@pytest.mark.parametrize("door", [unspin.restore, unspin.explain, unspin.spin_rate, unspin.is_spun, SHIPPED.restore])
@pytest.mark.parametrize(
    ("value", "hint"), [(b"x", "decode"), (bytearray(b"x"), "decode"), (None, "NoneType"), (7, "int")]
)
def test_only_strings(door: Callable[[object], object], value: object, hint: str) -> None:
    with pytest.raises(TypeError, match=f"str.*{hint}"):
        door(value)
    with pytest.raises(TypeError, match=f"str.*{hint}"):
        unspin.restore_many(["a text", value])


# Offsets, and two passes in one account


def check_offsets(record: Restoration) -> None:
    """``to_new`` and ``to_old`` are monotone, and inverse outside of edits."""
    new = [record.to_new(k) for k in range(len(record.original) + 1)]
    old = [record.to_old(k) for k in range(len(record.text) + 1)]
    assert new == sorted(new)
    assert old == sorted(old)
    inside = {k for e in record.edits for k in range(e.start + 1, e.end)}
    assert all(old[new[k]] == k for k in range(len(new)) if k not in inside)
    inside = {k for e in record.edits for k in range(e.new_start + 1, e.new_end)}
    assert all(new[old[k]] == k for k in range(len(old)) if k not in inside)
    for offset, mapped in (
        (-1, record.to_new),
        (len(new), record.to_new),
        (-1, record.to_old),
        (len(old), record.to_old),
    ):
        with pytest.raises(IndexError):
            mapped(offset)
    for edit in record.edits:
        assert record.to_new(edit.start) == edit.new_start
        assert record.to_new(edit.end) == edit.new_end


@given(texts | sentences)
def test_offsets(text: str) -> None:
    check_offsets(EAGER.explain(text))


@st.composite
def edited(draw: st.DrawFn, text: str) -> Restoration:
    """Random edits of a text; like those of the engine, none has an empty side."""
    bounds = sorted(draw(st.lists(st.integers(0, len(text)), max_size=12)))
    edits = []
    for start, end in zip(bounds[::2], bounds[1::2], strict=False):
        new = draw(st.text("ab ’\U0001f600", min_size=1, max_size=6))
        if start < end and new != text[start:end]:
            edits.append(Edit(start, end, text[start:end], new, 0, 0, draw(st.floats(0.5, 1))))
    return Restoration(unspin.apply(text, edits), text, place(edits), 0.5, 9.0)


@given(any_text, st.data())
def test_two_passes_in_one_account(text: str, data: st.DataObject) -> None:
    first = data.draw(edited(text))
    check_account(first)
    check_offsets(first)
    second = data.draw(edited(first.text))
    both = compose(first, second)
    assert (both.original, both.text) == (text, second.text)
    check_account(both)
    check_offsets(both)


@given(any_text, st.data())
def test_the_way_back_leaves_no_edit(text: str, data: st.DataObject) -> None:
    first = data.draw(edited(text))
    back = [Edit(e.new_start, e.new_end, e.restored, e.spun, 0, 0, 1.0) for e in first.edits]
    second = Restoration(text, first.text, place(back), 0.0, 0.0)
    assert compose(first, second).edits == ()
    assert compose(first, replace(second, text=first.text, edits=())) is first


# Odds


@example("Chinese language officers")
@given(texts)
def test_odds_of_a_place_add_up_to_one_at_most(text: str) -> None:
    for edit in EAGER.explain(text).edits:
        spelt = [a.probability for a in edit.alternatives if a.text != edit.spun]
        assert edit.probability + sum(spelt) <= 1 + 1e-3 * (1 + len(spelt))
