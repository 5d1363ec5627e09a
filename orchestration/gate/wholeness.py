"""Nothing is published while nearly all of a source is missing: readers keep what they had.

What is missing, and from which share on, the build says of every source (kpis.source_completeness).
"""

from orchestration.gate.checks import Suite, no_rows, suite

TOPIC = "wholeness"
TABLE = "source_completeness"


def suites() -> list[Suite]:
    return [
        suite(
            "kpis",
            TABLE,
            [
                no_rows(
                    "no_source_is_nearly_gone",
                    "from batch_rows where outcome = 'refuse'",
                    "Nearly all of a source is in quarantine or did not come: correct its export "
                    "and drop it again, or raise the limit in seeds/sources.csv.",
                    ("outcome",),
                )
            ],
            TOPIC,
        )
    ]
