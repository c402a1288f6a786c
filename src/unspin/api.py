"""The public verbs. Each takes the fields of ``unspin.Config`` as keywords."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TypedDict, Unpack

from unspin.config import Config
from unspin.record import Restoration
from unspin.restorer import Restorer

__all__ = ["explain", "is_spun", "restore", "restore_many", "spin_rate"]


class Options(TypedDict, total=False):
    """The fields of ``Config`` as keywords."""

    min_probability: float
    min_evidence: float
    evidence_per_word: float
    protect: tuple[str, ...]


@lru_cache(maxsize=16)
def _restorer(config: Config) -> Restorer:
    return Restorer(config)


def _with(options: Options) -> Restorer:
    return _restorer(Config(**options))


def restore(text: str, *, protected: Iterable[tuple[int, int]] = (), **options: Unpack[Options]) -> str:
    """Give ``text`` its words back; text that was not spun is returned as the same object.

    Nothing is changed within the spans ``protected``: (start, end), offsets into ``text``. Raises ``TypeError`` for
    anything but a string.

    >>> restore("Officers on the White Home mentioned the assembly was a primary step.")
    'Officials at the White House said the meeting was a first step.'
    """
    return _with(options).restore(text, protected=protected)


def explain(text: str, *, protected: Iterable[tuple[int, int]] = (), **options: Unpack[Options]) -> Restoration:
    """Restore ``text`` and give an account of it: every edit with its odds, alternatives and evidence.

    >>> record = explain("They shook fingers on the White Home.")
    >>> [(e.spun, e.restored) for e in record.edits]
    [('fingers', 'hands'), ('on', 'at'), ('Home', 'House')]
    >>> record.undo() == record.original
    True
    """
    return _with(options).explain(text, protected=protected)


def restore_many(texts: Iterable[str], **options: Unpack[Options]) -> list[str]:
    """Restore many texts at once, each as it would be alone; much faster than one by one.

    >>> restore_many(["They shook fingers.", "They shook hands."])
    ['They shook hands.', 'They shook hands.']
    """
    return _with(options).restore_many(texts)


def spin_rate(text: str, **options: Unpack[Options]) -> float:
    """How much of ``text`` was spun: the share of the spinner's words that it replaced, 0.0 for clean text.

    >>> spin_rate("They shook hands at the White House.")
    0.0
    """
    return explain(text, **options).spin_rate


def is_spun(text: str, **options: Unpack[Options]) -> bool:
    """Whether there is enough evidence that ``text`` was spun.

    >>> is_spun("They shook fingers on the White Home."), is_spun("They shook hands at the White House.")
    (True, False)
    """
    return spin_rate(text, **options) > 0
