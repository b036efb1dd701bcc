"""`baken room export`: what was approved and published in the test room, as a change for git that a person reads.

A patch on standard output, or in a file, or a commit on a branch of its own; the files that stand here never change.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bot.commands.start_errors import check_storage
from bot.conversations.crypto import Keys
from bot.conversations.database import Database
from bot.delivery.service import database_url
from bot.engine.rasa.model import ROOT
from bot.review.flags.pages import made_patch, to_export
from bot.settings import Settings


def room(settings: Settings, out: Path | None, branch: str | None) -> int:
    """Write the patch; 1 where it can't be done, said on standard error."""
    check_storage(settings)
    database = Database(database_url(settings), beside=True)
    try:
        database.migrate()
        keys = Keys.load(settings.key, Path(settings.data_folder) / "key")
        approved, changes = database.transaction_sync(to_export, keys)
    finally:
        database.close()
    patch, left_out = made_patch(approved, changes)
    for number, why in left_out:
        print(f"flag {number} was left out: {why}", file=sys.stderr)
    if not patch:
        print("Nothing to export: all that was approved or published is in the files already.", file=sys.stderr)
        return 0
    if branch:
        return _commit(patch, branch)
    if out is not None:
        out.write_text(patch, encoding="utf-8")
        print(f"{out}: review it, then run `git apply {out}`", file=sys.stderr)
    else:
        sys.stdout.write(patch)
    return 0


def _commit(patch: str, branch: str) -> int:
    """A commit on a new branch, made in a checkout of its own, so that nothing here is touched."""
    git = shutil.which("git")
    if git is None:
        print("git is not installed here: leave out --branch, and apply the patch where git is", file=sys.stderr)
        return 1
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9/._-]*", branch):
        print(f"{branch!r} is not a branch name", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "baken"
        message = "From the test room: approved lines and published content"
        steps: list[tuple[Sequence[str], Path, str | None]] = [
            (("worktree", "add", "--quiet", "-b", branch, str(place)), ROOT, None),
            (("apply", "--index", "-"), place, patch),
            (("commit", "--quiet", "-m", message), place, None),
        ]
        try:
            for arguments, where, given in steps:
                done = _git(git, arguments, where, given)
                if done.returncode:
                    print(f"git {arguments[0]}: {done.stderr.strip()}", file=sys.stderr)
                    return 1
        finally:
            _git(git, ("worktree", "remove", "--force", str(place)), ROOT, None)
    print(f"Committed on the branch {branch}: review it with `git show {branch}`.")
    return 0


def _git(git: str, arguments: Sequence[str], where: Path, given: str | None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 (no shell, and the branch's name was looked at)
        [git, *arguments], cwd=where, input=given, text=True, capture_output=True, check=False
    )
