"""The query by which anybody can compute a figure again from the published measures."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from orchestration.system import sql


@dataclass(frozen=True)
class Measures:
    """What a family's published table of measures is to the figures, as its YAML declares it.

    `not_cut_by`: dimensions along which a measure has no parts, so that its total counts in each.
    """

    table: str
    slices: tuple[str, ...]
    has_own_slices: bool
    has_own_periods: bool
    not_cut_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def places(self) -> tuple[str, ...]:
        """The columns that say in which cells a row counts."""
        period = ("period_grain", "period_start") if self.has_own_periods else ("business_date",)
        return (*period, *(("slice_type", "slice_value") if self.has_own_slices else self.slices))


def measures_of(
    table: str, columns: Iterable[str], meta: Mapping[str, Mapping[str, Any]]
) -> Measures:
    """Return what a table of measures is, read from the `meta` of its columns as
    macros/kpis/kpi_roles.sql does."""
    roles: dict[str, list[str]] = defaultdict(list)
    for name, said in meta.items():
        roles[said.get("kpi_role", "")].append(name)
    return Measures(
        table=table,
        slices=tuple(roles["slice"]),
        has_own_slices=bool(roles["slice_type"]),
        has_own_periods="period_grain" in columns,
        not_cut_by={
            name: tuple(said["kpi_not_cut_by"])
            for name, said in meta.items()
            if said.get("kpi_not_cut_by")
        },
    )


def query_of(
    kpi: Mapping[str, Any],
    measures: Measures | None,
    grain: str,
    start: str,
    slice_type: str = "total",
    slice_value: str = "all",
) -> str | None:
    """Return SQL for a KPI of the catalogue in the period of `grain` that begins at `start`.

    None where its measures are not published, or it is not cut by that dimension.
    """
    if measures is None:
        return None
    is_cut = slice_type != "total"
    if is_cut and not measures.has_own_slices and slice_type not in measures.slices:
        return None
    if measures.has_own_periods:
        period = f"period_grain = {sql.text(grain)} and period_start = date {sql.text(start)}"
    else:
        period = f"date_trunc({sql.text(grain)}, business_date) = date {sql.text(start)}"
    slice_is = ""
    if measures.has_own_slices:
        slice_is = (
            f"\n    and slice_type = {sql.text(slice_type)}"
            f" and slice_value = {sql.text(slice_value)}"
        )
    elif is_cut:
        slice_is = f"\n    and {slice_type} = {sql.text(slice_value)}"

    def summed(measure: str) -> str:
        if slice_type in measures.not_cut_by.get(measure, ()):
            return f"(select sum({measure}) from {measures.table} where {period})"
        return f"sum({measure})"

    times = "" if kpi["multiplier"] == 1 else f"{kpi['multiplier']:g} * "
    numerator = summed(kpi["numerator_measure"])
    columns = [f"    {numerator} as numerator"]
    # a count of nothing is 0, a share of nothing is unknown
    value = f"{times}coalesce({numerator}, 0)"
    if kpi["denominator_measure"]:
        denominator = summed(kpi["denominator_measure"])
        columns.append(f"    {denominator} as denominator")
        value = f"{times}{numerator} / nullif({denominator}, 0)"
    columns.append(f"    {value} as value")
    lines = ",\n".join(columns)
    return f"select\n{lines}\nfrom {measures.table}\nwhere {period}{slice_is}"
