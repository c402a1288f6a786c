"""The account of a restoration, the settings, and the parts of a text that are left alone."""

import dataclasses
import io
import json
import pickle
import re

import pytest
import regex
from rich.console import Console

import unspin
from unspin import Alternative, Config, Edit, Restoration, Row, apply, pieces
from unspin.record import compose, place

SPUN = (
    "The White Home officers mentioned they shook fingers.\n"
    "Chinese language officers instructed reporters it was an settlement.\n"
    "The rest of the page was left alone.\n"
)
RESTORED = (
    "The White House officials said they shook hands.\n"
    "Chinese officials told reporters it was an agreement.\n"
    "The rest of the page was left alone.\n"
)


@pytest.fixture(scope="module")
def record():
    return unspin.explain(SPUN)


def edit(start, spun, restored, probability=0.9):
    """An edit whose place in the restored text is still to be computed."""
    return Edit(start, start + len(spun), spun, restored, 0, 0, probability)


def made(text, *edits):
    placed = place(edits)
    return Restoration(apply(text, placed), text, placed, 0.5, 12.5)


# Edits


def test_edits(record):
    assert record.text == RESTORED
    assert [(e.spun, e.restored) for e in record.edits] == [
        ("Home", "House"),
        ("officers", "officials"),
        ("mentioned", "said"),
        ("fingers", "hands"),
        ("Chinese language", "Chinese"),
        ("officers", "officials"),
        ("instructed", "told"),
        ("settlement", "agreement"),
    ]
    for e in record.edits:
        assert SPUN[e.start : e.end] == e.spun
        assert RESTORED[e.new_start : e.new_end] == e.restored
        assert 0.5 <= e.probability <= 1
        assert isinstance(e.row, Row)


def test_an_edit_names_its_row(record):
    assert {(e.row.spun, e.row.original) for e in record.edits} >= {("home", "house"), ("chinese language", "chinese")}


def test_braces_have_no_row():
    (unwrapped, *_) = (e for e in unspin.explain("They paid 3 {dollars}, the White Home officers mentioned.").edits)
    assert (unwrapped.spun, unwrapped.restored, unwrapped.row) == ("{dollars}", "dollars", None)


def test_alternatives_are_ranked():
    text = "The White Home officers mentioned the information was necessary, in response to folks at the assembly."
    for e in unspin.explain(text).edits:
        odds = [a.probability for a in e.alternatives]
        assert odds == sorted(odds, reverse=True)
        assert e.restored not in [a.text for a in e.alternatives]
        assert e.probability + sum(odds) <= 1.001


def test_place():
    assert [(e.new_start, e.new_end) for e in place([edit(6, "cc", "dddd"), edit(0, "aaa", "b")])] == [(0, 1), (4, 8)]


def test_place_refuses_an_overlap():
    with pytest.raises(ValueError, match=r"edits overlap: 'abc' and 'cd' at offset 2"):
        place([edit(2, "cd", "x"), edit(0, "abc", "y")])


def test_apply_refuses_another_text():
    with pytest.raises(
        ValueError, match=r"the text has 'fin' at 4, the edit wants 'toe': it was made for another text"
    ):
        apply("the fingers", [edit(4, "toe", "hand")])


def test_apply_nothing_is_the_same_object():
    assert apply(SPUN, []) is SPUN


# Restorations


def test_apply(record):
    assert record.apply() == RESTORED
    assert record.apply([]) is SPUN
    assert record.apply(record.edits[3:4]) == SPUN.replace("fingers", "hands")
    assert record.apply(record.edits[::-1]) == RESTORED


def test_apply_by_probability():
    made_up = made("a b c", edit(0, "a", "x", 0.9), edit(2, "b", "y", 0.6))
    assert [made_up.apply(min_probability=p) for p in (0, 0.6, 0.7, 0.95)] == ["x y c", "x y c", "x b c", "a b c"]
    assert made_up.apply(made_up.edits[1:], min_probability=0.7) == "a b c"


def test_a_certain_edit_is_made_by_a_restorer_that_wants_certainty(record):
    assert record.apply(min_probability=1.0) == unspin.restore(SPUN, min_probability=1.0)


def test_undo(record):
    assert record.undo() == SPUN
    clean = unspin.explain(RESTORED)
    assert (clean.undo(), clean.edits, clean.spin_rate) == (RESTORED, (), 0.0)
    assert clean.text is clean.original


def test_diff(record):
    assert record.diff("page") == (
        "--- page\n+++ page (restored)\n@@ -1,3 +1,3 @@\n"
        "-The White Home officers mentioned they shook fingers.\n"
        "-Chinese language officers instructed reporters it was an settlement.\n"
        "+The White House officials said they shook hands.\n"
        "+Chinese officials told reporters it was an agreement.\n"
        " The rest of the page was left alone.\n"
    )


