"""The dashboard's file: whole, the same each time, and made of columns that the edition has."""

import io
import json
import re
import zipfile
from pathlib import Path
from uuid import UUID

import duckdb
import pytest
import yaml

from orchestration.bi.__main__ import main
from orchestration.bi.charts import Chart
from orchestration.bi.dashboard import DATASETS, charts, export, files
from orchestration.system.errors import UsageError
from orchestration.system.language import LANGUAGES
from orchestration.system.paths import PROJECT_ROOT
from tests.bi.oracle import comparable, expected
from tests.orchestration.worked_examples import Run

EDITION = Path("/srv/pilotage/published/pilotage.duckdb")


def parts(language: str, edition: Path = EDITION) -> dict[str, dict]:
    made = files(edition, language)
    return {name: yaml.safe_load(content) for name, content in made.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_seeds_give_the_same_bytes(language: str) -> None:
    assert export(EDITION, language) == export(EDITION, language)
    with zipfile.ZipFile(io.BytesIO(export(EDITION, language))) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
    assert names == sorted(f"pilotage/{name}" for name in files(EDITION, language))


def test_both_languages_stand_side_by_side_on_the_same_datasets() -> None:
    french, english = parts("fr"), parts("en")
    shared = {name for name in french if name.startswith(("databases/", "datasets/", "metadata"))}
    assert {name: french[name] for name in shared} == {name: english[name] for name in shared}
    others = [part for name, part in (french | english).items() if name not in shared]
    identities = [part["uuid"] for part in others]
    assert len(set(identities)) == len(identities) == 2 * (len(french) - len(shared))
    for one in identities:
        UUID(one)


def test_every_chart_has_its_place_and_its_dataset() -> None:
    made = parts("fr")
    [dashboard] = [part for name, part in made.items() if name.startswith("dashboards/")]
    placed = dashboard["position"]
    shown = [one["meta"]["uuid"] for one in placed.values() if one_is(placed, one, "CHART")]
    saved = {part["uuid"]: part for name, part in made.items() if name.startswith("charts/")}
    datasets = {part["uuid"] for name, part in made.items() if name.startswith("datasets/")}
    assert sorted(shown) == sorted(saved)
    assert {chart["dataset_uuid"] for chart in saved.values()} == datasets
    for one in placed.values():
        for child in one["children"] if isinstance(one, dict) and "children" in one else []:
            assert child in placed
        if one_is(placed, one, "ROW"):
            assert sum(placed[child]["meta"]["width"] for child in one["children"]) <= 12


def one_is(placed: dict, one: object, kind: str) -> bool:
    return isinstance(one, dict) and one.get("type") == kind


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_chart_draws_is_what_its_query_asks(language: str) -> None:
    for chart in charts(language):
        query = json.loads(chart.query_context())["queries"][0]
        params = chart.params()
        drawn = {(one["subject"], one["operator"]) for one in params["adhoc_filters"]}
        assert {(one["col"], one["op"]) for one in query["filters"]} == drawn
        if "metric" in params or "metrics" in params:
            assert query["metrics"] == params.get("metrics", [params.get("metric")])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", [chart.key for chart in charts("fr")])
def test_every_chart_shows_the_figures_of_the_edition(
    worked_examples: Run, key: str, language: str
) -> None:
    [chart] = [one for one in charts(language) if one.key == key]
    shown = worked_examples.marts.execute(sql_of(chart)).fetchall()
    wanted = expected(worked_examples.marts, chart, language)
    assert comparable(shown) == comparable(wanted or empty(chart))


def empty(chart: Chart) -> list[tuple]:
    """Return what a sum of no rows is: one row, of nothing."""
    return [(None,)] if chart.kind == "big_number_total" else []


def sql_of(chart: Chart) -> str:
    """Return the SQL that Superset makes of a chart, in its essence."""
    dataset = DATASETS[chart.dataset]
    selected = [*([chart.x_axis] if chart.x_axis else []), *chart.columns]
    figures = [one.expression for one in chart.metrics]
    conditions = [
        f"{column} in ({', '.join(map(quoted, value))})"
        if operator == "IN"
        else f"{column} = {quoted(value)}"
        for column, operator, value in chart.filters
    ]
    source = f"({dataset.sql})" if dataset.sql else f"{dataset.schema}.{dataset.table}"
    where = f" where {' and '.join(conditions)}" if conditions else ""
    group = f" group by {', '.join(selected)}" if figures and selected else ""
    return f"select {', '.join([*selected, *figures])} from {source} as asked{where}{group}"


def quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def test_datasets_name_the_columns_that_are_there(worked_examples: Run) -> None:
    for name, part in parts("fr").items():
        if name.startswith("datasets/"):
            source = part["sql"] or f"from {part['schema']}.{part['table_name']}"
            rows = worked_examples.marts.execute(f"describe {source}").fetchall()
            described = {column: kind for column, kind, *_ in rows}
            assert [one["column_name"] for one in part["columns"]] == list(described)
            dates = {
                column for column, kind in described.items() if re.match("DATE|TIMESTAMP", kind)
            }
            assert {one["column_name"] for one in part["columns"] if one["is_dttm"]} == dates


def test_no_figure_of_a_team_is_within_reach_of_the_dashboard(worked_examples: Run) -> None:
    [(teams,)] = worked_examples.marts.execute(
        "select count(*) from reports.kpi_series where slice_type = 'team'"
    ).fetchall()
    sql = DATASETS["kpi_series"].sql
    [(reached,)] = worked_examples.marts.execute(
        f"select count(*) from ({sql}) where slice_type = 'team'"
    ).fetchall()
    assert teams > 0
    assert reached == 0


def test_a_code_without_a_name_stands_for_itself() -> None:
    with duckdb.connect() as con:
        con.execute("create schema kpis; create schema steering")
        con.execute("create table kpis.labels (kind text, code text, label_fr text, label_en text)")
        con.execute("create table steering.decisions as select 'new' as verdict")
        row = con.execute(str(DATASETS["decisions"].sql)).fetchone()
    assert row == ("new", "new", "new")


def test_the_database_is_opened_for_reading_and_reaches_no_other_file() -> None:
    database = parts("fr", Path("/srv/a b%20/pilotage.duckdb"))["databases/pilotage.yaml"]
    assert database["sqlalchemy_uri"] == (
        "duckdb:////srv/a b%20/pilotage.duckdb?access_mode=read_only"
    )
    assert database["expose_in_sqllab"] is False
    assert database["extra"]["engine_params"]["connect_args"]["config"] == {
        "enable_external_access": "false",
        "lock_configuration": "true",
    }


def test_columns_of_both_languages_have_a_heading_in_both() -> None:
    heading = {
        column["column_name"]: column["verbose_name"]
        for column in parts("en")["datasets/pilotage/signals.yaml"]["columns"]
    }
    assert (heading["statement_fr"], heading["statement_en"]) == ("Constat", "Finding")
    assert heading["raised_on"] == "Levé le · Raised on"
    for chart in charts("en"):
        if chart.kind == "table":
            columns = parts("en")[f"datasets/pilotage/{chart.dataset}.yaml"]["columns"]
            named = {one["column_name"] for one in columns if one["verbose_name"]}
            assert set(chart.columns) <= named


def test_bad_wishes_are_refused() -> None:
    with pytest.raises(UsageError, match="no language"):
        files(EDITION, "de")
    with pytest.raises(UsageError, match="no whole path"):
        files(Path("pilotage.duckdb"), "fr")
    with pytest.raises(UsageError, match="question mark"):
        files(Path("/srv/what?/pilotage.duckdb"), "fr")


def test_the_command_writes_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    to = tmp_path / "made" / "dashboard.zip"
    assert main(["--language", "fr", "--edition", str(EDITION), "--to", str(to)]) == 0
    assert to.read_bytes() == export(EDITION, "fr", PROJECT_ROOT)
    assert str(EDITION) in capsys.readouterr().out
    assert main(["--edition", "here.duckdb", "--to", str(to)]) == 2
    assert "no whole path" in capsys.readouterr().err
