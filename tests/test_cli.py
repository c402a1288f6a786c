"""The command line: what each command writes, and its exit code."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import unspin
from unspin.cli import main
from unspin.record import Edit, apply

SPUN = "The White Home officers mentioned they shook fingers."
CLEAN = "The White House officials said they shook hands."
COMMAND = [sys.executable, "-m", "unspin"]


@pytest.fixture
def spun(tmp_path):
    path = tmp_path / "spun.txt"
    path.write_bytes(SPUN.encode())
    return str(path)


@pytest.fixture
def clean(tmp_path):
    path = tmp_path / "clean.txt"
    path.write_bytes(CLEAN.encode())
    return str(path)


@pytest.fixture
def run(capfdbinary):
    """Run a command; gives its exit code, what it wrote, and what it complained about."""

    def run(*arguments):
        code = main(arguments)
        out, err = capfdbinary.readouterr()
        return SimpleNamespace(code=code, out=out.decode(), err=err.decode())

    return run


def feed(monkeypatch, data):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


# restore


def test_restore_file(run, spun):
    assert vars(run("restore", spun)) == {"code": 0, "out": CLEAN, "err": ""}


def test_restore_clean_file(run, clean):
    assert vars(run("restore", clean)) == {"code": 0, "out": CLEAN, "err": ""}


def test_restore_standard_input(run, monkeypatch):
    feed(monkeypatch, SPUN.encode())
    assert run("restore", "-").out == CLEAN


@pytest.mark.parametrize("text", ["", "\n", "\ufeffA clean line.\r\n", "no newline at the end", "a\rb\u2028c\x00d\n\n"])
def test_restore_keeps_every_byte(run, monkeypatch, text):
    feed(monkeypatch, text.encode())
    assert run("restore", "-").out == text


def test_restore_keeps_newlines(run, monkeypatch):
    feed(monkeypatch, f"{SPUN}\r\n\r\n{SPUN}\n".encode())
    assert run("restore", "-").out == f"{CLEAN}\r\n\r\n{CLEAN}\n"


def test_restore_diff(run, spun):
    result = run("restore", spun, "--diff")
    assert result.code == 0
    assert result.out.startswith(
        "The White [-Home-]{+House+} [-officers-]{+officials+} [-mentioned-]{+said+} they shook [-fingers-]{+hands+}."
    )
    assert result.out.endswith(f"\n4 edits, spin rate {unspin.spin_rate(SPUN):.2f}\n")


def test_restore_diff_of_clean_text(run, clean):
    assert run("restore", clean, "--diff").out == f"{CLEAN}\n\n0 edits, spin rate 0.00\n"


def test_restore_json(run, spun):
    record = json.loads(run("restore", spun, "--json").out)
    assert record == json.loads(unspin.explain(SPUN).to_json())
    assert (record["original"], record["text"]) == (SPUN, CLEAN)
    edits = [Edit(**{**edit, "alternatives": (), "row": None}) for edit in record["edits"]]
    assert apply(record["original"], edits) == record["text"]
    assert [record["text"][e.new_start : e.new_end] for e in edits] == ["House", "officials", "said", "hands"]


def test_restore_json_of_clean_text(run, clean):
    record = json.loads(run("restore", clean, "--json").out)
    assert (record["edits"], record["spin_rate"], record["text"]) == ([], 0.0, CLEAN)


def test_restore_min_probability(run, spun):
    assert run("restore", spun, "--min-probability", "0.01").out == CLEAN
    assert run("restore", spun, "--min-probability", "1").out == unspin.restore(SPUN, min_probability=1) != CLEAN


# check


def test_check(run, spun, clean):
    result = run("check", clean, spun)
    assert result.code == 1
    assert result.out == f"0.00\t0\t{clean}\n{unspin.spin_rate(SPUN):.2f}\t4\t{spun}\n"


def test_check_clean(run, clean):
    assert vars(run("check", clean, clean)) == {"code": 0, "out": f"0.00\t0\t{clean}\n" * 2, "err": ""}


def test_check_standard_input(run, monkeypatch):
    feed(monkeypatch, SPUN.encode())
    assert vars(run("check", "-")) == {"code": 1, "out": f"{unspin.spin_rate(SPUN):.2f}\t4\t-\n", "err": ""}


# why


def test_why(run):
    result = run("why", "officers")
    assert (result.code, result.err) == (0, "")
    first, second, *_ = result.out.splitlines()
    assert first == "officers"
    assert second.split()[0] == "officials"
    assert "seen" in second
    assert " sites" in second


def test_why_takes_any_case_and_quote(run):
    assert run("why", "White HOME").out == run("why", "white home").out
    assert run("why", "gained’t").out == run("why", "gained't").out


def test_why_misspelt(run):
    result = run("why", "chineese language oficers")
    assert result.code == 0
    assert "chinese language (near 'chineese language', 97 %)\n" in result.out
    assert "officers (near 'oficers', 93 %)\n" in result.out
    assert "    officials " in result.out


def test_why_of_a_rule(run):
    assert run("why", "him self").out == "him self\n    himself                  a rule, not an observation\n"


def test_why_unknown(run):
    result = run("why", "xylophone")
    assert vars(result) == {
        "code": 1,
        "out": "",
        "err": "unspin: no row of the tables could have made 'xylophone'\n",
    }


def test_why_nothing(run):
    assert run("why", "").code == 1


# spin


LONG = " ".join([CLEAN, "A government agency bought many important things, but people said it was too expensive."] * 5)


def test_spin_is_decided_by_its_seed(run, tmp_path):
    path = tmp_path / "long.txt"
    path.write_text(LONG, encoding="utf-8")
    outs = [run("spin", str(path), "--seed", seed, "--rate", "0.9").out for seed in ("1", "1", "2")]
    assert outs[0] == outs[1] == unspin.spin(LONG, rate=0.9, seed=1)
    assert outs[2] == unspin.spin(LONG, rate=0.9, seed=2) != outs[0] != LONG


def test_spin_at_rate_zero(run, clean):
    assert run("spin", clean, "--rate", "0").out == CLEAN


def test_spin_at_an_impossible_rate(run, clean):
    assert vars(run("spin", clean, "--rate", "2")) == {
        "code": 2,
        "out": "",
        "err": "unspin: rate is a share, 0 to 1, not 2.0\n",
    }


# What goes wrong


@pytest.mark.parametrize("command", ["restore", "check", "spin"])
def test_not_utf8(run, tmp_path, command):
    path = tmp_path / "latin.txt"
    path.write_bytes("caf\u00e9 noir".encode("latin-1"))
    assert vars(run(command, str(path))) == {
        "code": 65,
        "out": "",
        "err": f"unspin: {path} is not UTF-8 at byte 3: convert it first\n",
    }


@pytest.mark.parametrize("command", ["restore", "check", "spin"])
def test_no_such_file(run, tmp_path, command):
    path = tmp_path / "missing.txt"
    assert vars(run(command, str(path))) == {
        "code": 66,
        "out": "",
        "err": f"unspin: cannot read {path}: No such file or directory\n",
    }


def test_a_folder(run, tmp_path):
    result = run("restore", str(tmp_path))
    assert result.code == 66
    assert "cannot read" in result.err


def test_min_probability_out_of_range(run, spun):
    result = run("restore", spun, "--min-probability", "0")
    assert (result.code, result.out) == (2, "")
    assert result.err == "unspin: min_probability is a probability, above 0 and at most 1, not 0.0\n"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["restore"],
        ["unknown", "x"],
        ["restore", "x", "--diff", "--json"],
        ["restore", "x", "--min-probability", "much"],
        ["check"],
        ["why"],
        ["spin", "x", "--seed", "one"],
    ],
    ids=" ".join,
)
def test_wrong_usage(capsys, arguments):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert "usage: unspin" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--help"], *([name, "--help"] for name in ("restore", "check", "why", "spin"))])
def test_help(capsys, arguments):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 0
    assert "usage: unspin" in capsys.readouterr().out


def test_version(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["--version"])
    assert stop.value.code == 0
    assert capsys.readouterr().out == f"unspin {unspin.__version__}\n"


# A process of its own


def test_process():
    done = subprocess.run([*COMMAND, "restore", "-"], input=f"{SPUN}\r\n".encode(), capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (f"{CLEAN}\r\n".encode(), b"")


def test_process_with_another_locale():
    done = subprocess.run(
        [sys.executable, "-X", "utf8=0", "-m", "unspin", "restore", "-"],
        input="caf\u00e9 \u2014 \U0001f600".encode(),
        capture_output=True,
        check=True,
        env={**os.environ, "LC_ALL": "C", "PYTHONIOENCODING": "ascii"},
    )
    assert (done.stdout.decode(), done.stderr) == ("caf\u00e9 \u2014 \U0001f600", b"")


def test_process_at_a_terminal():
    done = subprocess.run(
        [*COMMAND, "restore", "-", "--diff"],
        input=SPUN.encode(),
        capture_output=True,
        check=True,
        env={**os.environ, "FORCE_COLOR": "1", "TERM": "xterm"},
    )
    shown = done.stdout.decode()
    assert shown.startswith("The White \x1b[9;31mHome\x1b[0m \x1b[32mHouse\x1b[0m ")
    assert shown.endswith(f"\n4 edits, spin rate {unspin.spin_rate(SPUN):.2f}\n")


@pytest.mark.parametrize("size", [1, 20_000], ids=["fits-the-pipe", "larger-than-the-pipe"])
def test_a_reader_that_leaves_early(tmp_path: Path, size):
    path = tmp_path / "text.txt"
    path.write_text(f"{CLEAN}\n" * size, encoding="utf-8")
    with subprocess.Popen([*COMMAND, "restore", str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        head = process.stdout.read(10)
        process.stdout.close()
        complaint = process.stderr.read()
    assert head == CLEAN[:10].encode()
    assert (process.returncode, complaint) == (0, b"")


def test_a_reader_that_is_gone():
    """The output is small enough to be written at the very end."""
    with subprocess.Popen(
        [*COMMAND, "restore", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.close()
        process.stdin.write(SPUN.encode())
        process.stdin.close()
        complaint = process.stderr.read()
    assert (process.returncode, complaint) == (0, b"")
