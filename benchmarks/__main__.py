"""Make the tables of docs/benchmarks.md.

``quality`` scores the seeds, with everything and with all that was learnt from the seeds left out, beside the copy that
does nothing and the substitution without context; then harm on clean text, where corpora are given, and cost.
"""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from benchmarks import clean, cost, perplexity, report, synthetic
from benchmarks.baseline import Baseline, without_seeds
from benchmarks.score import Score, read_gold, score
from unspin import Restorer, mechanisms, tables

ROOT: Final = Path(__file__).parent.parent
_TIMED_SEED: Final = "004"
_SEEDS: Final = """
Each seed is scored with the full tables, and with every row left out whose only evidence is the seeds: the second is
nearer to what a text never seen gets. `broken` is false changes per 1,000 words. *copy* changes nothing; *no context*
replaces the longest match by its most frequent original.
"""
_CLEAN: Final = """
Consecutive lines that the language model never counted, joined to documents: chapters, articles, paragraphs. Intervals
are of 95 % (Garwood for edits, Wilson for documents). Thresholds were chosen on the other half.
"""
_SYNTHETIC: Final = """
Held-out articles spun with the shipped tables at several rates. The restorer knows every row that was used: this shows
how much must be spun before it is noticed and how well it chooses, not what the tables lack.
"""
_COST: Final = """
Medians. Milliseconds belong to the machine at hand; the ratio of restoration to plain substitution, measured in one
process on one text, travels better.
"""
_PERPLEXITY: Final = """
On the last 2.5 % of the lines of each corpus file, which no model counted. Events are words of the vocabulary and ends
of paragraphs. All models have the same vocabulary and the same training lines, except that ours leaves out what occurs
once or twice in the `allsides` file, which belongs to its publishers. Ours is measured as it is shipped, quantised.
"""


def seed(number: str) -> Path:
    """The file of a seed."""
    (path,) = (ROOT / "seeds").glob(f"{number}_*.txt")
    return path


def systems() -> Iterator[tuple[str, str, Callable[[str], str]]]:
    """What is compared: name, table, and the function that restores a text."""
    yield "copy", "–", str
    for name, rows in (("full", tables.shipped_rows()), ("without seeds", without_seeds(tables.shipped_rows()))):
        yield "no context", name, Baseline(rows).restore
        yield "**unspin**", name, Restorer(tables=mechanisms.completed(rows)).restore


def seeds(verbose: bool) -> str:
    """Markdown: precision, recall, F0.5 and damage of each system on each seed and on both."""
    texts = []
    for path in sorted((ROOT / "benchmarks" / "gold").glob("*.edits.jsonl")):
        number = path.name.partition(".")[0]
        texts.append((number, seed(number).read_bytes().decode(), read_gold(path)))
    lines: dict[str, list[list[str]]] = {number: [] for number in (*(number for number, _, _ in texts), "all")}
    for system, variant, restore in systems():
        total = Score()
        for number, text, gold in texts:
            one = score(text, restore(text), gold)
            lines[number].append(_line(number, system, variant, one))
            total += one
            if verbose and "unspin" in system:
                _explain(f"{number}, tables {variant}", one)
        lines["all"].append(_line("all", system, variant, total))
    head = ["seed", "system", "tables", "precision", "recall", "F0.5", "broken", "case errors"]
    return report.table(head, [line for group in lines.values() for line in group])


def _line(number: str, system: str, variant: str, one: Score) -> list[str]:
    figures = [f"{one.precision:.3f}", f"{one.recall:.3f}", f"{one.f05:.3f}", f"{one.broken:.1f}"]
    return [number, system, variant, *figures, str(one.case_errors)]


def _explain(title: str, one: Score) -> None:
    print(f"seed {title}", file=sys.stderr)
    for kind in ("wrong", "missed", "spurious"):
        for error in getattr(one, kind):
            print(f"  {kind}: {' | '.join(' '.join(part.split()) for part in error)}", file=sys.stderr)


def _publish(arguments: argparse.Namespace, title: str, body: str) -> None:
    print(body)
    if arguments.write:
        # where these are is different for everyone
        command = shlex.join(word for word in sys.argv[1:] if word != "--write")
        for option in ("corpora", "kenlm"):
            if path := getattr(arguments, option, None):
                command = command.replace(str(path), option.upper())
        report.write(arguments.command, title, f"python -m benchmarks {command}", body)


def quality(arguments: argparse.Namespace) -> None:
    """Restoration of the seeds, harm on clean text, cost."""
    parts = ["### Seeds", _SEEDS.strip(), seeds(arguments.verbose)]
    if arguments.corpora:
        parts += [f"### Clean text ({arguments.half} half)", _CLEAN.strip()]
        for least in (clean.BOOK, clean.LONG, clean.SHORT):
            found = clean.measure(Restorer(), arguments.corpora, arguments.half, least)
            parts += [f"Documents of {least} words and more:", clean.report(found)]
            if arguments.verbose:
                print(clean.edits(found), file=sys.stderr)
        parts += ["### Synthetic spins", _SYNTHETIC.strip(), synthetic.report(arguments.corpora, arguments.half)]
    parts += ["### Cost", _COST.strip(), cost.report(cost.measure(seed(_TIMED_SEED)))]
    _publish(arguments, "Quality, harm and cost", "\n\n".join(parts))


def language(arguments: argparse.Namespace) -> None:
    """Perplexity of the language model."""
    made = perplexity.report(arguments.corpora, arguments.model, arguments.kenlm, arguments.prune)
    _publish(arguments, "Language model", f"{_PERPLEXITY.strip()}\n\n{made}")


def price(_: argparse.Namespace) -> None:
    """Cost alone."""
    print(cost.report(cost.measure(seed(_TIMED_SEED))))


def main() -> None:
    """Parse the command line and run one benchmark."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    commands = parser.add_subparsers(required=True, dest="command")

    command = commands.add_parser("quality", help=quality.__doc__)
    command.add_argument("--corpora", type=Path, help="folder of *.txt or *.txt.xz, for harm on clean text")
    command.add_argument("--half", choices=clean.HALVES, default="test", help="documents to take (default %(default)s)")
    command.add_argument("--write", action="store_true", help="write the section of docs/benchmarks.md")
    command.add_argument("-v", "--verbose", action="store_true", help="list every error and every edit of clean text")
    command.set_defaults(run=quality)

    command = commands.add_parser("perplexity", help=language.__doc__)
    command.add_argument("--corpora", type=Path, required=True, help="folder of *.txt or *.txt.xz")
    command.add_argument("--model", type=Path, action="append", default=[], help="measure this language.bin as well")
    command.add_argument("--kenlm", type=Path, help="the program lmplz, to train KenLM on the same words")
    command.add_argument("--prune", action="append", help="thresholds of a KenLM model (default: '0 0 0' and '0 1 2')")
    command.add_argument("--write", action="store_true", help="write the section of docs/benchmarks.md")
    command.set_defaults(run=language)

    command = commands.add_parser("cost", help=price.__doc__)
    command.set_defaults(run=price)

    arguments = parser.parse_args()
    if arguments.command == "perplexity":
        arguments.prune = arguments.prune or ["0 0 0", "0 1 2"]
    arguments.run(arguments)


if __name__ == "__main__":
    main()
