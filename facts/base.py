"""The fact base as a whole: topics, facts, figures and texts, found by their ids."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from facts.catalogue import Catalogues, Text
from facts.model import Fact, Figure, FigureFile, Question, QuestionFile, Topic, TopicFile
from facts.read import BrokenFile, read_as, read_yaml, without_lines
from facts.sources import Sources

FOLDER = Path(__file__).parent


class FactBase:
    """Everything under one facts folder.

    Raises:
        BrokenFile: at the first file that does not fit its shape, or an id given twice. What fits its shape but is
            wrong (a quote, a figure in a text, overlapping dates) is found by `facts.check`.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        self.folder = folder
        self.sources = Sources(folder / "sources")
        self.catalogues = Catalogues(folder / "locales")
        self.topics: dict[str, Topic] = {}
        self.files: dict[str, tuple[Path, TopicFile]] = {}
        self.facts: dict[str, Fact] = {}
        self.topic_of: dict[str, str] = {}
        self.figures: dict[str, Figure] = {}
        self.where: dict[str, Path] = {}  #: file of a fact (`id`) or figure (`figure:id`)
        self.texts: dict[str, Text] = {}
        self.questions: dict[str, Question] = {}  #: by `topic/id`
        self._read()

    def _read(self) -> None:
        registry = self.folder / "topics.yaml"
        content = without_lines(read_yaml(registry))
        try:
            self.topics = msgspec.convert(content["topics"], dict[str, Topic])
        except (msgspec.ValidationError, KeyError, TypeError) as error:
            raise BrokenFile(registry, 1, str(error)) from error
        for path in sorted((self.folder / "figures").glob("*.yaml")):
            self._take_figures(path, read_as(path, FigureFile).figures)
        for path in sorted((self.folder / "topics").glob("*.yaml")):
            self._take_topic(path, read_as(path, TopicFile))
        for path in sorted((self.folder / "texts").glob("*.yaml")):
            self._take_texts(path)
        for path in sorted((self.folder / "questions").glob("*.yaml")):
            self._take_questions(path, read_as(path, QuestionFile))

    def _take_figures(self, path: Path, figures: list[Figure]) -> None:
        for figure in figures:
            if figure.id in self.figures:
                raise BrokenFile(path, figure.line, f"{figure.id}: figure given twice (a number lives in one place)")
            self.figures[figure.id] = figure
            self.where[f"figure:{figure.id}"] = path

    def _take_topic(self, path: Path, file: TopicFile) -> None:
        if file.topic != path.stem:
            raise BrokenFile(path, file.line, f"topic {file.topic!r} in a file named {path.name}")
        self.files[file.topic] = (path, file)
        self._take_figures(path, file.figures)
        for fact in file.facts:
            if fact.id in self.facts:
                raise BrokenFile(path, fact.line, f"{fact.id}: fact given twice")
            self.facts[fact.id] = fact
            self.topic_of[fact.id] = file.topic
            self.where[fact.id] = path

    def _take_questions(self, path: Path, file: QuestionFile) -> None:
        if file.topic != path.stem:
            raise BrokenFile(path, file.line, f"topic {file.topic!r} in a file named {path.name}")
        for question in file.questions:
            name = f"{file.topic}/{question.id}"
            if name in self.questions:
                raise BrokenFile(path, question.line, f"{name}: question given twice")
            self.questions[name] = question
            self.where[f"question:{name}"] = path

    def _take_texts(self, path: Path) -> None:
        content = read_yaml(path)
        if not isinstance(content, dict):
            raise BrokenFile(path, 1, "expected a map of key: text")
        for key, value in content.items():
            if key == "__line__":
                continue
            text = value.get("text") if isinstance(value, dict) else value
            line = value.get("__line__", 1) if isinstance(value, dict) else 1
            if not isinstance(text, str) or not text.strip():
                raise BrokenFile(path, line, f"{key}: expected a text")
            if key in self.texts:
                raise BrokenFile(path, line, f"{key}: text given twice")
            note = str(value.get("note", "")) if isinstance(value, dict) else ""
            self.texts[key] = Text(key, text.strip(), "texts", f"{path.name}:{line}", note)

    def facts_of(self, topic: str) -> list[Fact]:
        """The facts of a topic in the order of its file; none for a topic without a file."""
        return self.files[topic][1].facts if topic in self.files else []

    def related(self, topic: str) -> list[str]:
        """Topics shown as buttons under an answer."""
        return self.files[topic][1].related if topic in self.files else []

    def source_texts(self) -> Iterator[Text]:
        """Every English text that is translated, facts first."""
        for figure in self.figures.values():
            where = f"{self.where[f'figure:{figure.id}'].name}:{figure.line}"
            yield Text(f"figure:{figure.id}", figure.about.strip(), "facts", where, "name of a figure")
        for fact in self.facts.values():
            for key, phase in fact.wordings():
                where = f"{self.where[fact.id].name}:{phase.line}"
                yield Text(key, phase.text.strip(), "facts", where, f"{fact.role}, {phase.standing}")
        yield from self.texts.values()
