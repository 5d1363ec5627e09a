"""Entry point of Dagster: everything that `defs/` declares, by name."""

import dagster as dg

from orchestration.defs import alarms, edition, jobs, landing, warehouse
from orchestration.defs.resources import Warehouse


@dg.definitions
def defs() -> dg.Definitions:
    return dg.Definitions(
        assets=[landing.landing, warehouse.warehouse_build, edition.candidate, edition.edition],
        asset_checks=[edition.gate],
        jobs=[jobs.publish_edition],
        schedules=[jobs.every_morning],
        sensors=[jobs.inbox_changes, alarms.run_failures, alarms.late_sources],
        resources={"warehouse": Warehouse()},
    )
