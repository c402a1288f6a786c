"""Build the data files of the package.

``rows`` turns observed pairs into the text tables, ``language`` counts and estimates the language model, ``tables``
compiles the text tables. CONTRIBUTING.md has the commands in order.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from unspin import language, mechanisms, tables
from unspin.tokens import Tokens
from unspin.training import counts, estimate, rows, tiers

DATA = Path(tables.__file__).parent / "data"
VOCABULARY, PAIRS, TRIPLES = 160_000, 2_000_000, 6_800_000
"""Sizes of the shipped language model: about 39 MB."""
_COMMENT = "Rows of the substitution tables, tier %s. Facts about words, read off public web pages; see NOTICE."


def build_rows(arguments: argparse.Namespace) -> None:
    """Observed pairs -> data/tables/*.tsv."""
    observed = [
        (record["spun"], record["orig"], record["site"], bool(record["verified"]), "pages")
        for record in rows.observations(arguments.observations)
        if record["family"] == arguments.family
    ]
    for path in sorted(arguments.gold.glob("*.edits.jsonl")):
        observed += [(g["spun"], g["orig"][0], path.name, False, "seeds") for g in rows.observations(path)]
    found = tiers.sort_into_tiers(rows.rows(observed), language.load())
    folder = DATA / "tables"
    folder.mkdir(exist_ok=True)
    for tier in tables.TIERS:
        chosen = [row for row in found if row.tier == tier]
        tables.write_rows(folder / f"{arguments.family.lower()}.{tier}.tsv", chosen, _COMMENT % tier)
        print(f"{tier}: {len(chosen)} rows")


def build_language(arguments: argparse.Namespace) -> None:
    """Corpora -> data/language.bin."""
    texts = [side for row in mechanisms.completed(tables.shipped_rows()) for side in (row.spun, row.original)]
    words = Tokens.of(texts)
    counted = counts.count(arguments.corpora, VOCABULARY, np.unique(words.form[words.shape == 0]))
    model = estimate.estimate(counted, arguments.pairs, arguments.triples, kneser_ney=not arguments.plain)
    facts = {"words": int(counted.counts[0].sum()), "pairs": len(model.pairs), "triples": len(model.triples)}
    digest = estimate.save(model, arguments.output, facts)
    print(f"{arguments.output}: {arguments.output.stat().st_size / 1e6:.1f} MB, {facts}, sha256 {digest}")


def build_tables(_: argparse.Namespace) -> None:
    """data/tables/*.tsv -> data/tables.bin."""
    compiled = tables.Tables.compile(mechanisms.completed(tables.shipped_rows()), language.load())
    digest = compiled.save(DATA / "tables.bin")
    print(f"{len(compiled)} rows, sha256 {digest}")


def main() -> None:
    """Parse the command line and build one file."""
    parser = argparse.ArgumentParser(prog="python -m unspin.training", description=__doc__)
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("rows", help=build_rows.__doc__)
    command.add_argument("--observations", type=Path, required=True, help="JSON lines: spun, orig, site, verified, ...")
    command.add_argument("--gold", type=Path, required=True, help="folder of the seeds' *.edits.jsonl")
    command.add_argument("--family", default="A", help="spinner family to take (default %(default)s)")
    command.set_defaults(run=build_rows)
    command = commands.add_parser("language", help=build_language.__doc__)
    command.add_argument("--corpora", type=Path, required=True, help="folder of *.txt or *.txt.xz")
    command.add_argument("--pairs", type=int, default=PAIRS, help="bigrams to keep (default %(default)s)")
    command.add_argument("--triples", type=int, default=TRIPLES, help="trigrams to keep (default %(default)s)")
    command.add_argument("--plain", action="store_true", help="lower orders on plain counts, for comparison")
    command.add_argument("--output", type=Path, default=DATA / "language.bin", help="default: the shipped file")
    command.set_defaults(run=build_language)
    command = commands.add_parser("tables", help=build_tables.__doc__)
    command.set_defaults(run=build_tables)
    arguments = parser.parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
