"""From observations to rows, from rows to tiers, and from a corpus to a language model."""

import lzma
from collections import Counter

import numpy as np
import pytest

from unspin import language, store
from unspin.language import EDGE, RESERVED, UNKNOWN
from unspin.tables import Row
from unspin.tokens import Tokens, form_of
from unspin.training import counts, estimate, tiers
from unspin.training.rows import minimal, observations, rows

# Observed pairs to rows


@pytest.mark.parametrize(
    ("spun", "original", "parts"),
    [
        ("fingers", "hands", [("fingers", "hands")]),
        ("shook fingers", "shook hands", [("fingers", "hands")]),
        ("the primary", "the first", [("the primary", "the first")]),
        ("a settlement", "a deal", [("settlement", "deal")]),
        ("an settlement", "an agreement", [("settlement", "agreement")]),
        ("a settlement", "an agreement", [("a settlement", "an agreement")]),
        ("Chinese language officers", "Chinese officials", [("language officers", "officials")]),
        ("excessive-quality", "high-quality", [("excessive-quality", "high-quality")]),
        ("an excessive-quality film", "an high-quality movie", [("excessive-quality film", "high-quality movie")]),
        (
            "tall buildings close to the river",
            "high buildings near the river",
            [("tall", "high"), ("close to", "near")],
        ),
        ("due to the rain", "because of the rain", [("due to", "because of")]),
        ("within the home", "in the house", [("within the home", "in the house")]),
        ("good friend", "friend", [("good friend", "friend")]),
        ("same", "same", []),
    ],
)
def test_minimal(spun, original, parts):
    assert minimal(spun, original) == parts


def pages(*pairs, site="one", verified=False, source="pages"):
    return [(spun, original, site, verified, source) for spun, original in pairs]


def test_rows_add_up():
    observed = [
        *pages(("shook fingers", "shook hands"), ("Fingers", "Hands"), site="one"),
        *pages(("fingers", "hands"), site="two", verified=True),
        *pages(("fingers", "hands"), site="000", source="seeds"),
        *pages(("home", "house"), site="000", source="seeds"),
    ]
    assert rows(observed) == [Row("fingers", "hands", 3, 2, 1, 1), Row("home", "house", 0, 0, 0, 1)]


def test_rows_do_not_depend_on_the_order():
    observed = pages(("a bug", "a mistake"), ("Jap", "Eastern"), ("jap", "eastern"), ("home", "house"))
    assert rows(observed) == rows(observed[::-1]) == sorted(rows(observed))


def test_rows_have_one_spelling():
    observed = pages(("don’t  know,", "don't  understand"), ("“don't know”", "don’t understand"))
    assert rows(observed) == [Row("know", "understand", 2, 1)]


@pytest.mark.parametrize(
    ("spun", "original", "kept"),
    [
        ("Home", "House", "house"),
        ("HOME", "HOUSE", "house"),
        ("folks of america", "Americans", "Americans"),
        ("Fb", "Facebook", "facebook"),
        ("fb", "Facebook", "Facebook"),
        ("Invoice", "BILL", "BILL"),
    ],
)
def test_names_keep_their_capitals(spun, original, kept):
    assert [(row.spun, row.original) for row in rows(pages((spun, original)))] == [(spun.lower(), kept)]


@pytest.mark.parametrize(
    ("spun", "original"),
    [
        ("House", "house"),
        ("", "house"),
        ("home", ""),
        ("home", "..."),
        ("his/her home", "their house"),
        ("{home}", "house"),
        ("home [1]", "house"),
        ("home@work", "house"),
        ("one two three four five six seven", "seven"),
    ],
)
def test_what_the_engine_cannot_use_makes_no_row(spun, original):
    assert rows(pages((spun, original))) == []


def test_observations_are_json_lines(tmp_path):
    path = tmp_path / "seen.jsonl"
    path.write_text('{"spun": "home"}\n\n{"spun": "fingers"}\n', encoding="utf-8")
    assert [record["spun"] for record in observations(path)] == ["home", "fingers"]


# Tiers


def test_tiers():
    observed = [
        Row("micro organism", "bacteria", 5, 4),
        Row("overseas", "foreign", 3, 3),
        Row("and", "plus", 1, 1),
        Row("and", "including", 1, 1),
    ]
    found = tiers.sort_into_tiers(observed, language.load())
    assert [(row.spun, row.original) for row in found] == [(row.spun, row.original) for row in observed]
    tier = {row.spun: row.tier for row in found}
    assert (tier["micro organism"], tier["and"]) == ("always", "seldom")
    assert len({row.tier for row in found if row.spun == "and"}) == 1
    assert tiers.sort_into_tiers(observed, language.load()) == found


# Counts

STORY = [
    "the cat sat on the mat .",
    "the dog sat on the cat .",
    "a cat and a dog ran in 1996 .",
    "the old cat saw the old dog , and the dog saw 1,000 cats .",
    "on the mat the cat sat .",
] * 16
"""80 lines, of which the last two are held out."""


@pytest.fixture
def corpus(tmp_path):
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "story.txt").write_text("\n".join([*STORY[:-2], "the zebra sat .", "a zebra ran ."]), encoding="utf-8")
    news = ["the minister sat .", "the minister ran .", "the minister saw the mat .", "an emu sat ."]
    (folder / "news-allsides-2012-2020.txt.xz").write_bytes(lzma.compress("\n".join(news).encode()))
    (folder / "notes.md").write_text("not a corpus", encoding="utf-8")
    return folder


def word_id(counted, word):
    return int(np.searchsorted(counted.forms, np.uint64(form_of(word)))) + RESERVED


