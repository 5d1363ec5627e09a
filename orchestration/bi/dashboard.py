"""The direction's dashboard as a file that Superset imports.

It is made of the seeds, without a figure: what is on it comes from the edition when somebody looks.
The same seeds, language and path give the same bytes, and each part keeps its identity, so that a
dashboard in French and one in English stand side by side on the same datasets.
"""

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

import yaml

from orchestration.bi.charts import Chart, Filter, Kpi, Metric, Row, by_channel, number, trend
from orchestration.bi.layout import COLUMNS, Line, position
from orchestration.system.errors import UsageError
from orchestration.system.language import LANGUAGES
from orchestration.system.paths import PROJECT_ROOT

DASHBOARD = "direction"
VERSION = "1.0.0"
FOLDER = "pilotage"
OURS = uuid5(NAMESPACE_DNS, "pilotage")
DATES = ("date", "timestamptz", "timestamp")


@dataclass(frozen=True)
class Dataset:
    """A table of the edition, for the dashboard.

    `only` leaves out the rows that it must not have. `more` are further columns by SQL, all texts.
    `named` has columns of codes and the kind of label that names each: `<column>_fr` and `_en`.
    """

    schema: str
    table: str
    only: str | None = None
    more: Mapping[str, str] = field(default_factory=dict)
    named: Mapping[str, str] = field(default_factory=dict)

    @property
    def added(self) -> list[str]:
        """The columns that the table itself does not have."""
        return [*self.more, *(f"{one}_{language}" for one in self.named for language in LANGUAGES)]

    @property
    def sql(self) -> str | None:
        """What Superset reads in place of the table; None where that is the table as it is."""
        if not (self.only or self.added):
            return None
        columns = ["lines.*", *(f"{made} as {name}" for name, made in self.more.items())]
        joins = []
        for code, kind in self.named.items():
            columns += [
                f"coalesce({code}s.label_{one}, {code}) as {code}_{one}" for one in LANGUAGES
            ]
            joins.append(
                f"left join kpis.labels as {code}s on {code}s.kind = '{kind}' "
                f"and {code}s.code = lines.{code}"
            )
        where = [f"where {self.only}"] if self.only else []
        of = f"from {self.schema}.{self.table} as lines"
        return " ".join(["select", ", ".join(columns), of, *joins, *where])


DATASETS = {
    one.table: one
    for one in (
        Dataset("reports", "direction"),
        # figures of teams are for those who lead them, and some are of very few people
        Dataset("reports", "kpi_series", only="slice_type <> 'team'"),
        Dataset(
            "reports",
            "value_bridge",
            only="month_start = (select max(month_start) from reports.value_bridge "
            "where service_roi is not null)",
            # Superset puts the steps in the order of their names
            more={f"step_{one}": f"position || '. ' || label_{one}" for one in LANGUAGES},
        ),
        Dataset("steering", "signals", named={"severity": "severity", "owner_role": "role"}),
        Dataset("steering", "decisions", named={"verdict": "verdict"}),
        Dataset("kpis", "findings", named={"severity": "severity", "owner_role": "role"}),
    )
}


