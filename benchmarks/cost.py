"""What a restoration costs in time, memory and disk, beside a plain substitution with the same table.

Milliseconds belong to a machine; the ratio to the substitution, measured in the same process on the same text, is what
can be compared from one machine to the next. Everything runs on one core.
"""

from __future__ import annotations

import math
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.baseline import Baseline
from benchmarks.report import table
from unspin import Restorer, tables

_PROBE: Final = Path(__file__).with_name("probe.py")
_DATA: Final = Path(tables.__file__).parent / "data"
_FRESH_RUNS: Final = 7
_WARM_RUNS: Final = 31


@dataclass(frozen=True, slots=True)
class Cost:
    """Medians: seconds, and bytes of memory, of a fresh process and of its parts, and of warm restorations."""

    words: int
    process: float
    importing: float
    first: float
    memory: float
    warm: float
    substitution: float


@contextmanager
def one_core() -> Iterator[None]:
    """Stay on one core, where the platform lets a process choose; children do too."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _median_time(work: Callable[[], object]) -> float:
    """Median seconds; the first run, which fills the caches, is not counted."""
    work()
    times = []
    for _ in range(_WARM_RUNS):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def _fresh(path: Path) -> tuple[float, ...]:
    """Seconds of a whole process, of its import and of its restoration, and its peak memory."""
    # -P keeps the folder of the script, with its common names, off the module path
    command = [sys.executable, "-P", str(_PROBE), str(path)]
    begin = time.perf_counter()
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return time.perf_counter() - begin, *map(float, output.split())


def measure(path: Path) -> Cost:
    """Cost of restoring the text of a file."""
    text = path.read_bytes().decode()
    restorer, baseline = Restorer(), Baseline(tables.shipped_rows())
    with one_core():
        runs = [_fresh(path) for _ in range(_FRESH_RUNS)]
        warm = _median_time(lambda: restorer.restore(text))
        substitution = _median_time(lambda: baseline.restore(text))
    process, importing, first, memory = (statistics.median(column) for column in zip(*runs, strict=True))
    return Cost(len(text.split()), process, importing, first, memory, warm, substitution)


def report(cost: Cost) -> str:
    """Markdown: one line for each figure."""

    def milliseconds(seconds: float) -> str:
        return f"{1000 * seconds:.3g} ms"

    def megabytes(size: float) -> str:
        return "not known" if math.isnan(size) else f"{size / 1e6:.1f} MB"

    rows = [
        ["`import unspin`, fresh process", milliseconds(cost.importing)],
        ["first restoration after it", milliseconds(cost.first)],
        ["whole process, start to end", milliseconds(cost.process)],
        ["its peak resident memory, mapped files included", megabytes(cost.memory)],
        ["words per second, warm", f"{cost.words / cost.warm:,.0f}"],
        ["warm restoration", milliseconds(cost.warm)],
        ["plain substitution with the same table", milliseconds(cost.substitution)],
        ["ratio of the two", f"{cost.warm / cost.substitution:.0f}"],
        *([f"`{name}`", megabytes((_DATA / name).stat().st_size)] for name in ("language.bin", "tables.bin")),
    ]
    return table([f"one text of {cost.words:,} words, one core", "median"], rows)
