"""The settings of a restorer, in one immutable record whose fields are also keywords of every public function."""

from __future__ import annotations

from dataclasses import dataclass

from unspin import zones


@dataclass(frozen=True, slots=True)
class Config:
    """How careful to be, and what to leave alone.

    ``min_probability``: an edit is made when it is at least this likely (0 to 1).
    ``min_evidence``: a text is touched when spinning explains it better than chance by this many nats, and by
    ``evidence_per_word`` for each word on top, repetitions aside; chosen on clean text, see docs/how-it-works.md.
    ``protect``: regular expressions; nothing they match is changed.

    >>> Config(protect=("White Home",)).min_probability
    0.5
    """

    min_probability: float = 0.5
    min_evidence: float = 9.0
    evidence_per_word: float = 0.05
    protect: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 < self.min_probability <= 1:
            raise ValueError(f"min_probability is a probability, above 0 and at most 1, not {self.min_probability!r}")
        if self.min_evidence < 0 or self.evidence_per_word < 0:
            raise ValueError("min_evidence and evidence_per_word cannot be negative")
        if isinstance(self.protect, str):
            raise TypeError(f"protect is a tuple of regular expressions: write protect=({self.protect!r},)")
        object.__setattr__(self, "protect", tuple(self.protect))
        zones.check(self.protect)
