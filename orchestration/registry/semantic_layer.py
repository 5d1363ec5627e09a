"""The metrics of dbt's semantic layer, and the page about them, written from the KPI registry.

A KPI is defined once, in `seeds/kpi_catalogue.csv` and in the YAML of its family's measures. dbt's
metrics say the same in another grammar, so they are written from there and never by hand:
`make metrics` does, and a test compares what is committed with what would be written.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from orchestration.system.paths import PROJECT_ROOT

Row = dict[str, Any]

CATALOGUE = Path("seeds", "kpi_catalogue.csv")
KPIS = Path("models", "marts", "kpis")
MEASURES = KPIS / "measures"
METRICS = KPIS / "metrics"
PAGE = Path("docs", "tables", "metrics.md")
COMPUTED = ("active", "under_review")
PARTS = ("numerator", "denominator")
OWN_PERIODS = "its measures have periods of their own: a month is not the sum of its days"
OWN_SLICES = "its measures have slices of their own: the total is not their sum"
HEADER = """\
# Written by `make metrics` from kpi_catalogue.csv and measures_{family}.yml. Change those instead.
"""
PAGE_TEXT = """\
<!-- Written by `make metrics` from the registry of KPIs. -->
# KPIs as metrics

{with_metric} of the {computed} KPIs that are computed are metrics of dbt's semantic layer, too:
those that are a sum, or one sum over another, by business date. A metric has the name of its KPI.
Readers read `kpis.kpi_values`, where a value has its interval, its sample and its status.
MetricFlow computes each metric by SQL of its own, and
[a test](../../tests/orchestration/test_semantic_layer.py) compares it with `kpi_values`, by month,
in total and by each slice named here.

## With a metric

| KPI | metric | semantic model | cut by |
|---|---|---|---|
{metrics}

A slice is left out where the denominator stands whole in each of its cells (customers have no
reason, their contacts do): MetricFlow would divide by the parts.

## Without a metric

Sums over days or slices would give another figure than the KPI's.

| KPI | family | why |
|---|---|---|
{others}
"""


def written_files(project_root: Path = PROJECT_ROOT) -> dict[Path, str]:
    """Return all that `make metrics` writes: content by path."""
    return metric_files(project_root) | {project_root / PAGE: page(project_root)}


def page(project_root: Path = PROJECT_ROOT) -> str:
    """Return the page that says which KPIs are metrics, and of the others why they are none."""
    metrics, others = [], []
    for kpi in computed_kpis(project_root):
        name, family = f"`{kpi['kpi_id']}`", kpi["family"]
        reason = why_not_additive(family, project_root)
        if reason:
            others.append(f"| {name} | `{family}` | {reason} |")
        else:
            columns = measure_columns(family, project_root)
            slices = ", ".join(f"`{slice}`" for slice in metric_slices(kpi, columns))
            kind = _formula(family, kpi)["type"]
            metrics.append(f"| {name} | {kind} | `{family}` | {slices} |")
    return PAGE_TEXT.format(
        with_metric=len(metrics),
        computed=len(metrics) + len(others),
        metrics="\n".join(metrics),
        others="\n".join(others),
    )


def metric_files(project_root: Path = PROJECT_ROOT) -> dict[Path, str]:
    """Return the YAML files of all metrics, one a family: their content by path."""
    kpis: dict[str, list[Row]] = defaultdict(list)
    for kpi in computed_kpis(project_root):
        kpis[kpi["family"]].append(kpi)
    return {
        project_root / METRICS / f"metrics_{family}.yml": HEADER.format(family=family)
        + _dump(_family(family, measure_columns(family, project_root), kpis[family]))
        for family in sorted(kpis)
        if why_not_additive(family, project_root) is None
    }


def why_not_additive(family: str, project_root: Path = PROJECT_ROOT) -> str | None:
    """Say why a family's KPIs are no ratios of sums over dates and slices; None when they are."""
    columns = measure_columns(family, project_root)
    if "business_date" not in columns:
        return OWN_PERIODS
    if "slice_type" in columns:
        return OWN_SLICES
    return None


def computed_kpis(project_root: Path = PROJECT_ROOT) -> list[Row]:
    """Return the newest version of each KPI that is computed, as rows of the catalogue."""
    with (project_root / CATALOGUE).open(newline="", encoding="utf-8") as file:
        versions = [row for row in csv.DictReader(file) if row["status"] in COMPUTED]
    versions.sort(key=lambda row: int(row["kpi_version"]))
    return list({row["kpi_id"]: row for row in versions}.values())


