"""Lineage of the project's own KPIs, down to the columns of landing tables and back.

A failure means that a page would show a KPI with columns that have no part in it, or without some
that have. `python -m orchestration.lineage <kpi>` prints what is found.
"""

import csv

import pytest

from orchestration.lineage import Column, Kpi, Lineage, RawColumn, Uses, as_svg, picture
from orchestration.lineage.__main__ import main
from orchestration.lineage.landed import FILE as LANDED
from orchestration.lineage.landed import landed_csv
from orchestration.lineage.picture import MOST_BOXES, MOST_LAYERS, longest_ways
from orchestration.system.paths import PROJECT_ROOT
from tests.orchestration.worked_examples import Run

# Tables of the program itself, which no source delivers.
OWN = "pilotage"
# KPIs that no landed column has a part in.
WITHOUT_RAW = {"kpi_registry_completeness": "counts lines of the registry, which is seeds"}

# By KPI, read from the SQL by hand: columns that its value is made from, columns that decide which
# rows count, and columns that have no part in it.
EXPECTED = {
    "asa_seconds": (
        # the wait that the source gives, else what lies between queue and answer; live channels
        "contacts.wait_seconds contacts.answered_at contacts.queue_entered_at contacts.channel"
        " contacts.disposition",
        "contacts.contact_id contacts.is_deleted contacts.updated_at",
        "contact_legs.talk_seconds orders.net_amount answers.score agent_activity.state",
    ),
    "aht_seconds": (
        "contact_legs.talk_seconds contact_legs.hold_seconds contact_legs.wrap_seconds",
        "contact_legs.contact_id contact_legs.leg_id contacts.parent_contact_id",
        "contacts.wait_seconds service_costs.amount_eur orders.net_amount answers.score",
    ),
    "fcr_rate": (
        # whether another contact came within the window, or the ticket was opened again
        "contacts.queue_entered_at contacts.ended_at ticket_events.event_type"
        " ticket_events.event_at",
        # of whom: identity
        "contacts.customer_ref customer_refs.ref_value customers.email contacts.reason",
        "answers.score contact_legs.talk_seconds orders.net_amount agents.hired_on",
    ),
    "csat_t2b": (
        "answers.score answers.question_code answers.answered_at invitations.sent_at"
        " invitations.is_staff",
        "invitations.invitation_id invitations.contact_id invitations.customer_ref",
        "contact_legs.talk_seconds orders.net_amount subscription_events.amount",
    ),
    "aov_eur": (
        "orders.net_amount exchange_rates.units_per_eur",
        "orders.order_id orders.currency orders.status orders.is_test exchange_rates.rate_date",
        "contacts.wait_seconds answers.score subscription_events.amount orders.refunded_amount",
    ),
    "refund_rate": (
        "orders.refunded_amount orders.refunded_at orders.ordered_at",
        "orders.order_id orders.customer_id",
        "contact_legs.talk_seconds answers.score subscription_events.amount"
        " service_costs.amount_eur",
    ),
    "gross_mrr_churn_rate": (
        "subscription_events.amount subscription_events.billing_interval"
        " subscription_events.event_type subscription_events.effective_at"
        " exchange_rates.units_per_eur",
        "subscription_events.subscription_id customers.is_test customers.segment",
        "orders.net_amount contacts.wait_seconds answers.score",
    ),
    "occupancy_rate": (
        "agent_activity.started_at agent_activity.ended_at agent_activity.state contacts.channel",
        "agent_activity.agent_id agent_activity.activity_id agents.team",
        "contact_legs.talk_seconds orders.net_amount answers.score trainings.ended_on",
    ),
    "cost_per_contact_eur": (
        "service_costs.amount_eur contacts.disposition",
        "service_costs.cost_month service_costs.channel service_costs.cost_type",
        "orders.net_amount answers.score subscription_events.amount agent_activity.state",
    ),
    "agent_turnover_rate": (
        "agents.hired_on agents.provider",
        "agents.left_on agents.agent_id agents.team",
        "contacts.contact_id answers.score certifications.certified_on agent_activity.state",
    ),
    "certification_rate": (
        "certifications.certified_on agents.role",
        "certifications.agent_id certifications.role agents.hired_on",
        "contacts.contact_id answers.score quality_evaluations.evaluated_on",
    ),
    "decision_followup_rate": (
        "decisions.status",
        "decisions.review_on decisions.decided_on decisions.decision_id",
        "contacts.contact_id orders.net_amount objectives.objective_id",
    ),
}


