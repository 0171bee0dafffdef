"""`viva`: every command of an installation. `viva --help` is the map.

Each command is a module of `evaluator_app.commands`, imported only when it is asked for, so that
the command line answers at once.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from zoneinfo import available_timezones

from kernel import private
from kernel.errors import VivaError

Parser = argparse.ArgumentParser

WHERE = "VIVA_DATABASE_URL and VIVA_VAR say where it is; `viva db upgrade` makes its tables."


def _nothing(_parser: Parser) -> None:
    """Take no argument."""


def _demo(parser: Parser) -> None:
    parser.add_argument("--fresh", action="store_true", help="forget the last demo and seed anew")
    parser.add_argument("--port", type=int, default=8000, help="port of the pages (8000)")


def _email(parser: Parser) -> None:
    parser.add_argument("email", help="address of the person to invite")


def _doctor(parser: Parser) -> None:
    parser.add_argument(
        "--files", action="store_true", help="also compare every row that names a file with it"
    )
    parser.add_argument(
        "--wait",
        type=float,
        default=10,
        metavar="SECONDS",
        help="how long the processes may take to start (%(default)s)",
    )


def _settle(parser: Parser) -> None:
    parser.add_argument(
        "--settle",
        action="store_true",
        help="end the orals that the copy left running, and hold back what may have left already",
    )


def _reason(parser: Parser) -> None:
    parser.add_argument(
        "--reason", required=True, help="why, in a few words: kept beside the former head"
    )


def _audit_file(parser: Parser) -> None:
    parser.add_argument("file", metavar="FILE", help="where the log is written")


def _audit_check(parser: Parser) -> None:
    parser.add_argument("file", metavar="FILE", help="what `viva audit export` wrote")
    parser.add_argument("--key", default="", help="fingerprint of the installation's key")


def _rows(parser: Parser) -> None:
    parser.add_argument("rows", nargs="+", type=int, metavar="ROW", help="numbers as listed")


def _markdown(parser: Parser) -> None:
    parser.add_argument("--markdown", action="store_true", help="as a table for the documentation")


def _bench(parser: Parser) -> None:
    parser.add_argument("name", help="a benchmark, or `all`; `list` names them")


def _sample(parser: Parser) -> None:
    parser.add_argument("--kind", required=True, help="which document; a wrong one names them all")
    parser.add_argument("--name", required=True, help="family name, in any script")
    parser.add_argument("--first-names", required=True, help="first names; may be empty")
    parser.add_argument("--locale", choices=("fr", "en"), default="fr", help="its language (fr)")
    parser.add_argument("--out", required=True, help="file to write the PDF to")


def _published_name(parser: Parser) -> None:
    parser.add_argument("name", help="with its version, as coordinators' pages have it: fr-1")


def _published_file(parser: Parser) -> None:
    parser.add_argument("file", metavar="FILE", help="as `show` prints one")


def _zone(text: str) -> str:
    if text not in available_timezones():
        msg = f"{text!r} is not a time zone, such as Europe/Paris"
        raise argparse.ArgumentTypeError(msg)
    return text


def _moment(text: str) -> datetime:
    """Return a moment in UTC, as 2026-12-03T13:30:00Z."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        msg = f"{text!r} names no zone: end it with Z"
        raise argparse.ArgumentTypeError(msg)
    return moment.astimezone(UTC)


def _minutes(text: str) -> int:
    minutes = int(text)
    if not 1 <= minutes <= 1440:
        raise argparse.ArgumentTypeError("between 1 and 1440 minutes")
    return minutes


def _table(parser: Parser) -> None:
    parser.add_argument("file", metavar="FILE", help="a table, CSV or XLSX")
    parser.add_argument("--sheet", default="", help="its sheet (the first visible one)")
    parser.add_argument("--encoding", default="", help="its letters, if they are not certain")
    parser.add_argument("--separator", default="", help="what separates its cells (found)")


def _calendars(parser: Parser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help="calendar files (.ics), in order")
    parser.add_argument("--zone", type=_zone, required=True, help="the reader's, for whole days")
    for option, place, help_ in (
        ("--from", "first", "first day, in that zone"),
        ("--until", "until", "last day, whole"),
    ):
        parser.add_argument(
            option,
            dest=place,
            type=date.fromisoformat,
            required=True,
            metavar="YYYY-MM-DD",
            help=help_,
        )


def _invitation(parser: Parser) -> None:
    parser.add_argument("--zone", type=_zone, required=True, help="the candidate's")
    parser.add_argument("--start", type=_moment, required=True, help="2026-12-03T13:30:00Z")
    parser.add_argument("--minutes", type=_minutes, required=True, help="how long the oral lasts")


def _items(parser: Parser) -> None:
    parser.add_argument(
        "paths", nargs="+", metavar="PATH", help="files of questions, packages, folders of them"
    )
    parser.add_argument(
        "--language", default="en", choices=("en", "fr", "de", "es", "it"), help="the bank's (en)"
    )


