"""The suite of the history `kpis.kpi_editions`: what each edition said of a figure, and why."""

from orchestration.gate.checks import (
    WARNING,
    Suite,
    columns_exist,
    has_rows,
    in_set,
    no_rows,
    not_null,
    suite,
    unique,
)
from orchestration.gate.suite_kpis import GRAINS, KEY, SLICES, STATUSES, TOLERANCE

CAUSES = (
    "first",
    "more_data",
    "late_data",
    "correction",
    "merge",
    "new_definition",
    "unexplained",
)
EVIDENCE = ("cell", "period", "people", "project", "related", "none")
SAID = ("kpi_version", "value", "sample_size", "status", "is_withdrawn")
HISTORY_COLUMNS = (
    *KEY,
    "edition",
    "edition_number",
    "published_at",
    "computed_at",
    "kpi_version",
    "numerator",
    "denominator",
    "value",
    "sample_size",
    "ci_low",
    "ci_high",
    "status",
    "is_provisional",
    "is_withdrawn",
    "previous_value",
    "previous_edition",
    "change_cause",
    "cause_evidence",
    "other_causes",
)
_VALUES = "kpis.kpi_values"
_CELL = ", ".join(KEY)


def kpi_editions() -> Suite:
    """One row per KPI, period, slice and edition that published another figure for it."""
    return suite(
        "kpis",
        "kpi_editions",
        [
            *columns_exist(*HISTORY_COLUMNS),
            unique(*KEY, "edition"),
            *not_null(
                *KEY,
                "kpi_version",
                "edition",
                "edition_number",
                "published_at",
                "change_cause",
                "is_withdrawn",
            ),
            in_set("period_grain", GRAINS),
            in_set("slice_type", SLICES),
            in_set("status", STATUSES),
            in_set("change_cause", CAUSES),
            in_set("cause_evidence", EVIDENCE),
            no_rows(
                "last_word_is_what_is_published",
                f"""
from (
    select
        {_CELL},
        arg_max(struct_pack({", ".join(f"{name} := {name}" for name in SAID)}), edition_number)
            as said
    from batch_rows
    group by all
) as history
full join {_VALUES} as published using ({_CELL})
where (published.edition is not null) <> coalesce(not said.is_withdrawn, false)
    or (
        published.edition is not null
        and (
            published.kpi_version is distinct from said.kpi_version
            or published.sample_size is distinct from said.sample_size
            or published.status is distinct from said.status
            or (published.value is null) <> (said.value is null)
            -- cast, so that a broken kpi_values fails where it is judged itself
            or abs(cast(published.value as double) - said.value)
                > 2 * {TOLERANCE} * abs(said.value)
        )
    )
""",
                "What the history says last of every figure is what the edition publishes.",
                (
                    *KEY,
                    *SAID,
                    "edition_number",
                    *(f"{_VALUES}.{name}" for name in (*KEY, *SAID[:-1], "edition")),
                ),
            ),
            no_rows(
                "withdrawn_figure_has_no_value",
                "from batch_rows where is_withdrawn and (value is not null or status is not null)",
                "What is no longer published has neither value nor status.",
                ("is_withdrawn", "value", "status"),
            ),
            no_rows(
                "edition_has_one_number",
                """
from (
    select edition
    from batch_rows
    group by edition
    having min(edition_number) <> max(edition_number)
)
""",
                "An edition has one place in the order of publication.",
                ("edition", "edition_number"),
            ),
            no_rows(
                "change_is_explained",
                """
from batch_rows
where change_cause = 'unexplained'
    and edition_number = (select max(edition_number) from batch_rows)
""",
                "Every figure that this edition changes has a cause in what has come since.",
                ("change_cause", "edition_number"),
                severity=WARNING,
            ),
            has_rows(),
        ],
    )
