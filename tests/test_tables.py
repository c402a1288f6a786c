"""The shipped tables are in order: the text that people edit, the rules written out as rows, and the compiled file."""

import re
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from unspin import language, mechanisms, store, tables, zones
from unspin.phrases import Phrases
from unspin.tables import COLUMNS, TIERS, Row, TableError, Tables
from unspin.tokens import Tokens

DATA = Path(tables.__file__).parent / "data"
FILES = sorted((DATA / "tables").glob("*.tsv"))
ROWS = tables.shipped_rows()
ADDRESS = re.compile(r"https?:|www\.|@|\w\.(?:com|net|org|info|biz|blog|news|online|site|co|io|in|us|uk)\b", re.I)

each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)


def lines(path):
    return path.read_bytes().decode("utf-8").split("\n")


def fresh():
    return Tables.compile(mechanisms.completed(ROWS), language.load())


# The text tables


def test_a_file_for_each_tier():
    assert {path.stem.rsplit(".", 1)[-1] for path in FILES} == set(TIERS)
    assert {row.tier for row in ROWS} == set(TIERS)


@each_file
def test_file_is_what_write_rows_writes(path, tmp_path):
    copy = tmp_path / path.name
    tables.write_rows(copy, tables.read_rows(path), lines(path)[0].removeprefix("# "))
    assert copy.read_bytes() == path.read_bytes()


@each_file
def test_cells(path):
    comment, header, *rest, last = lines(path)
    assert comment.startswith("# ")
    assert header.split("\t") == list(COLUMNS)
    assert last == ""
    for line in rest:
        cells = line.split("\t")
        assert len(cells) == len(COLUMNS), line
        assert all(cell == " ".join(cell.split()) for cell in cells), line
        assert all(cell.isascii() and cell.isdecimal() and str(int(cell)) == cell for cell in cells[2:]), line
        assert not re.search(r"[“”‘’‐-―]", "".join(cells[:2])), line


@each_file
def test_sorted(path):
    keys = [tuple(line.split("\t")[:2]) for line in lines(path)[2:-1]]
    assert keys == sorted(keys)


def test_each_pair_stands_once():
    pairs = [(row.spun, row.original.lower()) for row in ROWS]
    assert len(set(pairs)) == len(pairs)


def test_a_phrase_has_one_tier():
    tier = {}
    observed = [row for row in ROWS if row.tier != "mechanism"]
    assert not [row for row in observed if tier.setdefault(row.spun, row.tier) != row.tier]


def test_no_row_maps_to_itself():
    assert not [row for row in ROWS if row.spun.lower() == row.original.lower()]


def test_spun_side_is_lower_case():
    assert not [row for row in ROWS if row.spun != row.spun.lower()]


def test_evidence_is_consistent():
    for row in ROWS:
        assert 0 <= row.verified <= row.count, row
        assert 0 <= row.sites <= row.count, row
        assert (row.sites > 0) == (row.count > 0), row


def test_rows_known_from_the_seeds_alone_are_marked():
    assert not [row for row in ROWS if row.count == 0 and row.seeds == 0]
    assert any(row.count == 0 for row in ROWS)


@each_file
def test_no_address(path):
    assert not ADDRESS.search(path.read_text(encoding="utf-8"))


def looping():
    """Phrases of the safest tier that its own rows lead back to."""
    leads_to = {}
    for row in ROWS:
        if row.tier == "always":
            leads_to.setdefault(row.spun, set()).add(row.original.lower())

    def reached(start):
        seen, todo = set(), [start]
        while todo:
            for phrase in leads_to.get(todo.pop(), set()) - seen:
                seen.add(phrase)
                todo.append(phrase)
        return seen

    return {phrase for phrase in leads_to if phrase in reached(phrase)}


def test_the_safest_tier_never_goes_round_in_circles():
    assert not looping()


@pytest.mark.parametrize("text", ["{}", "{} again.", "He wrote: {}, again.", "\u201c{}\u201d"])
def test_every_row_is_reachable(text):
    phrases = sorted({row.spun for row in mechanisms.completed(ROWS)})
    tokens = Tokens.of([text.format(phrase) for phrase in phrases])
    usable = zones.prose(tokens, [()] * len(phrases))
    first, last, number = Phrases.index(phrases).find(tokens, usable)
    own = tokens.doc[first] == number
    found = {
        phrases[n]
        for f, e, n in zip(first[own].tolist(), last[own].tolist(), number[own].tolist(), strict=True)
        if tokens.buffer[tokens.start[f] : tokens.end[e - 1]] == phrases[n]
    }
    assert sorted(set(phrases) - found) == []


# The rules


def test_rules_as_rows():
    rows = mechanisms.generated()
    assert rows == sorted(rows)
    assert len({(row.spun, row.original) for row in rows}) == len(rows)
    for row in rows:
        assert row == replace(row, count=0, sites=0, verified=0, seeds=0, tier="mechanism")
        assert row.spun == row.spun.lower() != row.original.lower()
    assert len(Tables.compile(rows, language.load())) == len(rows)


@pytest.mark.parametrize(
    ("spun", "original"),
    [
        ("2", "two"),
        ("nineteenth", "19th"),
        ("nineteen seventies", "1970s"),
        ("with out", "without"),
        ("on-line", "online"),
        ("one other", "another"),
        ("it's", "it is"),
        ("it is", "it's"),
        ("can't", "cannot"),
    ],
)
def test_rule(spun, original):
    assert (spun, original) in {(row.spun, row.original) for row in mechanisms.generated()}