def test_diff_of_nothing():
    assert unspin.explain(RESTORED).diff() == ""


def test_diff_without_a_newline_at_the_end():
    assert made("a b", edit(0, "a", "x")).diff() == (
        "--- text\n+++ text (restored)\n@@ -1 +1 @@\n"
        "-a b\n\\ No newline at end of file\n+x b\n\\ No newline at end of file\n"
    )


def test_diff_keeps_carriage_returns():
    assert made("a b\r\nc\r\n", edit(0, "a", "x")).diff().splitlines(keepends=True)[3:] == [
        "-a b\r\n",
        "+x b\r\n",
        " c\r\n",
    ]


@pytest.mark.parametrize("separator", ["\r", "\f", "\x1c", "\x85", "\u2028"])
def test_diff_knows_one_kind_of_line(separator):
    assert "No newline" not in made(f"a{separator}b\n", edit(0, "a", "x")).diff()


def test_to_dict(record):
    data = record.to_dict()
    assert (data["text"], data["original"]) == (RESTORED, SPUN)
    assert (data["spin_rate"], data["evidence"]) == (record.spin_rate, record.evidence)
    assert [Edit(**{**e, "alternatives": (), "row": None}).restored for e in data["edits"]] == [
        e.restored for e in record.edits
    ]
    assert data["edits"][0]["row"]["original"] == "house"


def test_to_json(record):
    assert json.loads(record.to_json()) == json.loads(json.dumps(record.to_dict()))
    assert record.to_json(indent=2).startswith('{\n  "text": "The White House')


def test_to_json_of_any_text():
    text = "caf\u00e9 \U0001f600 \ud800 \u2028"
    data = unspin.explain(text).to_json()
    assert data.isascii()
    assert json.loads(data)["text"] == text


def test_rich(record):
    text = record.__rich__()
    assert text.plain.startswith("The White Home House officers officials mentioned said they shook fingers hands.")
    assert text.plain.endswith("The rest of the page was left alone.\n")
    styled = [(text.plain[span.start : span.end], str(span.style)) for span in text.spans]
    assert styled[:2] == [("Home", "red strike"), ("House", "green")]


def test_rich_marks_what_is_less_sure():
    spans = made("a b", edit(0, "a", "x", 0.9), edit(2, "b", "y", 0.89)).__rich__().spans
    assert [str(span.style) for span in spans] == ["red strike", "green", "red strike", "yellow"]


def test_rich_console_prints_markup_as_it_is():
    console = Console(width=60, file=io.StringIO())
    console.print(made("[bold] a", edit(7, "a", "x")))
    assert console.file.getvalue() == "[bold] a x\n"


def test_records_can_be_pickled(record):
    again = pickle.loads(pickle.dumps(record))
    assert again == record
    assert again.to_new(0) == 0


def test_records_are_immutable(record):
    with pytest.raises(dataclasses.FrozenInstanceError):
        record.text = ""
    with pytest.raises(dataclasses.FrozenInstanceError):
        record.edits[0].spun = ""


# Offsets


def test_offsets_on_an_example():
    shifted = made("one two three", edit(0, "one", "I"), edit(8, "three", "III III"))
    assert shifted.text == "I two III III"
    assert [shifted.to_new(k) for k in range(14)] == [0, 0, 0, 1, 2, 3, 4, 5, 6, 6, 6, 6, 6, 13]
    assert [shifted.to_old(k) for k in range(14)] == [0, 3, 4, 5, 6, 7, 8, 8, 8, 8, 8, 8, 8, 13]


def test_offsets_of_unchanged_words(record):
    for word in ("White", "they", "reporters", "rest", "alone"):
        assert record.to_new(SPUN.index(word)) == RESTORED.index(word)
        assert record.to_old(RESTORED.index(word)) == SPUN.index(word)
    assert record.to_new(len(SPUN)) == len(RESTORED)
    assert record.to_old(len(RESTORED)) == len(SPUN)


def test_offsets_of_edits(record):
    for e in record.edits:
        assert {record.to_new(k) for k in range(e.start, e.end)} == {e.new_start}
        assert {record.to_old(k) for k in range(e.new_start, e.new_end)} == {e.start}


@pytest.mark.parametrize("offset", [-1, len(SPUN) + 1])
def test_offsets_outside_of_the_text(record, offset):
    with pytest.raises(IndexError, match=f"offset {offset} is not in a text of {len(SPUN)} characters"):
        record.to_new(offset)
    with pytest.raises(IndexError, match="is not in a text of"):
        record.to_old(offset if offset < 0 else len(RESTORED) + 1)


