"""The history `kpis.kpi_editions` says last of every figure what the edition publishes."""

from orchestration.gate.checks import WARNING, Suite, no_rows, suite

TOPIC = "history"
KEY = ("kpi_id", "period_grain", "period_start", "slice_type", "slice_value")
SAID = ("kpi_version", "value", "sample_size", "status", "is_withdrawn")
# Room for rounding in sums of doubles, far below any displayed digit.
TOLERANCE = "2e-9"
_VALUES = "kpis.kpi_values"
_CELL = ", ".join(KEY)


def suites() -> list[Suite]:
    return [
        suite(
            "kpis",
            "kpi_editions",
            [
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
            or abs(cast(published.value as double) - said.value) > {TOLERANCE} * abs(said.value)
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
            ],
            TOPIC,
        )
    ]