def test_rules_give_way_to_observed_rows():
    observed = Row("2", "two", 5, 4)
    done = mechanisms.completed([observed])
    assert [row for row in done if (row.spun, row.original) == ("2", "two")] == [observed]
    assert done[1:] == [row for row in mechanisms.generated() if (row.spun, row.original) != ("2", "two")]


# The compiled file


def test_compiled_file_is_undamaged():
    store.verify(DATA / "tables.bin")


def test_compiled_file_is_that_of_the_text():
    shipped, compiled = tables.load(), fresh()
    for column in fields(Tables):
        ours, theirs = getattr(shipped, column.name), getattr(compiled, column.name)
        if isinstance(ours, Phrases):
            for part in fields(Phrases):
                np.testing.assert_array_equal(getattr(ours, part.name), getattr(theirs, part.name), column.name)
        elif ours.dtype.kind == "f":
            np.testing.assert_allclose(ours, theirs, rtol=1e-5, err_msg=column.name)
        else:
            np.testing.assert_array_equal(ours, theirs, column.name)


def test_compiling_is_deterministic(tmp_path):
    compiled = fresh()
    shuffled = Tables.compile(mechanisms.completed(ROWS)[::-1], language.load())
    assert compiled.save(tmp_path / "a") == shuffled.save(tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_compiled_rows_are_those_of_the_text():
    shipped = tables.load()
    assert [shipped.row(number) for number in range(len(shipped))] == sorted(mechanisms.completed(ROWS))


def test_probabilities():
    shipped = tables.load()
    assert np.isfinite(shipped.prior).all()
    assert (shipped.prior < 0).all()
    assert ((shipped.touched > 0) & (shipped.touched < 1)).all()
    chosen = np.exp(shipped.prior.astype(np.float64)) / shipped.touched[shipped.row_original]
    assert (np.bincount(shipped.row_original, weights=chosen) <= 1 + 1e-5).all()


# What goes wrong in a table


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([Row("house", "House")], r"'house' maps to itself: remove the row"),
        ([Row("home", "house", 1), Row("home", "house", 2)], r"'home' -> 'house' stands twice: merge the rows"),
        ([Row("white\n\nhome", "white house")], r"'white\\n\\nhome' has a line break in it: change or remove the row"),
        ([Row("home", "white\n\nhouse")], r"'white\\n\\nhouse' has a line break in it: change or remove the row"),
        ([Row("", "house")], r"'' has no words: change or remove the row"),
        ([Row("home", " ")], r"' ' has no words: change or remove the row"),
        ([Row("the home", "a"), Row("the  home", "b")], r"are the same phrase: change or remove the row"),
        ([Row("home", "house", tier="perhaps")], r"'home': unknown tier 'perhaps', want one of always, often, seldom"),
    ],
    ids=["self", "twice", "break", "break-in-original", "empty", "blank", "same-phrase", "tier"],
)
def test_bad_rows(rows, message):
    with pytest.raises(TableError, match=message):
        Tables.compile(rows, language.load())


@pytest.mark.parametrize(
    "line",
    ["home", "home\thouse\tmany\t1\t0\t0", "home\thouse\t1\t1\t0\t0\t0\t0", "home house 1 1 0 0", "home\thouse\t1.5"],
)
def test_malformed_line(line, tmp_path):
    path = tmp_path / "x.often.tsv"
    path.write_text("\n".join(["# comment", "\t".join(COLUMNS), "a\tb\t1\t1\t0\t0", "", line]), encoding="utf-8")
    with pytest.raises(
        TableError, match=r"x\.often\.tsv:5: want 6 tab-separated cells \(spun, original, count"
    ) as error:
        tables.read_rows(path)
    assert repr(line) in str(error.value)


def test_short_lines_of_one_column_too_few(tmp_path):
    path = tmp_path / "x.often.tsv"
    path.write_text("home\thouse\t1\t1\t0\n", encoding="utf-8")
    with pytest.raises(TableError, match="want 6 tab-separated cells"):
        tables.read_rows(path)


def test_tier_is_the_name_of_the_file(tmp_path):
    path = tmp_path / "a.family.seldom.tsv"
    tables.write_rows(path, [Row("b", "c"), Row("a", "d", 3, 2, 1, 1)], "made up")
    assert tables.read_rows(path) == [Row("a", "d", 3, 2, 1, 1, "seldom"), Row("b", "c", tier="seldom")]


def test_unchanged_words_at_the_edges_are_no_part_of_a_change():
    compiled = Tables.compile([Row("take care of the home", "take care of the house")], language.load())
    assert (compiled.lead.tolist(), compiled.trail.tolist(), compiled.core_text(0)) == ([4], [0], "house")


def test_compiled_tables_survive_a_file(tmp_path):
    compiled = Tables.compile([Row("home", "house", 3, 2, 1, 0, "always"), Row("é", "ü")], language.load())
    compiled.save(tmp_path / "t.bin")
    again = Tables.read(tmp_path / "t.bin")
    assert [again.row(k) for k in range(len(again))] == [compiled.row(k) for k in range(len(compiled))]
