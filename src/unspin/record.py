"""What was done to a text, in full: every edit with its odds and its evidence, and the way back."""

from __future__ import annotations

import difflib
import json
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

import regex

from unspin.tables import Row

if TYPE_CHECKING:
    from rich.text import Text

__all__ = ["Alternative", "Edit", "Restoration", "apply"]


@dataclass(frozen=True, slots=True)
class Alternative:
    """Something that could stand where an edit stands, and how likely it is; ``text`` may be the spun words."""

    text: str
    probability: float


@dataclass(frozen=True, slots=True)
class Edit:
    """One change. ``start`` and ``end`` are offsets into the text as it was, ``new_start`` and ``new_end`` into the
    restored one; ``original[start:end] == spun`` and ``text[new_start:new_end] == restored``. ``probability`` is how
    likely the writer wrote ``restored`` here; ``alternatives`` are ranked, this edit not among them. ``row`` is the
    table row that made it, ``None`` where a mechanism of the text itself did (braces that hold the original).
    """

    start: int
    end: int
    spun: str
    restored: str
    new_start: int
    new_end: int
    probability: float
    alternatives: tuple[Alternative, ...] = ()
    row: Row | None = None


def _ordered(edits: Iterable[Edit]) -> list[Edit]:
    """Edits by place. Raises ``ValueError`` where two overlap."""
    out = sorted(edits, key=lambda e: (e.start, e.end))
    for one, other in pairwise(out):
        if other.start < one.end:
            raise ValueError(f"edits overlap: {one.spun!r} and {other.spun!r} at offset {other.start}")
    return out


