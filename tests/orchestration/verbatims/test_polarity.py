"""What a version of the polarity model may learn from, and when it is good enough to label."""

import random
from datetime import date

import numpy
import pytest

from tests.orchestration.verbatims.learning import PARAMETERS, inputs, learn, read_step

GOOD, BAD, PLAIN = ("merci", "parfait", "rapide"), ("nul", "attente", "déçu"), ("correct", "moyen")
OF = {"positive": GOOD, "negative": BAD, "neutral": PLAIN}
MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)


@pytest.fixture(scope="module")
def step():
    return read_step()


def scored(number, seed=1, day=date(2026, 2, 10)):
    """Return texts whose words say their score, each with words of its own."""
    draw = random.Random(seed)
    rows = []
    for at in range(number):
        polarity = draw.choice(list(OF))
        its_words = [*draw.sample(OF[polarity], 2), f"w{at % 40}", f"alone{seed}x{at}"]
        balance = 0 if draw.random() < 0.5 else {"positive": 1, "negative": -1}.get(polarity, 0)
        rows.append((day, its_words, polarity, balance))
    return rows


def test_words_that_say_the_score_are_learned_and_beat_lexicon_and_majority(step):
    [version] = learn(step, scored(300), [MARCH])
    assert version["state"] == "in_force"
    assert version["learned_macro_f1"] > 0.95 > version["lexicon_macro_f1"]
    assert version["majority_macro_f1"] < 0.3
    assert set(version["strongest_negative"][:3]) == set(BAD)
    assert version["training_texts"] == 300


def test_a_word_of_few_texts_is_not_learned(step):
    rows = scored(300) + [(date(2026, 2, 1), ["nul", "attente", "dupont"], "negative", 0)] * 4
    [version] = learn(step, rows, [MARCH])
    assert "dupont" not in version["terms"]
    [version] = learn(step, [*rows, rows[-1]], [MARCH])
    assert "dupont" in version["terms"]


def test_a_word_of_few_people_is_not_learned_however_often_they_write_it(step):
    said = (date(2026, 2, 1), ["nul", "attente", "dupont"], "negative", 0)
    four = [(*said, f"p{at % 4}") for at in range(40)]
    [version] = learn(step, scored(300) + four, [MARCH])
    assert "dupont" not in version["terms"]
    assert "dupont" not in version["strongest_negative"]
    # the fifth wrote it in the same month, or in one that the version does not learn from
    [version] = learn(step, [*scored(300), *four, (*said, "p4")], [MARCH])
    assert "dupont" in version["terms"]
    of_march = (MARCH, *said[1:], "p4")
    march, april = learn(step, [*scored(300), *four, of_march], [MARCH, APRIL])
    assert "dupont" not in march["terms"]
    assert "dupont" in april["terms"]


def test_a_person_is_one_in_all_months(step):
    rows = [
        (date(2026, 1 + at % 2, 1), ["nul", "dupont"], "negative", 0, f"p{at % 4}")
        for at in range(40)
    ]
    [version] = learn(step, scored(300) + rows, [MARCH])
    assert "dupont" not in version["terms"]


def test_a_version_is_learned_again_when_two_people_turn_out_to_be_one(step):
    rows = [(date(2026, 2, 1), ["nul", "dupont"], "negative", 0, f"p{at}") for at in range(5)]
    merged = [*rows[:4], (*rows[4][:4], "p0")]
    [[_, _, before]], [[_, _, after]] = (
        inputs(step, scored(300) + found, [MARCH], PARAMETERS)[0] for found in (rows, merged)
    )
    assert before["input_digest"] != after["input_digest"]


@pytest.mark.parametrize(
    "rows",
    [
        scored(199),
        # every text is one word that no other has, as in a language without spaces
        [(date(2026, 2, 1), [f"only{at}"], list(OF)[at % 3], 0) for at in range(300)],
        # nobody in between
        [row for row in scored(600) if row[2] != "neutral"],
        [],
    ],
)
def test_too_few_texts_give_a_version_that_labels_nothing(step, rows):
    rows = rows or [(APRIL, ["merci"], "positive", 1)]
    [version] = learn(step, rows, [MARCH])
    assert version["state"] == "not_enough_data"
    assert "terms" not in version


