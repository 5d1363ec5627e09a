"""What the commands say, from `texts.yml`, in the language of whoever reads."""

from functools import cache
from pathlib import Path

import yaml

from orchestration.system.language import LANGUAGES, language

TEXTS = Path(__file__).parent / "texts.yml"


@cache
def texts() -> dict[str, list[str]]:
    """Return by key the French and the English text."""
    found: dict[str, list[str]] = yaml.safe_load(TEXTS.read_text(encoding="utf-8"))
    return found


def say(key: str, **values: object) -> str:
    """Return a text in the reader's language, with its places filled."""
    return str(texts()[key][LANGUAGES.index(language())]).format(**values)


def count(number: float) -> str:
    """Return a whole number with grouped thousands, as the reader's language writes it."""
    text = f"{number:,.0f}"
    return text.replace(",", "\u202f") if language() == "fr" else text
