"""Every ticket of the help desk, once by the models and once by walking through its events."""

import duckdb
import pytest

from tests.oracles.business_time import read_business_hours
from tests.oracles.ticket_lives import as_of_of, differences, ticket_lives

from .mapping import PROJECT_ROOT

pytestmark = pytest.mark.real_data


def test_every_ticket_agrees_with_the_oracle(techsupport_edition):
    data_dir = techsupport_edition.data_dir
    with duckdb.connect(str(data_dir / "warehouse" / "build.duckdb"), read_only=True) as build:
        as_of = as_of_of(build)
    hours = read_business_hours(PROJECT_ROOT / "seeds")
    lives = ticket_lives(data_dir / "landing" / "accepted", hours, as_of)
    assert len(lives) == 2_330
    # the oracle saw what it is there for: waits over nights and weekends, and open tickets
    assert sum(life.is_open for life in lives.values()) == 418
    assert any(
        life.first_reply_open_seconds < life.first_reply_elapsed_seconds
        for life in lives.values()
        if life.first_reply_open_seconds is not None
    )
    assert differences(techsupport_edition.connection, lives) == []
