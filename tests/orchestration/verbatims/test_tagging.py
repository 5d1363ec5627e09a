"""Language and topics of texts whose language and subject are known, by the words of the seed."""

import csv
from collections import Counter
from typing import Any

import pytest

from orchestration.demo.verbatims import TEXTS
from orchestration.system.paths import PROJECT_ROOT

# short texts of our own, on purpose without the words that the demonstration uses
SHORT = {
    "fr": (
        "merci",
        "bof",
        "pas terrible",
        "c'est nul",
        "très déçue de vous",
        "on verra bien",
        "toujours rien reçu",
        "je ne suis pas contente",
        "ça marche",
        "service au top",
    ),
    "en": (
        "thanks",
        "meh",
        "not great",
        "it is awful",
        "very disappointed with you",
        "we will see",
        "still nothing",
        "I am not happy",
        "it works",
        "top service",
    ),
}
# of the scopes of the demonstration's texts: the topics that each may be of
TOPICS_OF = {
    "billing_question": {"billing"},
    "invoice_dispute": {"billing", "no_answer"},
    "payment_failure": {"payment", "billing", "no_answer"},
    "refund_status": {"payment"},
    "billing": {"billing", "payment"},
    "delivery_delay": {"delivery"},
    "delivery_tracking": {"delivery"},
    "delivery_damaged": {"delivery"},
    "delivery": {"delivery"},
    "return_refund": {"delivery", "payment"},
    "technical_outage": {"outage"},
    "technical_setup": {"installation"},
    "technical_quality": {"quality"},
    "password_reset": {"account_access"},
    "address_change": {"account_access"},
    "account": {"account_access"},
    "contract_change": {"price"},
    "leaving": {"cancellation"},
}
KINDS = ("negative", "neutral", "positive", "request")


@pytest.fixture(scope="module")
def seed() -> dict[str, dict[str, set[str]]]:
    """Return the codes of each word, by kind."""
    found: dict[str, dict[str, set[str]]] = {}
    path = PROJECT_ROOT / "seeds" / "verbatim_words.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for word in row["words"].split("|"):
                found.setdefault(row["kind"], {}).setdefault(word, set()).add(row["code"])
    return found


@pytest.fixture(scope="module")
def written() -> list[dict[str, Any]]:
    with TEXTS.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["kind"] in KINDS]


def language(words, seed):
    counts = Counter(code for word in words for code in seed["language"].get(word, ()))
    return "unknown" if counts["fr"] == counts["en"] else max(counts, key=counts.get)


def test_sentences_have_their_language(words_of, seed, written):
    found = [language(words, seed) for words in words_of(row["text"] for row in written)]
    wrong = [
        (row["text"], its)
        for row, its in zip(written, found, strict=True)
        if its not in (row["language"], "unknown")
    ]
    assert wrong == []
    assert found.count("unknown") <= 0.05 * len(found)


def test_short_texts_have_their_language_or_none(words_of, seed):
    texts = [(code, text) for code, group in SHORT.items() for text in group]
    found = [language(words, seed) for words in words_of(text for _, text in texts)]
    outcome = Counter(
        "unknown" if its == "unknown" else "right" if its == code else "wrong"
        for (code, _), its in zip(texts, found, strict=True)
    )
    assert outcome["wrong"] == 0
    assert outcome["right"] >= 15


def test_texts_about_a_subject_have_its_topic(words_of, seed, written):
    about = [row for row in written if row["scope"] in TOPICS_OF]
    assert len(about) > 40
    missed = [
        (row["text"], sorted(its))
        for row, words in zip(about, words_of(row["text"] for row in about), strict=True)
        if not (its := {code for word in words for code in seed["topic"].get(word, ())})
        & TOPICS_OF[row["scope"]]
    ]
    print(len(missed), len(about), *missed, sep="\n")
    assert len(missed) <= 0.15 * len(about)


def test_words_of_the_seed_can_be_found(words_of, seed):
    """A failure means a word in capitals, with an accent or of three words: no text has it."""
    words = sorted({word for codes in seed.values() for word in codes})
    lost = [word for word, its in zip(words, words_of(words), strict=True) if word not in its]
    assert lost == []
