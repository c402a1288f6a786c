"""The cases of ``cases/*.json``: what must come out of a text, and what is known to come out wrong."""

import json
from pathlib import Path

import pytest

import unspin

FOLDER = Path(__file__).parent / "cases"


def cases(name):
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def parametrised(name):
    listed = cases(name)
    return pytest.mark.parametrize("case", listed, ids=[case["id"] for case in listed])


@parametrised("synthetic")
def test_spun_sentence(case):
    assert unspin.restore(case["text"]) == case["want"]


@parametrised("surface")
def test_surface(case):
    assert unspin.restore(case["text"]) == case["want"]


@parametrised("mechanisms")
def test_mechanism(case):
    assert unspin.restore(case["text"]) == case["want"]


@parametrised("negative")
def test_clean_text_is_the_same_object(case):
    assert unspin.restore(case["text"]) is case["text"]


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=case["id"], marks=pytest.mark.xfail(reason=case["why"], strict=True))
        for case in cases("known_failures")
    ],
)
def test_known_failure(case):
    assert unspin.restore(case["text"]) == case["want"]


@parametrised("synthetic")
def test_what_came_out_stays(case):
    assert unspin.restore(case["want"]) == case["want"]


def test_clean_texts_stay_clean_in_one_batch():
    texts = [case["text"] for case in cases("negative")]
    assert all(out is text for out, text in zip(unspin.restore_many(texts), texts, strict=True))


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_file_is_in_order(path):
    listed = cases(path.stem)
    assert len({case["id"] for case in listed}) == len(listed)
    assert len({case["text"] for case in listed}) == len(listed)
    assert not [case["id"] for case in listed if not all(isinstance(value, str) for value in case.values())]


@parametrised("synthetic")
def test_sentence_is_a_full_one(case):
    assert 8 <= len(case["text"].split()) <= 40
    assert case["text"] != case["want"]
