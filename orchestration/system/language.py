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