# Two passes


def test_compose_of_separate_edits():
    first = made("a b c", edit(0, "a", "xx"))
    both = compose(first, made(first.text, edit(3, "b", "yyy")))
    assert (both.text, both.undo(), apply("a b c", both.edits)) == ("xx yyy c", "a b c", "xx yyy c")
    assert [(e.spun, e.restored) for e in both.edits] == [("a", "xx"), ("b", "yyy")]


def test_compose_of_overlapping_edits():
    first = made("a b c", edit(0, "a", "xx", 0.7), edit(2, "b", "y", 0.9))
    both = compose(first, made(first.text, edit(0, "xx y", "z", 0.8)))
    assert [(e.start, e.end, e.spun, e.restored, e.probability) for e in both.edits] == [(0, 3, "a b", "z", 0.7)]
    assert (both.text, both.undo()) == ("z c", "a b c")


def test_compose_back_to_the_beginning():
    first = made("a b", edit(0, "a", "x"))
    both = compose(first, made(first.text, edit(0, "x", "a")))
    assert (both.edits, both.text) == ((), "a b")


def test_compose_with_nothing():
    first = made("a b", edit(0, "a", "x"))
    assert compose(first, made(first.text)) is first


# Settings


@pytest.mark.parametrize("value", [0, -0.1, 1.01, float("nan")])
def test_min_probability_is_checked(value):
    with pytest.raises(ValueError, match="min_probability is a probability, above 0 and at most 1, not "):
        Config(min_probability=value)


@pytest.mark.parametrize("options", [{"min_evidence": -1}, {"evidence_per_word": -0.01}])
def test_evidence_is_checked(options):
    with pytest.raises(ValueError, match="min_evidence and evidence_per_word cannot be negative"):
        Config(**options)


def test_protect_is_no_string():
    with pytest.raises(TypeError, match=regex.escape("write protect=('White Home',)")):
        Config(protect="White Home")


def test_protect_is_checked():
    with pytest.raises(ValueError, match=regex.escape("protect: '(' is not a regular expression: missing )")):
        Config(protect=("fine", "("))


def test_protect_may_be_a_list():
    assert Config(protect=["a", "b"]) == Config(protect=("a", "b"))
    assert hash(Config(protect=["a"])) == hash(Config(protect=("a",)))


def test_unknown_setting():
    with pytest.raises(TypeError, match="min_odds"):
        unspin.restore(SPUN, min_odds=0.5)


def test_settings_are_immutable():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Config().min_probability = 0.9


def test_settings_of_a_restorer():
    restorer = unspin.Restorer(Config(min_probability=0.9), protect=("Home",))
    assert restorer.config == Config(min_probability=0.9, protect=("Home",))


def test_least_probability_and_evidence():
    assert unspin.restore(SPUN, min_evidence=1000) is SPUN
    assert unspin.restore(SPUN, evidence_per_word=100) is SPUN
    assert unspin.restore("They shook fingers.", min_evidence=0, evidence_per_word=0) == "They shook hands."


def test_alternative_is_plain_data():
    assert dataclasses.asdict(Alternative("hands", 0.5)) == {"text": "hands", "probability": 0.5}


# What is left alone


def test_protect():
    assert unspin.restore(SPUN, protect=("White Home", r"(?i)chinese language \w+")) == RESTORED.replace(
        "White House", "White Home"
    ).replace("Chinese officials", "Chinese language officers")


def test_protect_part_of_a_phrase():
    assert "Chinese language officials" in unspin.restore(SPUN, protect=("language",))


def test_protect_everything():
    assert unspin.restore(SPUN, protect=(r"(?s).+",)) is SPUN


def test_protected_spans():
    spans = [(10, 14), (SPUN.index("reporters"), SPUN.index("settlement") + 1)]
    record = unspin.explain(SPUN, protected=spans)
    want = RESTORED.replace("White House", "White Home").replace("agreement", "settlement")
    assert (record.text, record.undo()) == (want, SPUN)
    assert unspin.restore(SPUN, protected=reversed(spans)) == want
    assert unspin.Restorer().restore(SPUN, protected=iter(spans)) == want


@pytest.mark.parametrize("spans", [[(0, len(SPUN))], [(0, 80), (5, len(SPUN))], [(12, 13), (0, len(SPUN))]])
def test_everything_protected(spans):
    record = unspin.explain(SPUN, protected=spans)
    assert (record.text, record.edits, record.spin_rate) == (SPUN, (), 0.0)
    assert record.text is SPUN


