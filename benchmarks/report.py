"""The generated page: Markdown tables, and sections that each command rewrites without touching the others."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

PAGE: Final = Path(__file__).parent.parent / "docs" / "benchmarks.md"
_HEAD: Final = """# Benchmarks

Every table here is written by the command that stands above it, run in the root of a checkout. What is measured, and
how, is said in the docstrings of `benchmarks/`.
"""


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; the first column is text, the others are numbers.

    >>> print(table(["what", "n"], [["a", "10"], ["bc", "2"]]))
    | what |  n |
    | :--- | -: |
    | a    | 10 |
    | bc   |  2 |
    """
    widths = [max(2, *(len(row[k]) for row in (head, *rows))) for k in range(len(head))]

    def line(cells: Sequence[str]) -> str:
        first = cells[0].ljust(widths[0])
        return "| " + " | ".join([first, *(c.rjust(w) for c, w in zip(cells[1:], widths[1:], strict=True))]) + " |"

    rule = [":" + "-" * (widths[0] - 1), *("-" * (w - 1) + ":" for w in widths[1:])]
    return "\n".join([line(head), line(rule), *map(line, rows)])


def put(page: str, name: str, body: str) -> str:
    r"""The page with its section ``name`` replaced, or added at the end.

    >>> page = put(put("# Page\n", "a", "one"), "b", "two")
    >>> put(page, "a", "three") == put(put("# Page\n", "a", "three"), "b", "two")
    True
    """
    begin, end = f"<!-- {name}: generated -->", f"<!-- {name}: end -->"
    section = f"{begin}\n{body.strip()}\n{end}"
    place = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    if place.search(page):
        return place.sub(lambda _: section, page)
    return f"{page.rstrip()}\n\n{section}\n"


def write(name: str, title: str, command: str, body: str, page: Path = PAGE) -> None:
    """Write one section, with the date and the command that made it."""
    today = datetime.date.today().isoformat()
    text = page.read_text(encoding="utf-8") if page.exists() else _HEAD
    section = f"## {title}\n\n`{command}`, {today}.\n\n{body}"
    page.write_text(put(text, name, section), encoding="utf-8")
