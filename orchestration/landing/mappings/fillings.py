"""How one column of the contract is filled from the columns of a user's file."""

import re
import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True)
class Filling:
    """Where a column of the contract comes from: `headers` (joined by a space) or a `constant`.

    `values` says which code a value of the file is (compared whatever its case), `default` what an
    empty cell means, `unit` what a duration is counted in; `date_format` is that of this column.
    """

    column: str
    headers: tuple[str, ...] = ()
    constant: str | None = None
    default: str | None = None
    values: tuple[tuple[str, str], ...] = ()
    date_format: str | None = None
    unit: str | None = None


def plain(text: str) -> str:
    """A header without case, accents and punctuation: `n d appel` for `N° d'appel`."""
    letters = unicodedata.normalize("NFKD", text.casefold().replace("°", " ").replace("º", " "))
    base = "".join(one for one in letters if not unicodedata.combining(one))
    return " ".join(re.sub(r"[^\w]+|_", " ", base).split())