def active_kpis() -> list[str]:
    path = PROJECT_ROOT / "seeds" / "kpi_catalogue.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["status"] == "active"]
    return sorted({row["kpi_id"] for row in rows if not row["valid_to"]})


KPIS = active_kpis()


def by_use(lineage: Lineage, kpi_id: str) -> dict[str, str]:
    return {f"{one.table}.{one.column}": one.use for one in lineage.raw_columns_of(kpi_id)}


def test_every_model_can_be_followed(lineage: Lineage) -> None:
    assert lineage.graph.unresolved == {}


def test_every_active_kpi_is_known(lineage: Lineage) -> None:
    assert lineage.kpis.keys() == set(KPIS)


def test_every_kpi_comes_from_what_landed(lineage: Lineage) -> None:
    without = {
        kpi_id
        for kpi_id in KPIS
        if all(one.source == OWN for one in lineage.raw_columns_of(kpi_id))
    }
    assert without == WITHOUT_RAW.keys()


@pytest.mark.parametrize("kpi_id", EXPECTED)
def test_a_kpi_is_made_from_what_its_sql_says(lineage: Lineage, kpi_id: str) -> None:
    value, rows, none = (said.split() for said in EXPECTED[kpi_id])
    found = by_use(lineage, kpi_id)
    assert [column for column in value if found.get(column) != "value"] == []
    assert [column for column in rows if found.get(column) != "rows"] == []
    assert [column for column in none if column in found] == []
    # what must not be found is there to be found
    landed = {
        f"{name.partition('.')[2]}.{column}"
        for name, table in lineage.graph.tables.items()
        if table.kind == "raw"
        for column in table.columns
    }
    assert landed.issuperset(none)


def test_no_kpi_comes_from_another_family_by_the_engine(lineage: Lineage) -> None:
    """Figures of other KPIs are read by those alone whose measures say so in their YAML."""
    reads_figures = {
        kpi_id
        for kpi_id, kpi in lineage.kpis.items()
        if any(one.table in lineage.engine for one in lineage.columns_behind(kpi))
    }
    assert reads_figures == {kpi_id for kpi_id, kpi in lineage.kpis.items() if kpi.parts}


def test_a_kpi_of_kpis_comes_from_what_these_come_from(lineage: Lineage) -> None:
    index = lineage.kpi("bsc_index")
    assert {"fcr_rate", "csat_t2b", "logo_churn_rate"} <= set(index.parts)
    assert "aov_eur" not in index.parts
    of_parts = {str(one) for part in index.parts for one in lineage.raw_columns_of(part)}
    assert {str(one) for one in lineage.raw_columns_of("bsc_index")} == of_parts


def test_both_ways_say_the_same_of_kpis(lineage: Lineage) -> None:
    one_way = {
        (kpi_id, str(one), one.use) for kpi_id in KPIS for one in lineage.raw_columns_of(kpi_id)
    }
    raw = {
        (*name.split("."), column)
        for name, table in lineage.graph.tables.items()
        if table.kind == "raw"
        for column in table.columns
        if column not in ("batch", "source_file", "row_number")
    }
    other_way = {
        (one.kpi_id, ".".join(column), one.use)
        for column in raw
        for one in lineage.kpis_of(*column)
    }
    assert one_way == other_way


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("interactions.contacts", "answered_at"),
        ("billing.orders", "net_amount"),
        ("surveys.answers", "score"),
        ("int_contacts_described", "channel"),
        ("int_run_observed", "as_of"),
    ],
)
def test_both_ways_say_the_same_of_columns(lineage: Lineage, table: str, column: str) -> None:
    asked = lineage.graph.column(table, column)
    below = lineage.downstream(table, column)
    assert below.value and below.rows
    for name, its_table in lineage.graph.tables.items():
        # one column of each table, another one in each
        for its_column in its_table.columns[len(name) % len(its_table.columns) :][:1]:
            there = Column(name, its_column)
            above = lineage.upstream(name, its_column)
            assert (asked in above.value) == (there in below.value), there
            assert (asked in above.rows) == (there in below.rows), there


