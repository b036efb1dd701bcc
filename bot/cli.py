"""`baken` runs everything on one machine; with a command it does one thing (docs/contract.md)."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import date
from pathlib import Path

from bot.engine.rasa.model import ROOT
from bot.redacted_logging import configure_logging
from bot.settings import load


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="baken", description=__doc__)
    commands = top.add_subparsers(dest="command", metavar="COMMAND")
    training = commands.add_parser("train", help="make the model; does nothing when nothing has changed")
    training.add_argument("--force", action="store_true", help="make it anyway")
    asking = commands.add_parser("ask", help="answer one question")
    asking.add_argument("text", metavar="TEXT")
    asking.add_argument("--language", metavar="xx", help="language to begin in (ISO 639-1)")
    asking.add_argument("--conversation", metavar="ID", help="continue a conversation")
    asking.add_argument("--button", action="store_true", help="TEXT is a button's payload, such as /show_source")
    asking.add_argument("--json", action="store_true", help="the whole answer as JSON")
    evaluating = commands.add_parser("evaluate", help="run questions (.csv) and conversations (.yaml)")
    evaluating.add_argument("files", nargs="+", type=Path, metavar="FILE")
    evaluating.add_argument("--json", type=Path, metavar="OUT", help="write the report as JSON")
    evaluating.add_argument("--transcript", type=Path, metavar="OUT.md", help="write every message and reply")
    checking = commands.add_parser("check", help="check the content")
    checking.add_argument(
        "--on", type=date.fromisoformat, metavar="YYYY-MM-DD", help="as of this date; today by default"
    )
    room = commands.add_parser("room", help="export what was approved and published in the test room")
    room.add_argument("what", choices=["export"])
    room.add_argument("--out", type=Path, metavar="FILE", help="write the patch to FILE instead of printing it")
    room.add_argument("--branch", metavar="NAME", help="commit it on a new branch")
    staff = commands.add_parser("staff", help="accounts of advisors, editors and admins")
    staff.add_argument(
        "what", choices=["add", "link", "list"], help="add an account, print a new one-time link, or list all accounts"
    )
    staff.add_argument("name", nargs="?", metavar="NAME")
    staff.add_argument("--role", choices=["advisor", "editor", "admin"], default="advisor")
    return top


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 fine, 1 something fell short (said on standard error), 2 wrong use."""
    options = parser().parse_args(arguments)
    files = [path.resolve() for path in getattr(options, "files", [])]
    out = getattr(options, "json", None)
    out = out.resolve() if isinstance(out, Path) else out
    transcript = options.transcript.resolve() if getattr(options, "transcript", None) else None
    patch = options.out.resolve() if getattr(options, "out", None) else None
    os.chdir(ROOT)  # the data and the model are found from anywhere
    try:
        settings = load()
        configure_logging(settings.log_level)
        if settings.today:  # from a .env file too: the one clock reads the environment
            os.environ["BAKEN_TODAY"] = settings.today
        os.environ["BAKEN_DESK"] = settings.desk  # so does what is said to who asks for a human
        if options.command == "train":
            from bot.commands.train import train

            return train(force=options.force)
        if options.command == "ask":
            from bot.commands.ask import ask

            return ask(
                settings,
                options.text,
                options.language,
                options.conversation,
                as_json=options.json,
                button=options.button,
            )
        if options.command == "evaluate":
            from bot.commands.evaluate import evaluate

            return evaluate(settings, files, out, transcript)
        if options.command == "check":
            from bot.commands.check import check

            return check(options.on)
        if options.command == "room":
            from bot.commands.content_export import room

            return room(settings, patch, options.branch)
        if options.command == "staff":
            from bot.commands.staff import staff

            if options.what != "list" and not options.name:
                print("baken staff: NAME is missing", file=sys.stderr)
                return 2
            return staff(settings, options.what, options.name, options.role)
        from bot.commands.serve import serve

        return serve(settings)
    except KeyboardInterrupt:
        return 0
    except Exception as error:
        from bot.commands.start_errors import sentence

        said = sentence(error)
        if said is None:
            raise
        print(said, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
