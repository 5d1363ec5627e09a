"""Twenty worlds of KPI series in which one KPI leads another, and others only look as if they did.

The SQL is that of the models; the series are drawn. A lead is planted on one link of the strategy
map. On a second link both KPIs answer to the same month, on a third both rise with the years: these
go together, and neither comes first. All other links are of series that know nothing of each other.
"""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import duckdb
import numpy
import pytest

from orchestration.system.paths import PROJECT_ROOT
from tests.oracles.compiled import compiled_models

WORLDS, MONTHS, LAG = 20, 36, 3
LINKS = PROJECT_ROOT / "seeds" / "kpi_links.csv"
PARAMETERS = PROJECT_ROOT / "seeds" / "parameters.csv"
LEAD = ("certification_rate", "critical_error_free_rate")
SAME_MONTH = ("ces_effort_mean", "nps_relational")
SAME_TREND = ("agent_turnover_rate", "skill_coverage_rate")
Link = tuple[str, str]


@pytest.fixture(scope="module")
def sql(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    return compiled_models(("int_lead_lags", "lead_lags"), tmp_path_factory.mktemp("leads"))


def series(seed: int, kpis: list[str]) -> dict[str, numpy.ndarray]:
    """Return the monthly figures by KPI: what each keeps of its past, and what is new in it."""
    dice = numpy.random.default_rng(seed)
    found = {}
    for kpi in kpis:
        figures = numpy.zeros(MONTHS)
        for month in range(1, MONTHS):
            figures[month] = 0.6 * figures[month - 1] + dice.normal()
        found[kpi] = figures
    cause, effect = LEAD
    found[effect][LAG:] = found[cause][:-LAG] + 0.3 * dice.normal(size=MONTHS - LAG)
    together = 2 * dice.normal(size=MONTHS)
    for kpi in SAME_MONTH:
        found[kpi] = together + 0.5 * dice.normal(size=MONTHS)
    for kpi in SAME_TREND:
        found[kpi] = 0.5 * numpy.arange(MONTHS) + dice.normal(size=MONTHS)
    return found


def verdicts(seed: int, sql: Mapping[str, str], folder: Path) -> dict[Link, dict[int, str]]:
    """Return the verdict by link and lag of the world of that seed."""
    folder.mkdir()
    with duckdb.connect(str(folder / "build.duckdb")) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("create schema reference; create schema intermediate")
        connection.execute(f"attach '{folder / 'marts.duckdb'}' as marts")
        connection.execute("create schema marts.kpis")
        for table, file, types in (
            ("marts.kpis.kpi_links", LINKS, ""),
            ("reference.parameters", PARAMETERS, ", types = {'value': 'varchar'}"),
        ):
            connection.execute(f"create table {table} as from read_csv('{file}'{types})")
        links = connection.execute(
            "select cause_kpi_id, effect_kpi_id from marts.kpis.kpi_links"
        ).fetchall()
        assert {LEAD, SAME_MONTH, SAME_TREND} <= set(links)
        found = series(seed, sorted({kpi for link in links for kpi in link}))
        connection.execute(
            "create table drawn as select unnest($1) as kpi_id, unnest($2) as figures",
            [list(found), [list(map(float, figures)) for figures in found.values()]],
        )
        connection.execute(
            """
            create table intermediate.int_kpi_series as
            select
                kpi_id, 1 as kpi_version, 'month' as period_grain,
                cast(date '2023-01-01' + to_months(cast(number - 1 as integer)) as date)
                    as period_start,
                'total' as slice_type, 'all' as slice_value, figures[number] as value,
                false as is_provisional
            from drawn, unnest(generate_series(1, len(figures))) as numbers (number)
            """
        )
        connection.execute(
            """
            create table marts.kpis.kpi_catalogue as
            select kpi_id, kpi_id as name_fr, kpi_id as name_en, cast(null as date) as valid_to
            from drawn
            """
        )
        lead_lags = sql["int_lead_lags"]
        connection.execute(f"create table intermediate.int_lead_lags as {lead_lags}")
        connection.execute(f"create table lead_lags as {sql['lead_lags']}")
        rows = connection.execute(
            "select cause_kpi_id, effect_kpi_id, lag_months, verdict from lead_lags"
        ).fetchall()
    by_link: dict[Link, dict[int, str]] = {}
    for cause, effect, lag, verdict in rows:
        by_link.setdefault((cause, effect), {})[lag] = verdict
    return by_link


def test_the_planted_lead_is_found_and_what_only_goes_together_is_not(
    sql: Mapping[str, str], tmp_path: Path
) -> None:
    found_at_its_lag, said_of = 0, Counter[Link]()
    for seed in range(WORLDS):
        world = verdicts(seed, sql, tmp_path / str(seed))
        found_at_its_lag += world[LEAD][LAG] == "predictive"
        said_of.update(
            link
            for link, by_lag in world.items()
            if set(by_lag.values()) & {"predictive", "contrary"}
        )
    assert found_at_its_lag >= 0.95 * WORLDS
    assert said_of[SAME_MONTH] + said_of[SAME_TREND] == 0
    # all links of a world together err in one world of twenty, give or take one
    assert sum(count for link, count in said_of.items() if link != LEAD) <= 2