def test_spans_touch_what_they_overlap(record):
    (first, *_) = record.edits
    beside = unspin.explain(SPUN, protected=[(0, first.start), (first.end, first.end + 1), (first.start, first.start)])
    assert [e.spun for e in beside.edits] == [e.spun for e in record.edits]
    for span in ((first.start, first.start + 1), (first.end - 1, first.end)):
        assert unspin.explain(SPUN, protected=[span]).edits[0].spun == "officers"


@pytest.mark.parametrize("spans", [[(18, 11)], [(-3, 4)], [(0, 10**9)]])
def test_spans_that_the_text_does_not_have(spans):
    with pytest.raises(ValueError, match="is no span of a text of"):
        unspin.restore(SPUN, protected=spans)


@pytest.mark.parametrize("spans", [(11, 18), ["ab"], 5])
def test_what_is_no_list_of_spans(spans):
    with pytest.raises(TypeError, match="protected is a list of spans"):
        unspin.restore(SPUN, protected=spans)


BRACED = "They shook fingers on the White Home. He paid 5 billion {dollars} to them."


@pytest.mark.parametrize("part", ["{dollars}", "{", "dollars", "}"])
def test_braces_are_protected_by_any_part(part):
    start = BRACED.index(part)
    assert "{dollars}" not in unspin.restore(BRACED)
    assert "{dollars}" in unspin.restore(BRACED, protected=[(start, start + len(part))])
    assert "{dollars}" in unspin.restore(BRACED, protect=(re.escape(part),))


def test_zones_reach_over_the_cut_of_a_long_text():
    fence = "```\nofficers = fingers\n\nofficers mentioned\n```"
    spun = SPUN * (pieces.LONGEST // len(SPUN))
    text = f"{spun[: pieces.LONGEST - 30]}\n\n{fence}\n\n{SPUN}"
    restored = unspin.restore(text)
    assert fence in restored
    assert restored.endswith(RESTORED)


def test_backquotes_that_are_apostrophes():
    text = SPUN.replace("they", "it`s said they").replace("reporters", "the reporter`s")
    assert "Chinese officials told" in unspin.restore(text)


def test_protect_matches_nothing():
    assert unspin.restore(SPUN, protect=("absent", r"\b", "$")) == RESTORED


def test_protect_by_an_empty_match():
    assert unspin.restore(SPUN, protect=("(?:absent)?",)) == RESTORED


ZONES = (
    "https://example.org/white-home/officers?mentioned=fingers#overseas",
    "HTTP://EXAMPLE.ORG/FINGERS",
    "ftp://home.example/officers/fingers",
    "www.overseas-officers.example/fingers",
    "officers.fingers@home.example",
    "first.officers+fingers@mail.home.co.uk",
    "@officers",
    "#fingers",
    "@overseas_officers",
    "`officers mentioned fingers`",
    "`home`",
    '<a href="fingers.html" title="overseas officers">',
    "</officers>",
    "<officers/>",
    "/home/officers/fingers",
    "~/overseas/officers/fingers.txt",
    "./home/fingers/",
    "home/officers/fingers",
    "overseas.com",
    "overseas.home.org/fingers/officers",
    "officers.co.uk",
)
FRAMES = ("{}", "{},", "({})", "\u201c{}\u201d")


IN_FRAMES = [frame.format(zone) for zone in ZONES for frame in FRAMES]


@pytest.mark.parametrize("shown", [shown for shown in IN_FRAMES if shown != "\u201c@officers\u201d"])
def test_zones(shown):
    text = (
        f"The White Home officers mentioned they shook fingers. See {shown} in response to Chinese language officers."
    )
    want = f"The White House officials said they shook hands. See {shown} according to Chinese officials."
    assert unspin.restore(text) == want


@pytest.mark.parametrize(
    "zone",
    [
        "\u201c@officers\u201d",
        r"C:\home\officers\fingers.txt",
        "```\nofficers = fingers + home\n```",
    ],
)
def test_zones_inside_of_prose(zone):
    text = f"The White Home officers mentioned they shook fingers. See {zone} in response to Chinese language officers."
    assert zone in unspin.restore(text)


def test_zones_in_a_heavily_spun_text():
    text = (
        "The White Home officers mentioned they shook fingers with Chinese language officers, see https://home.example/"
        "officers. The overseas minister instructed @officers and officers@home.example that `fingers` within the "
        "<officers> of /home/overseas/fingers had been misplaced.\n"
    )
    kept = regex.findall(r"https?://\S+|\S+@\S+|@\w+|`\w+`|<\w+>|/\S+/\S+", text)
    restored = unspin.restore(text * 20)
    assert len(kept) == 6
    assert all(restored.count(zone) == 20 for zone in kept)
    assert "Home" not in restored
    assert "mentioned" not in restored
