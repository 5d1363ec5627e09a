"""The step that learns the polarity of texts, on texts of one's own."""

import importlib.util
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from types import ModuleType
from typing import Any

import duckdb
import numpy

from orchestration.system.paths import PROJECT_ROOT

STEP = PROJECT_ROOT.joinpath("models", "marts", "core", "steps", "int_text_models.py")
PARAMETERS = {
    "text_minimum_scored": 200.0,
    "text_minimum_documents": 5.0,
    "text_training_limit": 8000.0,
    "polarity_confidence": 0.6,
}


def read_step() -> ModuleType:
    spec = importlib.util.spec_from_file_location(STEP.stem, STEP)
    assert spec is not None and spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def learn(
    step: ModuleType, rows: Sequence[tuple[Any, ...]], months: Sequence[date], **parameters: float
) -> list[dict[str, Any]]:
    """Return the versions of `months` learned from (date, terms, polarity, lexicon's balance), and
    who wrote it, else somebody else each time."""
    due, cells, words = inputs(step, rows, months, PARAMETERS | parameters)
    found: list[dict[str, Any]] = step.versions(due, cells, words, PARAMETERS | parameters)
    return found


def writers_of(rows: Sequence[tuple[Any, ...]]) -> Iterator[str]:
    """Yield who wrote each text: without a name, the same text again is by somebody else."""
    seen: Counter[str] = Counter()
    for row in rows:
        text = str(row)
        seen[text] += 1
        yield row[4] if len(row) > 4 else f"{text} {seen[text]}"


def inputs(
    step: ModuleType,
    rows: Sequence[tuple[Any, ...]],
    months: Sequence[date],
    parameters: dict[str, float],
) -> tuple[Any, dict[str, numpy.ndarray], Any]:
    """Return what `versions` takes: what is due, the cells, and their words."""
    with duckdb.connect() as connection:
        columns = [list(column) for column in zip(*(row[:4] for row in rows), strict=True)]
        writers = list(writers_of(rows))
        connection.execute(
            "create table texts as select *, written_date as scored_date, true as is_in_scope "
            "from (select unnest($1)::date as written_date, "
            "string_split(unnest($2), chr(10)) as terms, "
            "unnest($3) as score_polarity, unnest($4) as lexicon_balance, "
            "unnest($5)::varchar as customer_id, unnest(range(len($5)))::varchar as verbatim_id)",
            [
                columns[0],
                ["\n".join(sorted(set(terms))) for terms in columns[1]],
                *columns[2:],
                writers,
            ],
        )
        cells = connection.execute(step.cells_query()).fetchnumpy()
        vocabulary = step.vocabulary_query(parameters["text_minimum_documents"])
        connection.execute(f"create table vocabulary as {vocabulary}")
        pairs = connection.execute(step.pairs_query()).fetchnumpy()
        writers = connection.execute(step.writers_query()).fetchnumpy()
        terms = connection.execute("select term from vocabulary order by place").fetchnumpy()
    words = step.Words(terms["term"], pairs, writers)
    return step.to_learn(months, cells, parameters, {}), cells, words