def count_of(counted, *words):
    """How often the n-gram was counted; an int stands for a class."""
    ids = [np.array([w if isinstance(w, int) else word_id(counted, w)]) for w in words]
    keys, many = counted.keys[len(ids) - 1], counted.counts[len(ids) - 1]
    key = language.pack(*ids)[0]
    place = int(np.searchsorted(keys, key))
    return int(many[place]) if place < len(keys) and keys[place] == key else 0


@pytest.fixture
def counted(corpus):
    return counts.count(corpus, 1000, np.zeros(0, dtype=np.uint64))


def test_held_out_lines(corpus):
    assert [len(counts.counted(corpus / "story.txt")), len(counts.held_out(corpus / "story.txt"))] == [78, 2]
    assert counts.held_out(corpus / "story.txt") == ["the zebra sat .", "a zebra ran ."]
    assert counts.counted(corpus / "news-allsides-2012-2020.txt.xz")[3] == "an emu sat ."


def test_held_out_words_are_not_counted(counted):
    assert form_of("zebra") not in counted.forms.tolist()
    assert count_of(counted, "cat", UNKNOWN) == 0


def test_counts_are_those_of_the_text(counted):
    words = Counter(" ".join(STORY[:-2]).split())
    assert count_of(counted, "cat") == words["cat"]
    assert count_of(counted, "the") == words["the"] + 4
    assert count_of(counted, "sat", "on", "the") == sum("sat on the" in line for line in STORY[:-2])
    assert count_of(counted, EDGE, "on", "the") == count_of(counted, EDGE, "on") == 15
    assert count_of(counted, "cat", ".", EDGE) > 0


def test_rare_words_of_a_rare_file_are_not_counted(counted):
    assert count_of(counted, "the", "minister") == 3
    assert count_of(counted, "minister", "saw") == 0
    assert form_of("emu") not in counted.forms.tolist()


def test_words_asked_for_are_in_the_vocabulary(corpus):
    counted = counts.count(corpus, 3, np.array([form_of("axolotl")], dtype=np.uint64))
    assert len(counted.forms) == 4
    assert form_of("axolotl") in counted.forms.tolist()


def test_a_folder_without_texts(tmp_path):
    with pytest.raises(FileNotFoundError, match="no \\*\\.txt"):
        counts.corpus_files(tmp_path)


# Estimates


def probabilities(model, *context):
    """log p of every word after the context, in back-off form, straight from the estimate."""
    if not context:
        return model.unigram
    if len(context) == 1:
        out = model.backoff[context[0]] + model.unigram
        keys, values = model.pairs, model.pair_p
    else:
        first, second = context
        out = probabilities(model, second)
        key = language.pack(np.array([first]), np.array([second]))[0]
        place = int(np.searchsorted(model.pairs, key))
        if place < len(model.pairs) and model.pairs[place] == key:
            out = out + model.pair_backoff[place]
        keys, values = model.triples, model.triple_p
    prefix = language.pack(*(np.array([c]) for c in context))[0]
    mine = (keys >> np.uint64(20)) == prefix
    out = out.copy()
    out[(keys[mine] & np.uint64((1 << 20) - 1)).astype(np.int64)] = values[mine]
    return out


@pytest.mark.parametrize("kneser_ney", [True, False])
@pytest.mark.parametrize(("pairs", "triples"), [(10_000, 10_000), (30, 20)])
def test_every_context_sums_to_one(counted, pairs, triples, kneser_ney):
    model = estimate.estimate(counted, pairs, triples, kneser_ney=kneser_ney)
    words = RESERVED + len(counted.forms)
    assert np.exp(model.unigram).sum() == pytest.approx(1)
    for second in range(words):
        assert np.exp(probabilities(model, second)).sum() == pytest.approx(1, abs=1e-5)
    for key in model.pairs.tolist():
        assert np.exp(probabilities(model, key >> 20, key & 0xFFFFF)).sum() == pytest.approx(1, abs=1e-5)


def test_pruning_keeps_what_trigrams_stand_on(counted):
    model = estimate.estimate(counted, 5, 20, kneser_ney=True)
    assert len(model.triples) <= 20
    assert np.isin(model.triples >> np.uint64(20), model.pairs).all()


def test_what_was_seen_is_likelier(counted):
    model = estimate.estimate(counted, 10_000, 10_000, kneser_ney=True)
    after = probabilities(model, word_id(counted, "sat"), word_id(counted, "on"))
    assert after.argmax() == word_id(counted, "the")


def test_model_survives_its_file(counted, tmp_path):
    model = estimate.estimate(counted, 10_000, 10_000, kneser_ney=True)
    digest = estimate.save(model, tmp_path / "model.bin", {"words": 1})
    header, _ = store.read(tmp_path / "model.bin", language.KIND, language.VERSION)
    assert (header["sha256"], header["facts"]["words"]) == (digest, 1)
    store.verify(tmp_path / "model.bin")
    loaded = language.load(tmp_path / "model.bin")
    ids = loaded.ids(Tokens.of(["the cat sat on the mat ."]))
    scores = loaded.score(ids[:-2], ids[1:-1], ids[2:])
    exact = [probabilities(model, a, b)[c] for a, b, c in zip(ids, ids[1:], ids[2:], strict=False)]
    np.testing.assert_allclose(scores, exact, atol=0.05)


def test_two_builds_are_the_same_file(corpus, tmp_path):
    for name in "ab":
        counted = counts.count(corpus, 1000, np.array([form_of("axolotl")], dtype=np.uint64))
        estimate.save(estimate.estimate(counted, 50, 40, kneser_ney=True), tmp_path / name, {})
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
