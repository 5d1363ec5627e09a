"""Direct identifiers in a published text are found; pseudonyms, dates and keys pass."""

import pytest

IDENTIFIERS = "privacy: core.customers"


@pytest.mark.parametrize(
    "value",
    [
        "ann@example.org",
        "@ann_travels",
        "+33612345678",
        "call +33 6 12 34 56 78 back",
        "0033612345678",
        "06 12 34 56 78",
        "06.12.34.56.78",
        "06-12-34-56-78",
        "0612345678",
        "+1 (415) 555-2671",
    ],
)
def test_an_identifier_in_any_text_column_is_found(ask, value):
    change = f"update core.customers set country = '{value}' where customer_id = 'k1'"
    assert ask(IDENTIFIERS, change) == {"country_holds_no_identifier": 1}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("country", "email_0612345678abcdef0612345678abcdef"),
        ("country", "01-02-2026 12:30"),
        ("country", "2026-06-01T05:12:03Z-00331234"),
        ("country", "1 200 300 400"),
        ("customer_id", "0612345678"),
        ("customer_id", "contact:4f1c2ab0-0024-4000-8000-12345678aBcd"),
    ],
)
def test_a_pseudonym_a_date_or_a_key_is_no_identifier(ask, column, value):
    change = f"update core.customers set {column} = '{value}' where customer_id = 'k1'"
    assert ask(IDENTIFIERS, change) == {}
