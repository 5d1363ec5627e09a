"""What `kpi` and `explain` are asked: names as people type them, periods, words in two languages.

A failure means that a question is misunderstood, or that one language lacks what the other says.
"""

import ast
from collections.abc import Iterator
from string import Formatter
from typing import Any

import duckdb
import pytest
import yaml

from orchestration.registry import catalogue
from orchestration.system.errors import UsageError
from orchestration.system.paths import PROJECT_ROOT
from orchestration.terminal import kpi
from orchestration.terminal.figures import Figures, period_of
from orchestration.terminal.kpi import blocks
from orchestration.terminal.words import count, say, texts

TERMINAL = PROJECT_ROOT / "orchestration" / "terminal"
ASKING = (TERMINAL / "explain.py",)


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("key", texts())
def test_every_text_has_both_languages(key: str) -> None:
    pair = texts()[key]
    assert [type(text) for text in pair] == [str, str]
    french, english = pair
    assert french.strip()
    assert english.strip()
    assert places(french) == places(english)


def said() -> Iterator[str]:
    """Yield the keys of the texts that the commands say, `…*` for one that ends with a code."""
    for path in TERMINAL.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                start = node.values[0]
                if isinstance(start, ast.Constant):
                    yield f"{start.value}*"
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def test_every_text_is_said() -> None:
    keys = set(said())
    stems = tuple(key.removesuffix("*") for key in keys if key.endswith("_*"))
    assert [key for key in texts() if key not in keys and not key.startswith(stems)] == []


@pytest.fixture
def edition(monkeypatch: pytest.MonkeyPatch) -> Iterator[Figures]:
    monkeypatch.setenv("PILOTAGE_LANGUAGE", "en")
    with duckdb.connect() as connection:
        connection.execute("""
            create schema kpis;
            create table kpis.kpi_catalogue as select * from (values
                ('fcr_rate', 'First contact resolution', 'Résolution au premier contact'),
                ('aht_seconds', 'Average handle time', 'Durée moyenne de traitement')
            ) as kpis (kpi_id, name_en, name_fr),
            (select null as valid_to, 'active' as status, 'month|quarter' as period_grains);
            create table kpis.kpi_values as select 'fcr_rate' as kpi_id,
                'channel' as slice_type, unnest(['phone', 'e-mail {x}']) as slice_value;
        """)
        yield Figures(connection)


@pytest.mark.parametrize(
    "name", ["fcr_rate", "FCR_RATE", "first contact resolution", " resolution au premier contact"]
)
def test_a_kpi_is_known_by_id_and_by_its_names(edition: Figures, name: str) -> None:
    assert edition.kpi(name)["kpi_id"] == "fcr_rate"


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("fcr_rat", "fcr_rate (First contact resolution)"),
        ("premier contact", "fcr_rate (First contact resolution)"),
        # a part of a name
        ("handle", "aht_seconds (Average handle time)"),
        ("handle tiem", "aht_seconds (Average handle time)"),
        ("duree moyenne du traitment", "aht_seconds (Average handle time)"),
    ],
)
def test_an_unknown_name_suggests_the_near_one(edition: Figures, name: str, near: str) -> None:
    with pytest.raises(UsageError) as refused:
        edition.kpi(name)
    assert str(refused.value).splitlines()[1] == f"Near it: {near}."
    assert refused.value.exit_status == 2


def test_unknown_dimensions_slices_and_grains_list_the_known_ones(edition: Figures) -> None:
    kpi = edition.kpi("fcr_rate")
    assert edition.slice_of(kpi, "channel=e-mail {x}") == ("channel", "e-mail {x}")
    with pytest.raises(UsageError, match=r"It is cut by: channel\."):
        edition.slice_of(kpi, "chanel=phone")
    with pytest.raises(UsageError, match=r"Slices: e-mail \{x\}, phone\."):
        edition.slice_of(kpi, "channel=fax")
    with pytest.raises(UsageError, match="Write --slice channel=phone"):
        edition.slice_of(kpi, "phone")
    with pytest.raises(UsageError, match="has them by: month, quarter"):
        edition.check_grain(kpi, "day")


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2026-03", ("month", "2026-03-01")),
        ("2026-03-14", ("day", "2026-03-14")),
        ("2026-W12", ("week", "2026-03-16")),
        ("2026-s1", ("week", "2025-12-29")),
        ("2026-Q1", ("quarter", "2026-01-01")),
        ("2026-T4", ("quarter", "2026-10-01")),
    ],
)
def test_a_period_is_read_as_it_is_written(text: str, period: tuple[str, str]) -> None:
    assert period_of(text) == period


@pytest.mark.parametrize("text", ["2026-13", "2026-02-30", "2025-W53", "2026-Q5", "march", ""])
def test_what_is_no_period_shows_how_to_write_one(text: str) -> None:
    with pytest.raises(UsageError, match="2026-W12"):
        period_of(text)


@pytest.mark.parametrize(
    ("values", "line"),
    [([0, 1, 2, 7], "▁▂▃█"), ([3, None, 3], "▅·▅"), ([-1, 1], "▁█")],
)
def test_a_trend_is_a_line_of_blocks(values: list[Any], line: str) -> None:
    assert blocks(values) == line


def test_numbers_are_written_in_the_reader_s_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PILOTAGE_LANGUAGE", "fr")
    assert count(12345) == "12\u202f345"
    assert say("no_thresholds") == "aucun"
    monkeypatch.setenv("PILOTAGE_LANGUAGE", "en")
    assert count(12345) == "12,345"


def test_every_cause_and_every_reason_has_words() -> None:
    columns = yaml.safe_load(
        (PROJECT_ROOT / "models/marts/kpis/kpi_editions.yml").read_text(encoding="utf-8")
    )["models"][0]["columns"]
    (causes,) = (
        one["config"]["meta"]["accepted_values"] for one in columns if one["name"] == "change_cause"
    )
    assert {f"cause_{cause}" for cause in causes} - texts().keys() == {"cause_first"}
    reasons = {
        call.args[0].value
        for path in [*(PROJECT_ROOT / "orchestration" / "lineage").glob("*.py"), *ASKING]
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "NotFollowed"
    }
    assert {f"why_{reason}" for reason in reasons} <= texts().keys()
    assert "no_ids" in reasons


@pytest.mark.parametrize(
    ("spoken", "number", "said"),
    [
        ("fr", 0, "Numérateur : 0 ligne"), ("fr", 1, "Numérateur : 1 ligne"),
        ("fr", 1234, "Numérateur : 1\u202f234 lignes"), ("en", 0, "Numerator: 0 rows"),
        ("en", 1, "Numerator: 1 row"), ("en", 1234, "Numerator: 1,234 rows"),
    ],
)  # fmt: skip
def test_one_row_is_said_of_one(
    monkeypatch: pytest.MonkeyPatch, spoken: str, number: int, said: str
) -> None:
    monkeypatch.setenv("PILOTAGE_LANGUAGE", spoken)
    assert say("rows_numerator", count=number) == said


def test_kpis_are_listed_in_the_order_of_the_pages() -> None:
    assert kpi.PERSPECTIVES is catalogue.PERSPECTIVES