@pytest.mark.parametrize("kpi_id", KPIS)
def test_a_picture_is_whole_and_fits(lineage: Lineage, kpi_id: str) -> None:
    drawn = picture(lineage, kpi_id)
    assert len(drawn.boxes) <= MOST_BOXES
    keys = [box.key for box in drawn.boxes]
    assert len(set(keys)) == len(keys)
    assert {key for arrow in drawn.arrows for key in (arrow.start, arrow.end)} <= set(keys)
    # raises where arrows go round in a circle
    to_the_right = longest_ways(keys, [(one.start, one.end) for one in drawn.arrows])
    assert max(to_the_right.values()) < MOST_LAYERS
    # all lead to the KPI: it alone leads nowhere
    assert [key for key, length in to_the_right.items() if length == 0] == [kpi_id]
    # each landing table of the KPI itself has its box, with all its columns in use
    kpi = lineage.kpi(kpi_id)
    own = {f"{one.source}.{one.table}" for one in own_raw_columns(lineage, kpi)}
    assert {box.key for box in drawn.boxes if box.kind == "raw"} == own
    named = {
        f"{box.key}.{column}"
        for box in drawn.boxes
        if box.kind == "raw"
        for column, _ in box.columns
    }
    assert named == {str(one) for one in own_raw_columns(lineage, kpi)}


def own_raw_columns(lineage: Lineage, kpi: Kpi) -> set[RawColumn]:
    """The raw columns of a KPI without those of the KPIs that it is made from."""
    alone = Lineage(lineage.graph, {kpi.kpi_id: Kpi(**vars(kpi) | {"parts": ()})})
    return set(alone.raw_columns_of(kpi.kpi_id))


def test_what_is_folded_stays_named(lineage: Lineage) -> None:
    drawn = picture(lineage, "service_value_created_eur")
    folded = [name for box in drawn.boxes for name in box.members]
    assert len(set(folded)) == len(folded)
    behind = lineage.columns_behind(lineage.kpi("service_value_created_eur"))
    tables = {one.table for one in behind}
    shown = {
        name
        for name in tables
        if lineage.graph.tables[name].kind != "seed" and not lineage.graph.tables[name].is_beside
    }
    assert {"core.customer_months", "core.cancel_episodes"} <= {box.name for box in drawn.boxes}
    # but for what only the run's clock is read for
    assert set(folded) - {"service_value_created_eur"} <= shown
    assert {name for name in shown if name.startswith(("int_", "stg_"))} & set(folded)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_picture_can_be_drawn_twice_alike(lineage: Lineage, language: str) -> None:
    for kpi_id in KPIS:
        drawn = picture(lineage, kpi_id)
        assert as_svg(drawn, language) == as_svg(picture(lineage, kpi_id), language)


def test_the_command_answers(
    worked_examples: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PILOTAGE_DATA_DIR", str(worked_examples.paths.root))
    assert main(["csat_t2b"]) == 0
    assert "surveys.answers.score\tvalue" in capsys.readouterr().out.splitlines()
    assert main(["--column", "surveys.answers.score"]) == 0
    assert "csat_t2b\tvalue" in capsys.readouterr().out.splitlines()
    assert main(["--unresolved"]) == 0
    assert capsys.readouterr().out.strip() == ""
    assert main(["--svg", "csat_t2b"]) == 0
    assert capsys.readouterr().out.startswith("<svg")
    assert main(["--column", "surveys.answers"]) == 2
    assert main(["--column", "surveys.answers.colour"]) == 1
    assert main(["no_such_kpi"]) == 1


def test_uses_of_a_column_are_one() -> None:
    one, other = Column("t", "a"), Column("t", "b")
    uses = Uses(frozenset([one]), frozenset([other]))
    assert list(uses) == [one, other]
    assert (uses.of(one), uses.of(other)) == ("value", "rows")


def test_a_landing_table_and_a_published_one_may_have_one_name(lineage: Lineage) -> None:
    landed = lineage.kpis_of("steering", "decisions", "is_deleted")
    assert landed
    # readers know no such column of the mart
    assert lineage.kpis_of_published("steering.decisions", "is_deleted") == ()
    published = lineage.kpis_of_published("core.contacts", "is_handled")
    assert published == lineage.kpis_of("core", "contacts", "is_handled") != ()
    assert lineage.kpis_of_published("kpis.labels", "code") == ()


def test_what_is_written_down_of_landing_columns_is_the_lineage(lineage: Lineage) -> None:
    """`python -m orchestration.lineage --landed` writes it anew."""
    assert LANDED.read_text(encoding="utf-8") == landed_csv(lineage)
