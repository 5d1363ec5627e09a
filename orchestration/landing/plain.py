"""Identifiers that stand in plain where none belongs: what arrival and gate take for one.

A pseudonym (`email_9f…`) and a key pass; an e-mail address, a handle, a telephone number do not.
"""

# Alone between characters that are no letter, digit or underscore, so that hashes never match.
_START = r"(^|[^0-9A-Za-z_])"
_END = r"($|[^0-9A-Za-z_])"
# +33 6 12 34 56 78, 0033612345678, (and any country) ...
_INTERNATIONAL = r"(\+|00)[1-9]([ .()-]{0,2}[0-9]){7,13}"
# 06 12 34 56 78, 06.12.34.56.78, 06-12-34-56-78: one separator throughout, unlike a date.
_NATIONAL_SPACED = r"0[1-9](( [0-9]{2}){4}|(\.[0-9]{2}){4}|(-[0-9]{2}){4})"
# 0612345678: in a key column it may as well be a number of the source's own.
_NATIONAL_BARE = r"0[1-9][0-9]{8}"

PHONE_IN_KEYS = f"{_START}({_INTERNATIONAL}|{_NATIONAL_SPACED}){_END}"
PHONE_ANYWHERE = f"{_START}({_INTERNATIONAL}|{_NATIONAL_SPACED}|{_NATIONAL_BARE}){_END}"
KEY_ENDINGS = ("_id", "_key")
# One of some ten thousand has digits as a telephone number has them.
UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def phone_in(column: str) -> str:
    """The form of a telephone number that a column must not hold; a key may be a bare number."""
    return PHONE_IN_KEYS if column.endswith(KEY_ENDINGS) else PHONE_ANYWHERE


def identifies(text: str, phone: str) -> str:
    """SQL: does a text hold an identifier?"""
    return f"regexp_matches({text}, '@|{phone}')"


def may_identify(text: str) -> str:
    """SQL: has a text what every identifier has? Cheap, and true of some that hold none."""
    return f"regexp_matches({text}, '@|{_START}(\\+|0)[0-9]')"


def holds_plain(text: str, column: str) -> str:
    """SQL: does a cell of a column hold an identifier? A UUID in a key is none."""
    if column.endswith(KEY_ENDINGS):
        text = f"regexp_replace({text}, '{UUID}', '#', 'gi')"
    return identifies(text, phone_in(column))
