"""The language in which a person is spoken to, French or English, and the texts of both."""

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("fr", "en")
LOCALES = {"fr": "fr_FR", "en": "en_GB"}
VARIABLE = "PILOTAGE_LANGUAGE"


def language() -> str:
    """Return `fr` or `en`: what `PILOTAGE_LANGUAGE` says, else what the locale does, else `en`."""
    for name in (VARIABLE, "LC_ALL", "LC_MESSAGES", "LANG"):
        if said := os.environ.get(name, ""):
            return "fr" if said.lower().startswith("fr") else "en"
    return "en"


@cache
def read_texts(path: Path) -> dict[str, list[str]]:
    """Return what a `texts.yml` says: by key the French and the English text."""
    import yaml

    texts: dict[str, list[str]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return texts


def in_number(text: str, count: object, spoken: str) -> str:
    """Return the half of `singular|plural` that goes with `count`; other texts as they are.

    Nought is singular in French and plural in English.
    """
    singular, _, plural = text.partition("|")
    if not plural or not isinstance(count, int):
        return text
    is_one = count < 2 if spoken == "fr" else count == 1
    return singular if is_one else plural


def in_words(row: Mapping[str, Any], name: str) -> str:
    """Return a text of a row of an edition in the reader's language, where the row has it in that:
    `<name>_fr` or `<name>_en`, else `<name>`."""
    return str(row.get(f"{name}_{language()}") or row[name])