def measure_columns(family: str, project_root: Path = PROJECT_ROOT) -> dict[str, Row]:
    """Return the columns of a family's measures by name.

    Raises ValueError where there is not exactly one such model.
    """
    [path] = (project_root / MEASURES).glob(f"*/measures_{family}.yml")
    [model] = yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
    return {column["name"]: column for column in model["columns"]}


def with_role(columns: dict[str, Row], role: str) -> list[str]:
    """Return the names of the columns that play a role in the KPI engine (`kpi_role`)."""
    return [name for name in columns if _meta(columns[name]).get("kpi_role") == role]


def metric_slices(kpi: Row, columns: dict[str, Row]) -> list[str]:
    """Return the slices by which a KPI's metric may be grouped: those along which each of its
    measures has parts (`kpi_not_cut_by`)."""
    measures = [kpi[f"{part}_measure"] for part in PARTS if kpi[f"{part}_measure"]]
    whole_in = {
        slice for measure in measures for slice in _meta(columns[measure]).get("kpi_not_cut_by", [])
    }
    return [slice for slice in with_role(columns, "slice") if slice not in whole_in]


def _meta(column: Row) -> Row:
    return column.get("config", {}).get("meta", {})


def _family(family: str, columns: dict[str, Row], kpis: list[Row]) -> Row:
    """Return a family's semantic model and metrics. Names are unique over all families."""
    used = {kpi[f"{part}_measure"] for kpi in kpis for part in PARTS}
    in_group = {"group": "kpis"}
    model = {
        "name": family,
        "model": f"ref('measures_{family}')",
        "description": f"The additive measures of the family `{family}`, by business date.",
        "config": in_group,
        "defaults": {"agg_time_dimension": "business_date"},
        "primary_entity": family,
        "dimensions": [
            {
                "name": "business_date",
                "type": "time",
                "type_params": {"time_granularity": "day"},
            },
            *({"name": slice, "type": "categorical"} for slice in with_role(columns, "slice")),
        ],
        "measures": [
            {
                "name": f"{family}_{measure}",
                "description": columns[measure]["description"],
                "agg": "sum",
                "expr": measure,
                "create_metric": True,
            }
            for measure in with_role(columns, "measure")
            if measure in used
        ],
    }
    metrics = [
        {
            "name": kpi["kpi_id"],
            "label": kpi["name_en"],
            "description": _description(kpi),
            **_formula(family, kpi),
            "config": in_group | {"meta": _facts(kpi)},
        }
        for kpi in kpis
    ]
    return {"semantic_models": [model], "metrics": metrics}


def _formula(family: str, kpi: Row) -> Row:
    """Return a metric's type and its parameters: sums first, then one division."""
    numerator, denominator = (f"{family}_{kpi[f'{part}_measure']}" for part in PARTS)
    multiplier = int(kpi["multiplier"] or 1)
    if multiplier != 1:
        parts = [{"name": numerator, "alias": "numerator"}]
        expression = f"{multiplier} * numerator"
        if kpi["denominator_measure"]:
            parts.append({"name": denominator, "alias": "denominator"})
            expression += " / nullif(denominator, 0)"
        return {"type": "derived", "type_params": {"expr": expression, "metrics": parts}}
    if kpi["denominator_measure"]:
        return {
            "type": "ratio",
            "type_params": {"numerator": numerator, "denominator": denominator},
        }
    return {"type": "simple", "type_params": {"measure": numerator}}


def _description(kpi: Row) -> str:
    denominator = f", over {kpi['denominator']}" if kpi["denominator"] else ""
    return f"{kpi['numerator']}{denominator}. Decides: {kpi['decision']}."


def _facts(kpi: Row) -> Row:
    named = ("name_fr", "unit", "direction", "owner_role", "period_grains")
    return {"kpi_version": int(kpi["kpi_version"])} | {name: kpi[name] for name in named}


class _Dumper(yaml.SafeDumper):
    """Writes sequences indented below their key, as the other YAML files have them."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _dump(content: Row) -> str:
    return yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


def stale_files(project_root: Path = PROJECT_ROOT) -> Iterator[Path]:
    """Yield the files whose family no longer has metrics."""
    yield from set((project_root / METRICS).glob("*.yml")) - set(metric_files(project_root))


def main() -> None:
    """Write every file, and remove those of families that are gone."""
    for path in stale_files():
        path.unlink()
    (PROJECT_ROOT / METRICS).mkdir(exist_ok=True)
    for path, content in written_files().items():
        path.write_text(content, encoding="utf-8")


if __name__ == "__main__":
    main()
