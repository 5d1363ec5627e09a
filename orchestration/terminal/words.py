"""What the commands say, from `texts.yml`, in the language of whoever reads."""

from pathlib import Path

from orchestration.system.language import LANGUAGES, in_number, language, read_texts

TEXTS = Path(__file__).parent / "texts.yml"


def texts() -> dict[str, list[str]]:
    """Return by key the French and the English text."""
    return read_texts(TEXTS)


def say(key: str, **values: object) -> str:
    """Return a text in the reader's language, with its places filled.

    A whole number as `count` chooses between the halves of `singular|plural`, and is written out.
    """
    number = values.get("count")
    text = in_number(str(texts()[key][LANGUAGES.index(language())]), number, language())
    if isinstance(number, int):
        values["count"] = count(number)
    return text.format(**values)


def count(number: float) -> str:
    """Return a whole number with grouped thousands, as the reader's language writes it."""
    text = f"{number:,.0f}"
    return text.replace(",", "\u202f") if language() == "fr" else text
