"""The command line: ``unspin restore``, ``check``, ``why`` and ``spin``.

Exit codes: 0 done, or clean with ``check``; 1 spun text found with ``check``, nothing known with ``why``; 2 wrong
usage; 65 input that is not UTF-8 text; 66 input that cannot be read; 70 data files that are missing or damaged; 74
output that cannot be written. ``check`` goes on after a file that it cannot read.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import unspin
from unspin.record import Restoration
from unspin.store import StoreError
from unspin.tables import Row

_SPUN, _USAGE, _BAD_DATA, _NO_INPUT, _BROKEN, _NO_OUTPUT = 1, 2, 65, 66, 70, 74


class _InputError(Exception):
    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


def _read(name: str) -> str:
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise _InputError(f"cannot read {name}: {error.strerror or error}", _NO_INPUT) from None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _InputError(f"{name} is not UTF-8 at byte {error.start}: convert it first", _BAD_DATA) from None


def _write(text: str) -> None:
    sys.stdout.buffer.write(text.encode("utf-8", "surrogatepass"))


def _restore(arguments: argparse.Namespace) -> int:
    record = unspin.explain(_read(arguments.file), min_probability=arguments.min_probability)
    if arguments.json:
        _write(record.to_json(indent=2) + "\n")
    elif arguments.diff:
        _show(record)
    else:
        _write(record.text)
    return 0


def _show(record: Restoration) -> None:
    """The text with its changes marked: in colour at a terminal that has ``rich``, else as ``[-spun-]{+restored+}``."""
    try:
        from rich.console import Console
    except ImportError:
        console = None
    else:
        console = Console(soft_wrap=True, highlight=False)
    if console is not None and console.is_terminal:
        console.print(record)
    else:
        position = 0
        for edit in record.edits:
            _write(record.original[position : edit.start] + f"[-{edit.spun}-]{{+{edit.restored}+}}")
            position = edit.end
        _write(record.original[position:])
    _write(f"\n\n{len(record.edits)} edits, spin rate {record.spin_rate:.2f}\n")


def _check(arguments: argparse.Namespace) -> int:
    code = 0
    for name in arguments.files:
        try:
            record = unspin.explain(_read(name))
        except _InputError as error:
            print(f"unspin: {error}", file=sys.stderr)
            code = max(code, error.code)
            continue
        _write(f"{record.spin_rate:.2f}\t{len(record.edits)}\t{name}\n")
        code = max(code, _SPUN if record.spin_rate else 0)
    return code


def _why(arguments: argparse.Namespace) -> int:
    from unspin.lookup import explain_phrase

    answers = explain_phrase(arguments.phrase)
    for answer in answers:
        near = "" if answer.score == 100 else f" (near {answer.typed!r}, {answer.score:.0f} %)"
        _write(f"{answer.spun}{near}\n")
        for row in answer.rows:
            _write(f"    {row.original:<24} {_evidence(row)}\n")
    if not answers:
        print(f"unspin: no row of the tables could have made {arguments.phrase!r}", file=sys.stderr)
    return 0 if answers else 1


def _evidence(row: Row) -> str:
    if row.tier == "mechanism":
        return "a rule, not an observation"
    seen = f"seen {row.count} times on {row.sites} sites" if row.count else "not seen on other pages"
    confirmed = f", {row.verified} confirmed by a published original" if row.verified else ""
    seeds = f", {row.seeds} times in the seeds" if row.seeds else ""
    return f"{seen}{confirmed}{seeds}; {row.tier}"


def _spin(arguments: argparse.Namespace) -> int:
    _write(unspin.spin(_read(arguments.file), rate=arguments.rate, seed=arguments.seed))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="unspin", description="Give spun text its words back.")
    parser.add_argument("--version", action="version", version=f"unspin {unspin.__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser("restore", help="restore a text", description="Write the restored text.")
    command.add_argument("file", metavar="FILE", help="a UTF-8 text, - for standard input")
    style = command.add_mutually_exclusive_group()
    style.add_argument("--diff", action="store_true", help="show the text with every change marked")
    style.add_argument("--json", action="store_true", help="write the whole record as JSON")
    command.add_argument("--min-probability", type=float, default=0.5, metavar="P", help="default %(default)s")
    command.set_defaults(run=_restore)

    command = commands.add_parser(
        "check",
        help="say whether texts were spun",
        description="Print spin rate, number of edits and name of each text; exit with 1 where one was spun.",
    )
    command.add_argument("files", metavar="FILE", nargs="+")
    command.set_defaults(run=_check)

    command = commands.add_parser(
        "why",
        help="which rows could have made a phrase",
        description="Print the table rows that could have made a phrase, misspelt ones included, with their evidence.",
    )
    command.add_argument("phrase", metavar="PHRASE")
    command.set_defaults(run=_why)

    command = commands.add_parser("spin", help="spin a clean text", description="Apply the tables forwards.")
    command.add_argument("file", metavar="FILE")
    command.add_argument("--rate", type=float, default=0.6, help="share of the spinner's words to replace")
    command.add_argument("--seed", type=int, default=0)
    command.set_defaults(run=_spin)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    arguments = _parser().parse_args(argv)
    try:
        code = int(arguments.run(arguments))
        sys.stdout.flush()
    except _InputError as error:
        print(f"unspin: {error}", file=sys.stderr)
        return error.code
    except StoreError as error:
        print(f"unspin: {error}", file=sys.stderr)
        return _BROKEN
    except ValueError as error:
        print(f"unspin: {error}", file=sys.stderr)
        return _USAGE
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        print(f"unspin: cannot write: {error.strerror or error}", file=sys.stderr)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _NO_OUTPUT
    return code
