"""The content's own commands: check it, bring the translations in line, take translations in and out."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

import yaml

from facts import clock, languages
from facts.base import FactBase
from facts.check import Problem, check
from facts.read import BrokenFile, read_yaml, without_lines


def main(arguments: list[str]) -> int:
    """Exit status: 0 fine, 1 something fell short (said on standard error), 2 wrong use."""
    parser = argparse.ArgumentParser(prog="python -m facts", description=__doc__)
    commands = parser.add_subparsers(dest="command")
    checking = commands.add_parser("check", help="check the content (the default)")
    checking.add_argument("--on", type=date.fromisoformat, default=None, metavar="YYYY-MM-DD")
    commands.add_parser("update", help="bring all translation files in line with the English")
    commands.add_parser("questions", help="how many of the questions that workers ask the facts answer completely")
    exporting = commands.add_parser("export", help="print what a language still needs, as YAML")
    exporting.add_argument("language")
    exporting.add_argument("--all", action="store_true", help="everything, also what is translated")
    importing = commands.add_parser("import", help="take translations from YAML files (key: text)")
    importing.add_argument("language")
    importing.add_argument("files", nargs="+", type=Path)
    adding = commands.add_parser("add-language", help="begin a language: its entry and its translation files")
    adding.add_argument("language", help="ISO 639-1 code")
    adding.add_argument("--name", required=True, help="the language's own name")
    adding.add_argument("--script", default="LATIN", help="as Unicode names begin: LATIN, CYRILLIC, ARABIC, ...")
    adding.add_argument("--right-to-left", action="store_true")
    options = parser.parse_args(arguments)
    try:
        base = FactBase()
        if options.command == "update":
            return _update(base)
        if options.command == "questions":
            return _questions(base)
        if options.command == "export":
            return _export(base, options.language, everything=options.all)
        if options.command == "import":
            return _import(base, options.language, options.files)
        if options.command == "add-language":
            return _add_language(base, options)
        return report(check(base, getattr(options, "on", None) or clock.today()), base)
    except BrokenFile as broken:
        print(broken, file=sys.stderr)
        return 1


def report(problems: list[Problem], base: FactBase) -> int:
    """Prints the problems on standard error and a count on standard output; 1 where there are any."""
    for problem in problems:
        print(problem if problem.grade == "broken" else f"{problem} (due)", file=sys.stderr)
    broken = sum(problem.grade == "broken" for problem in problems)
    print(
        f"{len(base.files)} topics, {len(base.facts)} facts, {len(base.figures)} figures, {len(base.texts)} texts, "
        f"{len(languages.NAMES)} languages: {broken} broken, {len(problems) - broken} due"
    )
    return 1 if problems else 0


def _update(base: FactBase) -> int:
    texts = list(base.source_texts())
    for language in languages.TRANSLATED:
        counts = base.catalogues.update(language, texts)
        print(f"{language}: " + ", ".join(f"{count} {what}" for what, count in counts.items()))
    return 0


def _questions(base: FactBase) -> int:
    for weight, often in ((3, "daily"), (2, "weekly"), (1, "seldom")):
        asked = [question for question in base.questions.values() if question.weight == weight]
        complete = sum(question.complete for question in asked)
        none = sum(not question.facts for question in asked)
        print(f"asked {often}: {len(asked)}, {complete} answered, {len(asked) - complete - none} in part, {none} not")
    for name, question in base.questions.items():
        if not question.complete:
            print(f"{question.weight} {name}: {question.missing}")
    return 0


def _export(base: FactBase, language: str, *, everything: bool) -> int:
    entries = base.catalogues.entries(language)
    wanted = {}
    for text in base.source_texts():
        entry = entries.get(text.key)
        current = entry is not None and bool(entry.text) and not entry.fuzzy and entry.source == text.text
        if everything or not current:
            wanted[text.key] = text.text
    yaml.safe_dump(wanted, sys.stdout, allow_unicode=True, width=10_000, sort_keys=False)
    return 0


def _import(base: FactBase, language: str, files: list[Path]) -> int:
    texts = list(base.source_texts())
    known = {text.key for text in texts}
    translations: dict[str, str] = {}
    status = 0
    for path in files:
        for key, text in without_lines(read_yaml(path)).items():
            if key not in known:
                print(f"{path}: no text has the key {key}", file=sys.stderr)
                status = 1
            elif not isinstance(text, str):
                print(f"{path}: {key}: expected a text", file=sys.stderr)
                status = 1
            else:
                translations[key] = text.strip()
    count = base.catalogues.put(language, texts, translations)
    print(f"{language}: {count} texts imported")
    return status


def _add_language(base: FactBase, options: argparse.Namespace) -> int:
    code = options.language
    if code in languages.NAMES:
        print(f"{code} exists already: {languages.NAMES[code]}", file=sys.stderr)
        return 1
    right = ", right_to_left: true" if options.right_to_left else ""
    line = f"{code}: {{name: {options.name}, script: {options.script}{right}}}\n"
    path = base.folder / languages.FILE.name
    path.write_text(path.read_text(encoding="utf-8") + line, encoding="utf-8")
    base.catalogues.update(code, list(base.source_texts()))
    print(
        f"{code} is set up. Next: translate {base.folder.name}/locales/{code}/*.po, add its words for units to "
        f"{base.folder / 'units.yaml'}, and training lines to data/nlu/{code}/. "
        "`baken check` says what is missing; until then its texts are shown in English, saying so."
    )
    return 0
