"""The package as a whole: what importing it costs, what it offers, what it ships, and how good it is at least."""

import doctest
import importlib.metadata
import pickle
import statistics
import subprocess
import sys
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from pathlib import Path

import pytest

import unspin
from benchmarks.score import read_gold, score
from unspin import api, language, store

ROOT = Path(__file__).parent.parent
PACKAGE = Path(unspin.__file__).parent
GOLD = sorted((ROOT / "benchmarks" / "gold").glob("*.edits.jsonl"))
SPUN = "The White Home officers mentioned they shook fingers."
RESTORED = "The White House officials said they shook hands."


def python(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stderr == ""
    return done.stdout


def seconds(code):
    """The median time of five runs."""
    times = []
    for _ in range(5):
        start = time.perf_counter()
        python(code)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


# Importing


def test_import_brings_in_nothing_else():
    loaded = python("import sys, unspin; print(*{name.partition('.')[0] for name in sys.modules})").split()
    assert "unspin" in loaded
    assert not {"numpy", "rich", "regex", "rapidfuzz", "wordfreq"} & set(loaded)


def test_restoring_does_not_bring_in_rich():
    assert python(f"import sys, unspin; unspin.explain({SPUN!r}); print('rich' in sys.modules)") == "False\n"


def test_import_takes_no_time():
    assert seconds("import unspin") - seconds("pass") < 0.1


def test_names():
    assert unspin.__all__ == sorted(unspin.__all__)
    assert set(unspin.__all__) <= set(dir(unspin))
    for name in unspin.__all__:
        value = getattr(unspin, name)
        assert value.__name__ == name
        assert value.__module__.startswith("unspin.")
        assert value.__doc__


def test_star_import():
    assert python("from unspin import *; print(restore('') == '', Config().min_probability)") == "True 0.5\n"


def test_unknown_name():
    with pytest.raises(AttributeError, match="module 'unspin' has no attribute 'respin'"):
        _ = unspin.respin


def test_version():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert unspin.__version__ == project["version"]
    try:
        installed = importlib.metadata.version("unspin")
    except importlib.metadata.PackageNotFoundError:
        return
    assert unspin.__version__ == installed


def test_examples_of_the_docstring():
    result = doctest.testmod(unspin)
    assert (result.failed, result.attempted >= 4) == (0, True)


# Using it


@pytest.mark.parametrize("value", [None, b"text", bytearray(b"text"), 1, ["text"], Path("text")], ids=repr)
def test_only_strings(value):
    with pytest.raises(TypeError, match=f"unspin restores str, not {type(value).__name__}"):
        unspin.restore(value)
    with pytest.raises(TypeError, match="unspin restores str"):
        unspin.restore_many(["fine", value])


def test_bytes_are_told_how():
    with pytest.raises(TypeError, match=r"decode it first, for example value\.decode\('utf-8'\)"):
        unspin.restore(SPUN.encode())


def test_every_setting_is_a_keyword():
    assert set(api.Options.__annotations__) == {field.name for field in fields(unspin.Config)}


def test_a_string_is_no_list_of_texts():
    for many in (unspin.restore_many, unspin.Restorer().explain_many):
        for one in (SPUN, SPUN.encode()):
            with pytest.raises(TypeError, match="a list of texts is wanted, not one"):
                many(one)
    assert unspin.restore_many([]) == []
    assert unspin.restore_many(text for text in (SPUN, RESTORED)) == [RESTORED, RESTORED]


def test_rate():
    assert 0.5 < unspin.spin_rate(SPUN) <= 1
    assert unspin.spin_rate(RESTORED) == 0.0
    assert [unspin.is_spun(SPUN), unspin.is_spun(RESTORED)] == [True, False]


def test_a_restorer_can_be_pickled():
    restorer = unspin.Restorer(protect=("White Home",))
    restorer.restore(SPUN)
    assert pickle.loads(pickle.dumps(restorer)).restore(SPUN) == restorer.restore(SPUN)


def test_a_restorer_can_be_shared_by_threads():
    restorer = unspin.Restorer()
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(restorer.restore, [SPUN] * 40)) == {RESTORED}


def test_own_tables():
    rows = [unspin.Row("zorble", "table"), unspin.Row("quibbed", "laid")]
    restorer = unspin.Restorer(tables=rows, min_evidence=0)
    assert restorer.restore("He quibbed the zorble.") == "He laid the table."
    assert restorer.restore(SPUN) is SPUN


def test_a_table_of_one_row():
    restorer = unspin.Restorer(tables=[unspin.Row("zorble", "table")], min_evidence=0)
    assert restorer.restore("x zorble") == "x table"


def test_no_tables():
    assert unspin.Restorer(tables=()).restore(SPUN) is SPUN


# What is shipped


@pytest.mark.parametrize("name", ["language.bin", "tables.bin"])
def test_data_file(name):
    store.verify(PACKAGE / "data" / name)


def test_size_of_the_model():
    assert (PACKAGE / "data" / "language.bin").stat().st_size <= 40e6
    assert sum(path.stat().st_size for path in (PACKAGE / "data").rglob("*") if path.is_file()) <= 42e6


def test_files_of_the_wheel():
    assert (PACKAGE / "py.typed").exists()
    assert len(list((PACKAGE / "data" / "tables").glob("*.tsv"))) == 4
    assert (PACKAGE / "data" / "language.bin") == language._FILE


def test_damage_is_noticed(tmp_path):
    data = bytearray((PACKAGE / "data" / "tables.bin").read_bytes())
    data[-70] ^= 1
    (tmp_path / "t.bin").write_bytes(data)
    with pytest.raises(store.StoreError, match="is damaged: its bytes do not have the hash written in its header"):
        store.verify(tmp_path / "t.bin")


# How good it is


@pytest.mark.parametrize("gold", GOLD, ids=lambda path: path.name.partition(".")[0])
def test_quality_on_the_seeds(gold):
    (seed,) = (ROOT / "seeds").glob(f"{gold.name.partition('.')[0]}_*.txt")
    text = seed.read_bytes().decode("utf-8")
    result = score(text, unspin.restore(text), read_gold(gold))
    assert result.f05 >= 0.92, result
    assert unspin.restore(unspin.restore(text)) == unspin.restore(text)
    assert 0.5 <= unspin.spin_rate(text) <= 1


def test_every_seed_has_gold():
    assert len(GOLD) == len(list((ROOT / "seeds").glob("*.txt"))) >= 2
