"""The trained model: made by Rasa, kept with the fingerprint of what it was made from."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import sys
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

from bot.engine.rasa.training_progress import TrainingProgress
from bot.settings import StartError

ROOT = Path(__file__).parents[3]
MODEL = Path("models") / "baken.tar.gz"
_NOTE = MODEL.with_suffix("").with_suffix(".json")
#: What the model is made from: training data, domain, configuration, and the code that learns.
_MADE_FROM = (
    "data/nlu",
    "data/languages",
    "data/rules.yml",
    "domain.yml",
    "config.yml",
    "bot/nlu",
)


def fingerprint(root: Path = ROOT) -> str:
    """A hash over everything that the model is made from."""
    digest = hashlib.sha256()
    for name in _MADE_FROM:
        for path in _files(root / name):
            digest.update(str(path.relative_to(root)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    elif path.is_dir():
        yield from (file for file in sorted(path.rglob("*")) if file.suffix in (".yml", ".yaml", ".py"))


def trouble(root: Path = ROOT) -> str | None:
    """Why the model must be made (again), or None where it is there, whole and of today's data."""
    model, note = root / MODEL, root / _NOTE
    if not model.is_file():
        return "there is no model yet"
    try:
        kept = json.loads(note.read_text())
        if kept["fingerprint"] != fingerprint(root):
            return "the model is older than the training data, the domain or the configuration"
        if kept["sha256"] != hashlib.sha256(model.read_bytes()).hexdigest():
            return "the model file is damaged"
    except (OSError, ValueError, KeyError, TypeError):
        return "the model's note is missing or damaged"
    return None


def make(root: Path = ROOT, say: Callable[[str], None] = print) -> Path:
    """Train with Rasa, showing on standard error how far it is.

    Raises:
        StartError: Rasa made no model; its own messages stand on standard error.
    """
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    try:
        (root / "models").mkdir(exist_ok=True)
    except OSError as error:
        raise StartError(f"the model can't be kept in {root / 'models'} ({error.strerror})") from error
    with TrainingProgress(sys.stderr) as shown:
        made = _train(root)
    made.replace(root / MODEL)
    kept = {"fingerprint": fingerprint(root), "sha256": hashlib.sha256((root / MODEL).read_bytes()).hexdigest()}
    (root / _NOTE).write_text(json.dumps(kept))
    say(f"Model made: {(root / MODEL).stat().st_size / 2**20:.1f} MB, in {shown.took}.")
    return root / MODEL


def _train(root: Path) -> Path:
    """Where Rasa put the model. What it prints is held back, and shown only where it made none."""
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said), _without_bars():
            from rasa.model_training import train

            from bot.nlu.linear_classifier import forget_training

            result = train(
                domain=str(root / "domain.yml"),
                config=str(root / "config.yml"),
                training_files=[str(root / "data" / "nlu"), str(root / "data" / "rules.yml")],
                output=str(root / "models"),
                fixed_model_name="baken.new",
                force_training=True,
            )
            forget_training()
        made = Path(result.model) if result.model else None
        if made is None or not made.is_file() or not tarfile.is_tarfile(made):
            raise StartError("Rasa made no model; its own message above says why")
    except BaseException as error:
        print(said.getvalue(), file=sys.stderr, end="")
        if type(error).__module__.startswith("rasa."):  # RasaException and the like
            raise StartError(f"Rasa made no model: {error}") from error
        raise
    return made


@contextlib.contextmanager
def _without_bars() -> Iterator[None]:
    """Rasa draws a bar for each of a hundred small things, unless this variable holds it to warnings."""
    before = os.environ.get("LOG_LEVEL")
    os.environ["LOG_LEVEL"] = "WARNING"
    try:
        yield
    finally:
        if before is None:
            del os.environ["LOG_LEVEL"]
        else:
            os.environ["LOG_LEVEL"] = before


def ready(root: Path = ROOT) -> Path:
    """The model, made again where that is needed, saying so on standard error."""
    reason = trouble(root)
    if reason:
        print(f"{reason[0].upper()}{reason[1:]}: making it.", file=sys.stderr)
        make(root, lambda line: print(line, file=sys.stderr))
    return root / MODEL