def test_the_same_words_never_stand_on_both_sides(step):
    """Labels at random, each text ten times: whoever had seen it would be right."""
    draw = random.Random(7)
    rows = []
    for at in range(60):
        polarity = draw.choice(list(OF))
        its_words = [f"word{draw.randrange(12)}" for _ in range(3)] + [f"only{at}"]
        rows += [(date(2026, 2, 1), its_words, polarity, 0)] * 10
    [version] = learn(step, rows, [MARCH])
    assert version["learned_accuracy"] < 0.6
    assert version["state"] == "no_better" or version["learned_macro_f1"] < 0.6


def test_a_version_learns_from_earlier_months_alone(step):
    before = scored(300)
    of_march = scored(300, seed=2, day=date(2026, 3, 1))
    turned = [(*row[:2], "negative", -1) for row in of_march]
    months = [MARCH, APRIL]
    plain, other = learn(step, before + of_march, months), learn(step, before + turned, months)
    assert plain[0]["fingerprint"] == other[0]["fingerprint"]
    assert plain[1]["fingerprint"] != other[1]["fingerprint"]
    assert plain[0]["learned_until"] < MARCH


def test_the_order_of_the_texts_does_not_show(step):
    rows = scored(300) + scored(200, seed=3, day=date(2026, 1, 5))
    turned = rows[::-1]
    random.Random(5).shuffle(turned)
    assert learn(step, rows, [MARCH]) == learn(step, turned, [MARCH])


def test_the_newest_months_are_learned_from_until_there_are_enough_texts(step):
    rows = [
        row for month in range(1, 7) for row in scored(100, seed=month, day=date(2025, month, 15))
    ]
    [version] = learn(step, rows, [date(2025, 7, 1)], text_training_limit=250)
    assert (version["learned_from"], version["training_texts"]) == (date(2025, 4, 1), 300)


def test_only_a_version_whose_texts_changed_is_learned_again(step):
    rows = scored(300) + scored(50, seed=2, day=date(2026, 3, 5))
    months = [MARCH, APRIL]
    due, cells, _ = inputs(step, rows, months, PARAMETERS)
    known = {about["model_version"]: about["input_digest"] for _, _, about in due}
    assert step.to_learn(months, cells, PARAMETERS, known) == []
    _, cells, _ = inputs(
        step, [*rows, (date(2026, 3, 9), ["late"], "neutral", 0)], months, PARAMETERS
    )
    again = step.to_learn(months, cells, PARAMETERS, known)
    assert [about["model_version"] for _, _, about in again] == ["words-2026-04"]


def test_probabilities_are_those_of_the_published_weights(step):
    """What SQL computes from the weights (core.verbatims) is what the regression says."""
    due, cells, words = inputs(step, scored(300), [MARCH], PARAMETERS)
    [version] = step.versions(due, cells, words, PARAMETERS)
    rows = numpy.arange(len(cells["texts"]))
    learned = step.fitted(step.Texts(cells, words, rows), rows >= 0, 5)
    [[*chances]] = step.probabilities(step.Texts(cells, words, rows).matrix[:1], learned)
    first = cells["words"][0].split("\n")
    at = [version["terms"].index(word) for word in first if word in version["terms"]]
    rarity = numpy.array(version["rarity"])[at]
    odds = [
        numpy.exp(
            version[f"{name}_intercept"]
            + (rarity * numpy.array(version[f"{name}_weights"])[at]).sum()
            / numpy.sqrt((rarity * rarity).sum())
        )
        for name in step.POLARITIES
    ]
    assert chances == pytest.approx([float(one / sum(odds)) for one in odds], abs=1e-6)
