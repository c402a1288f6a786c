"""The documents say what is so: their examples run, and their figures and commands are those of the repository."""

from __future__ import annotations

import doctest
import re
import shlex
from pathlib import Path

import pytest

import unspin
from unspin.cli import main

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CI = ROOT / ".ci" / "run"
WITH_EXAMPLES = [
    path for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))) if ">>>" in path.read_text("utf-8")
]


def commands() -> list[str]:
    return re.findall(r"^```sh\n(.+)\n```$", README, re.MULTILINE)


def passage(title: str) -> str:
    """The quoted passage after a line of the README, as one paragraph a line, without the marks."""
    quoted = README.split(title, 1)[1].split("\n\n", 2)[1]
    lines = [line.removeprefix(">").strip() for line in quoted.replace("**", "").splitlines()]
    return "\n".join(paragraph.strip() for paragraph in " ".join(line or "\n" for line in lines).split("\n"))


@pytest.mark.parametrize("path", WITH_EXAMPLES, ids=lambda path: path.name)
def test_examples_run(path: Path) -> None:
    failed, tried = doctest.testfile(str(path), module_relative=False, encoding="utf-8")
    assert tried
    assert not failed


def test_first_screen_is_what_the_tool_writes() -> None:
    (seed,) = (ROOT / "seeds").glob("004_*.txt")
    spun = seed.read_bytes().decode()
    restored = unspin.restore(spun)
    before, after = passage("([seeds/004]").splitlines(), passage("unspin writes:").splitlines()
    assert len(before) == len(after) == 2
    assert all(line in spun for line in before)
    assert all(line in restored for line in after)


def test_the_first_command_shows_what_changed(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.chdir(ROOT)
    arguments = commands()[0].rpartition("/unspin ")[2]
    assert main(shlex.split(arguments)) == 0
    shown = capfdbinary.readouterr().out.decode()
    assert "[-officers-]{+officials+}" in shown
    assert re.search(r"\n\d{3} edits, spin rate 0\.\d\d\n$", shown)


@pytest.mark.skipif(not CI.exists(), reason="source distributions leave it out")
def test_ci_runs_the_command_of_the_readme() -> None:
    assert commands()[1] in CI.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("title", ["The promise", "Measured"])
def test_measured_figures_are_those_of_the_benchmarks(title: str) -> None:
    section = README.split(f"## {title}", 1)[1].split("\n## ", 1)[0]
    measured = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    figures = set(re.findall(r"\d[\d,]*[.,]\d+", section)) - {"100,000"}
    assert figures
    assert not [figure for figure in sorted(figures) if figure not in measured]
