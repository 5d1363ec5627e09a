"""Identifiers brought to one form each; '' for what is none, whatever stands in the cell.

A withheld number, a word instead of an address or a number that no network can have would make one
person of many strangers. What counts as a placeholder is a seed (`placeholders.csv`).
"""

import csv
import re
import string
import unicodedata
from functools import lru_cache
from pathlib import Path

from orchestration.landing.rules import SCIENTIFIC
from orchestration.system.paths import PROJECT_ROOT

PLACEHOLDERS = PROJECT_ROOT / "seeds" / "placeholders.csv"
_MARKS = str.maketrans("", "", string.punctuation + string.whitespace)
_PHONE_SEPARATORS = str.maketrans("", "", " .-()")
_FRENCH_PHONE = re.compile(r"(?:0|\+33|0033)([1-9][0-9]{8})")
_BRACKETED_EMAIL = re.compile(r"<([^<>]*@[^<>]*)>")
_EMAIL = re.compile(r"[^@<>()\[\]\s,;:\"]+@[^@<>()\[\]\s,;:\".]+(\.[^@<>()\[\]\s,;:\".]+)+")
_USUAL_EMAIL = re.compile(r"[a-z0-9._+-]+@[a-z0-9-]+(\.[a-z0-9-]+)+")
_SEVERAL = re.compile(r"[;,|\n]|/(?=\s*[+0])|\s(?:ou|or|et|and|&)\s", re.IGNORECASE)
_EXTENSION = re.compile(
    r"(?<=[\d)])\s*[,;]*\s*(?:poste|ext\b\.?|extension|interne|#|x)\s*[\d.]*$", re.I
)
_ADDRESS_OF_A_CALL = re.compile(r"(?:sips?|tel):([^@;?>]+)", re.IGNORECASE)
# Numbers that no operator gives out, kept free for stories and demonstrations: any may be asked.
_FICTIONAL = re.compile(r"\+(3363998\d{4}|447700900\d{3})")


def normal_forms(reference_type: str, value: str) -> list[str]:
    """Return the identifiers that a cell holds, in its order, each in the one form of its kind."""
    value = _plain_letters(value).strip()
    if usual := _usual(reference_type, value):
        return [usual]
    if is_placeholder(value):
        return []
    make = {"phone": normal_phone, "handle": _handle, "account": _account}.get(
        reference_type, normal_email
    )
    parts = [value]
    if reference_type == "email":
        parts = [
            word
            for part in _SEVERAL.split(value)
            for word in _BRACKETED_EMAIL.findall(part) or part.split()
        ]
    elif reference_type == "phone" and not _ADDRESS_OF_A_CALL.search(value):
        parts = _SEVERAL.split(value)
    found = [make(part.strip()) for part in parts if not is_placeholder(part)]
    several = list(dict.fromkeys(normal for normal in found if normal))
    if len(several) > 1:
        return several
    # one address with spaces in it, one number with its digits apart
    whole = make(value)
    return [whole] if whole else several


def _usual(reference_type: str, value: str) -> str:
    """The identifier in one of the forms that most have, found without a closer look; else ''."""
    if reference_type == "email":
        address = value.lower()
        return normal_email(address) if _USUAL_EMAIL.fullmatch(address) else ""
    if reference_type == "phone":
        french = _FRENCH_PHONE.fullmatch(value.translate(_PHONE_SEPARATORS))
        if french and _french_numbers().fullmatch(french[1]) and not is_placeholder(value):
            return f"+33{french[1]}"
    return ""


def is_placeholder(value: str) -> bool:
    """Does the text say that there is nothing, in one of the ways that the seed knows?"""
    squeezed = squeeze(value)
    return not squeezed.strip("0") or squeezed in placeholders()[0]


def squeeze(value: str) -> str:
    """A text as placeholders are compared: letters and digits, without accents or capitals."""
    if value.isascii():
        return value.lower().translate(_MARKS)
    plain = unicodedata.normalize("NFKD", value).lower()
    return "".join(letter for letter in plain if letter.isalnum())


@lru_cache
def placeholders(seed: Path = PLACEHOLDERS) -> tuple[frozenset[str], frozenset[str]]:
    """Return the squeezed placeholders: of whole values, and of the part of an e-mail before @."""
    with seed.open(encoding="utf-8", newline="") as file:
        rows = [(row["kind"], squeeze(row["placeholder"])) for row in csv.DictReader(file)]
    return (
        frozenset(value for kind, value in rows if kind == "any"),
        frozenset(value for kind, value in rows if kind == "mailbox"),
    )


def _plain_letters(value: str) -> str:
    """The same letters written one way: no narrow spaces, invisible marks or split accents."""
    if value.isascii():
        return value
    composed = unicodedata.normalize("NFKC", value)
    return "".join(letter for letter in composed if unicodedata.category(letter) != "Cf")


def _handle(value: str) -> str:
    return value.lower().lstrip("@").strip()


def _account(value: str) -> str:
    return "".join(value.upper().split())


def normal_email(value: str) -> str:
    """Return an e-mail address in lower case, alone: no spaces, no name beside it, no `mailto:`.

    '' for what is no address, for several, and for a mailbox that is nobody's.
    """
    bracketed = _BRACKETED_EMAIL.findall(value)
    if len(bracketed) > 1:
        return ""
    address = "".join((bracketed[0] if bracketed else value).lower().split())
    address = address.removeprefix("mailto:")
    if not _EMAIL.fullmatch(address):
        return ""
    return "" if squeeze(address.partition("@")[0]) in placeholders()[1] else address


def normal_phone(value: str) -> str:
    """Return a phone number as E.164, read as in France; '' for a number that none can be."""
    french = _FRENCH_PHONE.fullmatch(value.translate(_PHONE_SEPARATORS))
    if french and _french_numbers().fullmatch(french[1]):
        return f"+33{french[1]}"
    return parsed_phone(value)


def parsed_phone(value: str) -> str:
    """As `normal_phone`, always by the library: slower, for numbers of any form and country."""
    import phonenumbers

    if re.fullmatch(SCIENTIFIC, value):
        return ""
    if called := _ADDRESS_OF_A_CALL.search(value):
        value = called[1]
    value = _EXTENSION.sub("", value.strip())
    if not value.removeprefix("+").removesuffix(".0").strip() or _has_words(value):
        return ""
    value = re.sub(r"[.,]0+$", "", value) if re.fullmatch(r"\+?\d{7,}[.,]0+", value) else value
    try:
        number = phonenumbers.parse(value, "FR")
    except phonenumbers.NumberParseException:
        return ""
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    is_one = phonenumbers.is_valid_number(number) or _FICTIONAL.fullmatch(written)
    return written if is_one else ""


def _has_words(value: str) -> bool:
    """Letters would be read as the keys of a telephone."""
    return any(letter.isalpha() for letter in value)


@lru_cache
def _french_numbers() -> re.Pattern[str]:
    """The numbers of France as the library knows them, for most of what arrives here."""
    from phonenumbers import PhoneMetadata

    french = PhoneMetadata.metadata_for_region("FR")
    kinds = ("fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "voip", "uan")
    patterns = [getattr(french, kind).national_number_pattern for kind in kinds]
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))