# The map: words of the command, its module, what it does, its arguments.
COMMANDS: tuple[tuple[tuple[str, ...], str, str, Callable[[Parser], None]], ...] = (
    (("demo",), "demo", "an invented installation to try everything, on one machine", _demo),
    (("serve",), "serve", "web, media and jobs of this installation, kept alive", _nothing),
    (("web",), "web", "the web process alone", _nothing),
    (("media",), "media", "the media server alone", _nothing),
    (("worker",), "worker", "the jobs process alone: mail, documents, what recurs", _nothing),
    (("coordinator", "invite"), "invite", "invite a coordinator: the first person", _email),
    (("db", "upgrade"), "database", "bring the database to the newest shape", _nothing),
    (("doctor",), "doctor", "what is missing, and how to mend it", _doctor),
    (
        ("documents", "sample"),
        "documents_sample",
        "a document with a name of one's own, marked as a sample",
        _sample,
    ),
    (
        ("sheet", "check"),
        "sheet_check",
        "the rows of a table as Excel shows them: a JSON line each",
        _table,
    ),
    (
        ("calendar", "check"),
        "calendar_check",
        "when people's calendar files say that they are busy: a JSON line each",
        _calendars,
    ),
    (
        ("calendar", "invitation"),
        "calendar_invitation",
        "the calendar file that a candidate would get, to try in other programs",
        _invitation,
    ),
    (
        ("items", "check"),
        "items_check",
        "what files of questions come to: a JSON line a question",
        _items,
    ),
    (
        ("content", "check"),
        "content_check",
        "what the product brings for orals and tests: a JSON line a kind and level",
        _nothing,
    ),
    (
        ("content", "show"),
        "published",
        "a published script with its cards, as JSON",
        _published_name,
    ),
    (
        ("content", "publish"),
        "published",
        "publish a script with its cards; coordinators choose it on a certification's page",
        _published_file,
    ),
    (("audit", "verify"), "audit", "prove that the audit log is whole", _nothing),
    (
        ("audit", "accept"),
        "audit_accept",
        "sign the audit log as it stands, after a restore or an inquiry",
        _reason,
    ),
    (
        ("audit", "export"),
        "audit_export",
        "write the sealed audit log, with its signed head, to a file",
        _audit_file,
    ),
    (
        ("audit", "check"),
        "audit_check",
        "what an exported audit log proves, and the first thing that it does not",
        _audit_check,
    ),
    (
        ("restore", "check"),
        "restore",
        "what a restored installation lacks, before its processes are started",
        _settle,
    ),
    (("policy", "show"), "published", "a published decision rule, as JSON", _published_name),
    (
        ("policy", "publish"),
        "published",
        "publish a decision rule; coordinators choose it on a certification's page",
        _published_file,
    ),
    (("grid", "show"), "published", "a published grid of criteria, as JSON", _published_name),
    (
        ("grid", "publish"),
        "published",
        "publish a grid of criteria; coordinators choose it on a certification's page",
        _published_file,
    ),
    (("outbox", "list"), "outbox_rows", "what never left: a JSON line each", _nothing),
    (("outbox", "retry"), "outbox_rows", "run rows that were given up once more", _rows),
    (("keys", "rotate"), "keys", "seal what is kept with the current storage key", _nothing),
    (("settings",), "settings", "every setting, its default and what it is for", _markdown),
    (
        ("licences",),
        "licences",
        "what comes with the product, under which licences: docs/licences.md",
        _nothing,
    ),
    (("bench",), "bench", "a benchmark: one JSON line a case on standard output", _bench),
)
GROUPS = {
    "coordinator": "people who start an installation",
    "db": "the database",
    "audit": "the audit log",
    "sheet": "tables, as they are read",
    "calendar": "calendar files, read and written",
    "documents": "what a verdict gives: attestations, certificates",
    "items": "files of questions",
    "content": "scripts, cards and questions: what the product brings, what is published",
    "policy": "decision rules: how marks become a result",
    "grid": "grids: the criteria of the oral, and what each level is",
    "keys": "the keys of what is kept",
    "restore": "an installation brought back from a copy",
    "outbox": "letters and other work that must leave",
}


def parser() -> Parser:
    """Return the whole command line."""
    top = Parser(prog="viva", description="The platform on which a certification is sat.")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    groups: dict[str, argparse._SubParsersAction[Parser]] = {}
    for words, module, help_, arguments in COMMANDS:
        place = commands
        if len(words) == 2:
            if words[0] not in groups:
                group = commands.add_parser(words[0], help=GROUPS[words[0]])
                groups[words[0]] = group.add_subparsers(metavar="ACTION", required=True)
            place = groups[words[0]]
        command = place.add_parser(words[-1], help=help_, description=help_)
        arguments(command)
        command.set_defaults(module=module, group=words[0])
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0 when it went well, 1 when it failed, 2 for wrong usage."""
    given = parser().parse_args(arguments)
    private.keep_what_is_written()
    command = importlib.import_module(f"evaluator_app.commands.{given.module}")
    try:
        code: int = command.run(given)
    except VivaError as error:
        # Slow to import: a command that refuses nothing needs no words.
        from kernel import i18n  # noqa: PLC0415

        print(f"viva: {i18n.refusal(error, i18n.Locale.EN)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    except Exception as error:
        # Slow to import, and many commands need no database.
        from sqlalchemy.exc import OperationalError  # noqa: PLC0415

        if not isinstance(error, OperationalError):
            raise
        print(f"viva: the database cannot be used: {error.orig}. {WHERE}", file=sys.stderr)
        return 1
    return code


if __name__ == "__main__":
    sys.exit(main())