def export(edition: Path, language: str, project: Path = PROJECT_ROOT) -> bytes:
    """Return the ZIP that Superset imports: database, datasets, charts and the dashboard.

    `edition` is the file that Superset opens, as its own machine knows it: it need not be there.
    """
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in sorted(files(edition, language, project).items()):
            # a fixed instant: the bytes say what is in the file, not when it was made
            entry = zipfile.ZipInfo(f"{FOLDER}/{name}", (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            out.writestr(entry, content)
    return archive.getvalue()


def files(edition: Path, language: str, project: Path = PROJECT_ROOT) -> dict[str, str]:
    """Return the content of each file of the export, by its address in it.

    Raises UsageError for a language or a path that no dashboard can be made for.
    """
    if language not in LANGUAGES:
        raise UsageError(f"{language!r} is no language of the dashboard: take fr or en.")
    if not edition.is_absolute():
        raise UsageError(f"{edition} is no whole path: Superset runs in a folder of its own.")
    if "?" in str(edition):
        # the SQLAlchemy of Superset takes a path as it stands, up to there
        raise UsageError(f"{edition} has a question mark, which no path of a connection may have.")
    lines = _lines(language, project)
    parts: dict[str, Row] = {
        "metadata.yaml": {"version": VERSION, "type": "Dashboard"},
        "databases/pilotage.yaml": _database(edition),
        f"dashboards/{DASHBOARD}_{language}.yaml": _dashboard(lines, _Texts.read(language)),
    }
    for dataset in DATASETS.values():
        parts[f"datasets/pilotage/{dataset.table}.yaml"] = _dataset(dataset, project)
    for chart in charts(language, project):
        parts[f"charts/{chart.key}_{language}.yaml"] = _chart(chart, language)
    return {
        name: yaml.safe_dump(part, allow_unicode=True, sort_keys=True)
        for name, part in parts.items()
    }


def charts(language: str, project: Path = PROJECT_ROOT) -> list[Chart]:
    """Return the charts of the dashboard in its order."""
    return [chart for line in _lines(language, project) for chart in line.charts]


def identity(*parts: str) -> str:
    """Return the UUID that a part of the dashboard has for good."""
    return str(uuid5(OURS, "/".join(("bi", *parts))))


@dataclass(frozen=True)
class _Texts:
    language: str
    said: Mapping[str, Any]

    @classmethod
    def read(cls, language: str) -> "_Texts":
        file = Path(__file__).with_name("texts.yml")
        return cls(language, yaml.safe_load(file.read_text(encoding="utf-8")))

    def __call__(self, key: str, **names: str) -> str:
        pair: Sequence[str] = self.said[key]
        return pair[LANGUAGES.index(self.language)].format(**names)

    def heading(self, column: str) -> str | None:
        """Return the heading of a column: in its own language, or in both where it has none."""
        stem, _, ending = column.rpartition("_")
        headings = self.said["columns"]
        if ending in LANGUAGES and stem in headings:
            return str(headings[stem][LANGUAGES.index(ending)])
        return " · ".join(dict.fromkeys(headings[column])) if column in headings else None


def _kpis(project: Path, language: str) -> list[Kpi]:
    """Return the KPIs of the direction's dashboard in their order, as many as it may have."""
    seeds = project / "seeds"
    board = next(one for one in _rows(seeds / "dashboards.csv") if one["dashboard"] == DASHBOARD)
    listed = [one for one in _rows(seeds / "dashboard_kpis.csv") if one["dashboard"] == DASHBOARD]
    in_force = {
        row["kpi_id"]: row for row in _rows(seeds / "kpi_catalogue.csv") if not row["valid_to"]
    }
    said = {
        (row["kpi_id"], row["kpi_version"]): row for row in _rows(seeds / "kpi_documentation.csv")
    }
    units = {row["unit"]: row for row in _rows(seeds / "units.csv")}
    kpis = []
    for one in sorted(listed, key=lambda row: int(row["position"]))[: int(board["max_kpis"])]:
        row = in_force[one["kpi_id"]]
        kpis.append(
            Kpi(
                row["kpi_id"],
                row[f"name_{language}"],
                said[row["kpi_id"], row["kpi_version"]][f"question_{language}"],
                row["perspective"],
                units[row["unit"]],
            )
        )
    return kpis


def _lines(language: str, project: Path) -> list[Line]:
    return list(_arranged(_kpis(project, language), _Texts.read(language), project))


def _arranged(kpis: list[Kpi], texts: _Texts, project: Path) -> Iterator[Line]:
    language = texts.language
    names = {
        row["code"]: row[f"label_{language}"]
        for row in _rows(project / "seeds" / "labels.csv")
        if row["kind"] == "perspective"
    }
    first: dict[str, Kpi] = {}
    for kpi in kpis:
        first.setdefault(kpi.perspective, kpi)
    for perspective in first:
        numbers = [number(kpi) for kpi in kpis if kpi.perspective == perspective]
        # beside the title, which is as wide as a number
        step = COLUMNS // 2 - 1
        for start in range(0, len(numbers), step):
            yield Line(numbers[start : start + step], "" if start else names[perspective])
    yield Line([_table("lines", texts, "direction", 70, _LINES, ("position", True))])
    trends = [trend(kpi, texts("trend", kpi=kpi.name)) for kpi in list(first.values())[:4]]
    yield Line(trends[:2])
    yield Line(trends[2:])
    yield Line(
        [by_channel(kpis[0], texts("by_channel", kpi=kpis[0].name), language), _bridge(texts)]
    )
    yield Line([_table("signals", texts, "signals", 50, _SIGNALS, ("raised_on", False))])
    yield Line([_table("decisions", texts, "decisions", 60, _DECISIONS, ("decided_on", False))])
    # errors come first, of themselves
    of_weight = ("severity", "IN", ["error", "warning"])
    yield Line(
        [_table("findings", texts, "findings", 50, _FINDINGS, ("severity", True), [of_weight])]
    )


# `*` stands for the language
_LINES = (
    *("status_symbol", "label_*", "value_text_*", "interval_text_*", "target_text_*"),
    *("sample_size", "period_start", "next_action_*"),
)
_SIGNALS = (
    *("raised_on", "severity_*", "statement_*", "customers_concerned", "value_at_stake_eur"),
    *("owner_role_*", "what_to_do_*"),
)
_DECISIONS = ("decided_on", "action", "verdict_*", "statement_*")
_FINDINGS = (
    *("severity_*", "what", "source", "table_name", "detail", "row_count", "owner_role_*"),
    "what_to_do",
)


def _table(
    key: str,
    texts: _Texts,
    dataset: str,
    height: int,
    columns: Sequence[str],
    order: tuple[str, bool],
    filters: Sequence[Filter] = (),
) -> Chart:
    return Chart(
        key,
        texts(key),
        dataset,
        "table",
        width=COLUMNS,
        height=height,
        columns=[column.replace("*", texts.language) for column in columns],
        filters=filters,
        order=[order],
        looks={
            "table_timestamp_format": "%Y-%m-%d",
            "page_length": 0,
            "show_cell_bars": False,
            "column_config": {
                "value_at_stake_eur": {"d3NumberFormat": ",.0f"},
                "status_symbol": {"horizontalAlign": "center", "columnWidth": 40},
            },
        },
    )


def _bridge(texts: _Texts) -> Chart:
    return Chart(
        "bridge",
        texts("bridge"),
        "value_bridge",
        "waterfall",
        width=6,
        height=45,
        metrics=[Metric(texts("amount"), "sum(amount_eur)")],
        x_axis=f"step_{texts.language}",
        order=[(f"step_{texts.language}", True)],
        looks={"show_value": True, "y_axis_format": ",.0f", "x_ticks_layout": "staggered"},
    )


def _database(edition: Path) -> Row:
    return {
        "database_name": "Pilotage",
        # read-only, so that editions can be published while somebody looks
        "sqlalchemy_uri": f"duckdb:///{edition}?access_mode=read_only",
        "uuid": identity("database"),
        "version": VERSION,
        # in SQL Lab everybody who may use the database would see all of its rows
        "expose_in_sqllab": False,
        "allow_ctas": False,
        "allow_cvas": False,
        "allow_dml": False,
        "allow_csv_upload": False,
        "allow_run_async": False,
        # whoever writes SQL in a chart reaches no other file of the machine
        "extra": {
            "engine_params": {
                "connect_args": {
                    "config": {"enable_external_access": "false", "lock_configuration": "true"}
                }
            },
            "allows_virtual_table_explore": True,
        },
    }


def _dataset(dataset: Dataset, project: Path) -> Row:
    file = project / "models" / "marts" / dataset.schema / f"{dataset.table}.yml"
    model = yaml.safe_load(file.read_text(encoding="utf-8"))["models"][0]
    texts = _Texts.read(LANGUAGES[0])
    columns = [(one["name"], one["data_type"]) for one in model["columns"]]
    columns += [(name, "varchar") for name in dataset.added]
    return {
        "table_name": dataset.table,
        "schema": dataset.schema,
        "sql": dataset.sql,
        "description": model["description"].partition("\n\n")[0],
        "main_dttm_col": next((name for name, kind in columns if kind in DATES), None),
        "uuid": identity("dataset", dataset.schema, dataset.table),
        "database_uuid": identity("database"),
        "version": VERSION,
        "columns": [
            {
                "column_name": name,
                "type": kind.upper(),
                "verbose_name": texts.heading(name),
                "is_dttm": kind in DATES,
                "is_active": True,
                "groupby": True,
                "filterable": True,
            }
            for name, kind in columns
        ],
        "metrics": [],
    }


def _chart(chart: Chart, language: str) -> Row:
    dataset = DATASETS[chart.dataset]
    return {
        "slice_name": chart.title,
        "description": chart.description,
        "viz_type": chart.kind,
        "params": chart.params(),
        "query_context": chart.query_context(),
        "uuid": identity("chart", chart.key, language),
        "dataset_uuid": identity("dataset", dataset.schema, dataset.table),
        "version": VERSION,
    }


def _dashboard(lines: list[Line], texts: _Texts) -> Row:
    title = texts("dashboard")
    return {
        "dashboard_title": title,
        "slug": f"pilotage-{DASHBOARD}-{texts.language}",
        "uuid": identity("dashboard", DASHBOARD, texts.language),
        "version": VERSION,
        "published": True,
        "position": position(lines, title, lambda key: identity("chart", key, texts.language)),
        "metadata": {"color_scheme": "supersetColors", "cross_filters_enabled": False},
    }


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