def place(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Sort edits and compute where each ends up (``new_start``, ``new_end``). Raises ``ValueError`` on an overlap."""
    out: list[Edit] = []
    shift = 0
    for edit in _ordered(edits):
        new = edit.start + shift
        out.append(replace(edit, new_start=new, new_end=new + len(edit.restored)))
        shift += len(edit.restored) - (edit.end - edit.start)
    return tuple(out)


def apply(text: str, edits: Iterable[Edit]) -> str:
    """Make ``edits``, all of them or a selection, in ``text``.

    Raises ``ValueError`` where an edit was made for another text, or two overlap.

    >>> apply("shook fingers", [Edit(6, 13, "fingers", "hands", 6, 11, 0.99)])
    'shook hands'
    """
    parts: list[str] = []
    position = 0
    for edit in _ordered(edits):
        if text[edit.start : edit.end] != edit.spun:
            raise ValueError(
                f"the text has {text[edit.start : edit.end]!r} at {edit.start}, the edit wants {edit.spun!r}: "
                "it was made for another text"
            )
        parts += (text[position : edit.start], edit.restored)
        position = edit.end
    if not parts:
        return text
    return "".join([*parts, text[position:]])


@dataclass(frozen=True)
class Restoration:
    """A text with its words back, and the account of it.

    ``text`` is the restored text (the same object as ``original`` where nothing was changed), ``edits`` are sorted and
    disjoint, ``spin_rate`` is the share of the spinner's words that it replaced here (0 to 1), ``evidence`` by how
    many nats spinning explains the text better than chance (0 where it does not).
    """

    text: str
    original: str
    edits: tuple[Edit, ...]
    spin_rate: float
    evidence: float

    def undo(self) -> str:
        """The text as it was, computed from the restored text and the edits."""
        parts: list[str] = []
        position = 0
        for edit in self.edits:
            parts += (self.text[position : edit.new_start], edit.spun)
            position = edit.new_end
        return "".join([*parts, self.text[position:]]) if parts else self.text

    def apply(self, edits: Sequence[Edit] | None = None, *, min_probability: float = 0.0) -> str:
        """Make only some of the edits: those given, or those of at least ``min_probability``."""
        chosen = self.edits if edits is None else edits
        return apply(self.original, [e for e in chosen if e.probability >= min_probability])

    @cached_property
    def _bounds(self) -> tuple[_Bounds, _Bounds]:
        """Where the edits begin and end in the original text, and in the restored one."""
        old = [e.start for e in self.edits], [e.end for e in self.edits]
        return old, ([e.new_start for e in self.edits], [e.new_end for e in self.edits])

    def to_new(self, offset: int) -> int:
        """Where an offset of the original text is in the restored one; inside an edit, where the edit begins.

        Raises ``IndexError`` where the text has no such offset.
        """
        old, new = self._bounds
        return _carried(offset, len(self.original), old, new)

    def to_old(self, offset: int) -> int:
        """Where an offset of the restored text was in the original; inside an edit, where the edit begins.

        Raises ``IndexError`` where the text has no such offset.
        """
        old, new = self._bounds
        return _carried(offset, len(self.text), new, old)

    def diff(self, name: str = "text") -> str:
        """A unified diff, by line."""
        before, after = (regex.findall(r"[^\n]*+\n|[^\n]++", t) for t in (self.original, self.text))
        lines = difflib.unified_diff(before, after, name, f"{name} (restored)")
        return "".join(line if line.endswith("\n") else line + "\n\\ No newline at end of file\n" for line in lines)

    def to_dict(self) -> dict[str, Any]:
        """Plain data: texts, rates, and the edits with everything that is known of each."""
        return {
            "text": self.text,
            "original": self.original,
            "spin_rate": self.spin_rate,
            "evidence": self.evidence,
            "edits": [asdict(edit) for edit in self.edits],
        }

    def to_json(self, indent: int | None = None) -> str:
        """``to_dict`` as JSON; a lone surrogate is written as an escape."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=True)

    def __rich__(self) -> Text:
        """The original with what was removed struck out and what took its place beside it."""
        from rich.text import Text

        out = Text()
        position = 0
        for edit in self.edits:
            out.append(self.original[position : edit.start])
            out.append(edit.spun, style="red strike")
            out.append(" ")
            out.append(edit.restored, style="green" if edit.probability >= 0.9 else "yellow")
            position = edit.end
        out.append(self.original[position:])
        return out


_Bounds: TypeAlias = tuple[list[int], list[int]]


def _carried(offset: int, length: int, source: _Bounds, target: _Bounds) -> int:
    if not 0 <= offset <= length:
        raise IndexError(f"offset {offset} is not in a text of {length} characters")
    number = bisect_right(source[0], offset) - 1
    if number < 0:
        return offset
    inside = offset < source[1][number]
    return target[0][number] if inside else offset - source[1][number] + target[1][number]


def compose(first: Restoration, second: Restoration) -> Restoration:
    """One account of two passes, the second over the text that the first restored.

    Where an edit of the second pass overlaps edits of the first, they become one, whose spun side is the text as it
    was.
    """
    if not second.edits:
        return first
    spans = sorted(
        [(e.new_start, e.new_end, False, e) for e in first.edits] + [(e.start, e.end, True, e) for e in second.edits],
        key=lambda span: span[:3],
    )
    to_old = _Shift([e.new_end for e in first.edits], [e.end for e in first.edits])
    to_new = _Shift([e.end for e in second.edits], [e.new_end for e in second.edits])
    merged: list[Edit] = []
    position = 0
    while position < len(spans):
        low, high, _, _ = spans[position]
        group: list[tuple[bool, Edit]] = []
        while position < len(spans) and (not group or spans[position][0] < high):
            high = max(high, spans[position][1])
            group.append(spans[position][2:])
            position += 1
        changed = [edit for late, edit in group if late]
        if not changed:
            merged += (edit for _, edit in group)
            continue
        start, end = to_old(low), to_old(high)
        spun, restored = first.original[start:end], second.text[to_new(low) : to_new(high)]
        if spun != restored:
            probability = min(edit.probability for _, edit in group)
            merged.append(
                replace(changed[0], start=start, end=end, spun=spun, restored=restored, probability=probability)
            )
    return Restoration(second.text, first.original, place(merged), first.spin_rate, first.evidence)


class _Shift:
    """Maps offsets that lie inside no edit from one side of the edits to the other."""

    def __init__(self, ends: list[int], new_ends: list[int]) -> None:
        self.ends, self.new_ends = ends, new_ends

    def __call__(self, offset: int) -> int:
        number = bisect_right(self.ends, offset) - 1
        return offset if number < 0 else offset - self.ends[number] + self.new_ends[number]
