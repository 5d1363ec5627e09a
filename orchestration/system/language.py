"""The language in which a person is spoken to: French or English."""

import os

LANGUAGES = ("fr", "en")
VARIABLE = "PILOTAGE_LANGUAGE"


def language() -> str:
    """Return `fr` or `en`: what `PILOTAGE_LANGUAGE` says, else what the locale does, else `en`."""
    for name in (VARIABLE, "LC_ALL", "LC_MESSAGES", "LANG"):
        if said := os.environ.get(name, ""):
            return "fr" if said.lower().startswith("fr") else "en"
    return "en"


def in_number(text: str, count: object, spoken: str) -> str:
    """Return the half of `singular|plural` that goes with `count`; other texts as they are.

    Nought is singular in French and plural in English.
    """
    singular, _, plural = text.partition("|")
    if not plural or not isinstance(count, int):
        return text
    is_one = count < 2 if spoken == "fr" else count == 1
    return singular if is_one else plural
