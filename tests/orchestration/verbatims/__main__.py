"""How well the polarity of texts is learned: on real texts that people scored, and on planted ones.

`python -m tests.orchestration.verbatims FOLDER` writes results.md. The folder holds the real texts,
`*_GroundTruth.txt` of hutto_ICWSM_2014 (Hutto and Gilbert, 2014, MIT licence, part of the source
distribution of vaderSentiment): lines of id, mean score of twenty people from -4 to 4, and text.
They stay where they are. No public French texts with their writers' scores were at hand.
"""

import hashlib
import sys
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy

from orchestration.demo.verbatims import TEXTS, read_texts
from orchestration.system.paths import PROJECT_ROOT
from tests.oracles.compiled import compiled
from tests.orchestration.verbatims.learning import PARAMETERS, inputs, read_step

RESULTS = Path(__file__).parent / "results.md"
REAL = {
    "amazonReviewSnippets": "sentences of product reviews (real, English)",
    "tweets": "short public messages (real, English)",
    "movieReviewSnippets": "sentences of film reviews (real, English)",
}
PLANTED = "unseen first sentences of the demonstration (planted, French and English)"
MIDDLE = 0.5
STRENGTHS = (0.3, 1.0, 3.0, 10.0, 30.0)
LEARNED, TESTED = date(2026, 1, 1), date(2026, 2, 1)
VARIANTS = 12
FILLED = {
    "{days}": "6", "{hours}": "4", "{amount}": "35", "{order}": "CMD123456", "{city}": "Lille",
    "{name}": "L. Fictif", "{email}": "c@example.org", "{phone}": "06 39 98 12 34",
    "{iban}": "FR76 3000 4000 1234 0000 5678 143",
}  # fmt: skip


def is_held_out(group: str) -> bool:
    """Return whether a group of texts is tested on: three in ten, always the same."""
    return int(hashlib.sha256(group.encode()).hexdigest(), 16) % 10 < 3


def real_texts(path: Path) -> list[tuple[str, str, str]]:
    """Return (group, text, polarity); every text is a group of its own."""
    found = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        _, mean, text = line.split("\t", 2)
        polarity = "neutral" if abs(float(mean)) < MIDDLE else "positive"
        found.append((text, text, "negative" if float(mean) <= -MIDDLE else polarity))
    return found


def planted_texts() -> list[tuple[str, str, str]]:
    """Return the demonstration's opinions with second sentences; a group is one first sentence.

    What is tested on has first sentences that were not learned from; second sentences are shared.
    """
    texts = read_texts(TEXTS)
    found = []
    for polarity in ("negative", "neutral", "positive"):
        for (kind, language, _), firsts in texts.items():
            seconds = texts[f"fragment_{polarity}", language, "any"]
            seconds = seconds + texts["fragment_any", language, "any"] if kind == polarity else []
            for first in firsts if kind == polarity else []:
                for at in range(VARIANTS):
                    draw = int(hashlib.sha256(f"{first}{at}".encode()).hexdigest(), 16)
                    whole = f"{first} {seconds[draw % len(seconds)]}" if draw % 5 else first
                    for slot, value in FILLED.items():
                        whole = whole.replace(slot, value)
                    found.append((first, whole, polarity))
    return found


def as_rows(texts: Sequence[tuple[str, str, str]], sql: str) -> list[tuple[Any, ...]]:
    """Return (date, terms, polarity, balance of the lexicon), the dates by what is held out."""
    with duckdb.connect() as connection:
        columns = [list(column) for column in zip(*texts, strict=True)]
        connection.execute(
            f"create table texts as select row_number() over () as place, {sql} as terms "
            "from (select unnest($1) as text)",
            [columns[1]],
        )
        connection.execute(
            "create table words as select unnest(string_split(words, '|')) as term, "
            "if(code = 'positive', 1, -1) as sign from read_csv($1) where kind = 'polarity'",
            [str(PROJECT_ROOT / "seeds" / "verbatim_words.csv")],
        )
        terms = connection.execute(
            "select place - 1, terms, coalesce(sum(sign), 0)::int "
            "from (select place, terms, unnest(terms) as term from texts) "
            "left join words using (term) group by place, terms order by place"
        ).fetchall()
    return [
        (TESTED if is_held_out(texts[at][0]) else LEARNED, its_terms, texts[at][2], balance)
        for at, its_terms, balance in terms
    ]


