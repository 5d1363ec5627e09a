"""Templates to pages: two languages in one file, words from `texts.yml` and from the edition."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from orchestration.system.language import LANGUAGES, LOCALES, in_number, read_texts

HERE = Path(__file__).parent
TEXTS = HERE / "texts.yml"
SYMBOLS = {"ok": "●", "warn": "▲", "alert": "■"}
COLOURS = {"ok": "green", "warn": "amber", "alert": "red"}


@cache
def environment() -> Environment:
    """Return the templates with their filters; a name that is missing is an error."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(
        say=lambda key: both(*read_texts(TEXTS)[key]),
        words=words,
        both=both,
        named=named,
        day=lambda when: both(*(date_text(when, language) for language in LANGUAGES)),
        instant=lambda when: both(*(instant_text(when, language) for language in LANGUAGES)),
        euros=lambda amount: both(*(euros_text(amount, language) for language in LANGUAGES)),
        count=lambda number: both(*(count_text(number, language) for language in LANGUAGES)),
        counted=lambda key, number: both(*(counted(key, number, one) for one in LANGUAGES)),
        symbol=lambda status: SYMBOLS.get(status or "", "○"),
        colour=lambda status: COLOURS.get(status or "", "grey"),
        style=Markup((HERE / "assets" / "style.css").read_text(encoding="utf-8")),
        script=Markup((HERE / "assets" / "site.js").read_text(encoding="utf-8")),
    )
    made.filters.update(markdown=markdown, label=label)
    return made


def words(key: str, language: str) -> str:
    """Return a text of `texts.yml` in one language."""
    return read_texts(TEXTS)[key][LANGUAGES.index(language)]


def counted(key: str, number: int, language: str) -> str:
    """Return a text of `texts.yml` that counts something, in one language."""
    said = in_number(words(key, language), number, language)
    return said.format(count=count_text(number, language))


def render(template: str, **content: Any) -> str:
    return environment().get_template(template).render(**content)


def both(french: Any, english: Any) -> Markup:
    """Return a text in both languages, of which the reader sees the one they chose."""
    if french == english:
        return escape(french)
    return Markup('<span lang="fr">{}</span><span lang="en">{}</span>').format(french, english)


def named(row: Mapping[str, Any], stem: str) -> Markup:
    """Return the pair of columns `<stem>_fr` and `<stem>_en` of a row."""
    return both(row[f"{stem}_fr"] or "", row[f"{stem}_en"] or "")


@pass_context
def label(context: Context, code: str | None, kind: str) -> Markup:
    """Return the name of a code, as the edition's labels have it; the code where they have none."""
    row = context["labels"].get((kind, code))
    return both(row["label_fr"], row["label_en"]) if row else escape(code or "")


def date_text(when: date, language: str) -> str:
    return format_date(when, "d MMM y", locale=LOCALES[language])


def instant_text(when: datetime, language: str) -> str:
    return format_datetime(when, "d MMM y, HH:mm", locale=LOCALES[language])


def count_text(number: float | None, language: str) -> str:
    if number is None:
        return "–"
    return format_decimal(number, format="#,##0", locale=LOCALES[language])


def euros_text(amount: Any, language: str) -> str:
    if amount is None:
        return "–"
    form = "#,##0.00" if abs(amount) < 1000 else "#,##0"
    return f"{format_decimal(amount, format=form, locale=LOCALES[language])} €"


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


@cache
def markdown(text: str | None) -> Markup:
    """Return a description as HTML; what looks like HTML in it is shown as it is written."""
    return Markup(_markdown().render(text or ""))