def judged(rows: Sequence[tuple[Any, ...]], strength: float) -> dict[str, float]:
    """Return accuracy and macro-F1 of each way on the texts held out, learned from the others."""
    step = read_step()
    step.INVERSE_STRENGTH = strength
    _, cells, words = inputs(step, rows, [TESTED], PARAMETERS)
    is_learned = cells["month"] == numpy.datetime64(LEARNED)
    learned, held = (
        step.Texts(cells, words, numpy.flatnonzero(part)) for part in (is_learned, ~is_learned)
    )
    every = numpy.full(len(learned.weight), True)
    its_model = step.fitted(learned, every, PARAMETERS["text_minimum_documents"])
    chance = step.probabilities(held.matrix, its_model)
    truth, weight = held.polarity, held.weight
    of_learned = numpy.bincount(learned.polarity, weights=learned.weight)
    found = {"learned": int(learned.weight.sum()), "tested": int(weight.sum())}
    for who, labels in (
        ("model", chance.argmax(axis=1)),
        ("lexicon", numpy.sign(held.balance) + 1),
        ("majority", numpy.full(len(truth), of_learned.argmax())),
    ):
        found[f"{who} accuracy"], found[f"{who} F1"] = step.accuracy_and_f1(truth, labels, weight)
    sure = chance.max(axis=1) >= PARAMETERS["polarity_confidence"]
    found["labelled"] = weight[sure].sum() / weight.sum()
    right = chance.argmax(axis=1) == truth
    found["right of these"] = weight[sure & right].sum() / weight[sure].sum()
    return found


def main(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as work:
        sql = compiled("{{ text_terms(without_redactions(redacted('text'))) }}", Path(work))
    sets = {
        **{label: real_texts(folder / f"{name}_GroundTruth.txt") for name, label in REAL.items()},
        PLANTED: planted_texts(),
    }
    rows = {label: as_rows(texts, sql) for label, texts in sets.items()}
    lines = [
        "# How well the polarity of texts is learned",
        "",
        "Written by `python -m tests.orchestration.verbatims`: seven texts in ten are learned "
        "from, the other three tested on, after redaction. Scores of real texts are those of "
        "twenty readers: negative from -0.5 down, positive from 0.5 up. Macro-F1 is the mean over "
        "the three.",
        "",
        "| texts | learned | tested | F1 of the model | of the lexicon | of the majority "
        "| right: model | lexicon | majority | sure of | right of these |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    step = read_step()
    for label, its_rows in rows.items():
        found = judged(its_rows, step.INVERSE_STRENGTH)
        shares = " | ".join(
            f"{found[name]:.1%}"
            for name in (
                *(f"{who} accuracy" for who in ("model", "lexicon", "majority")),
                *("labelled", "right of these"),
            )
        )
        lines.append(
            f"| {label} | {found['learned']:,} | {found['tested']:,} | {found['model F1']:.3f} "
            f"| {found['lexicon F1']:.3f} | {found['majority F1']:.3f} | {shares} |"
        )
    lines += [
        "",
        "Macro-F1 of the model by the inverse strength of its regularisation "
        f"(in use: {step.INVERSE_STRENGTH:g}):",
        "",
        f"| texts | {' | '.join(f'{strength:g}' for strength in STRENGTHS)} |",
        f"|---|{'---|' * len(STRENGTHS)}",
    ]
    for label, its_rows in rows.items():
        scores = [f"{judged(its_rows, strength)['model F1']:.3f}" for strength in STRENGTHS]
        lines.append(f"| {label} | {' | '.join(scores)} |")
    RESULTS.write_text("\n".join([*lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
