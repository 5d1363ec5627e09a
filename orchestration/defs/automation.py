"""Whether schedule and sensors run from the start: `PILOTAGE_AUTOMATION=on`.

Off without it: who opens the interface to look around starts nothing. Switched on or off in the
interface they stay so, whatever the variable says.
"""

import os

import dagster as dg

from orchestration.system.errors import UsageError

VARIABLE = "PILOTAGE_AUTOMATION"


def is_on() -> bool:
    """Return what the variable says; UsageError when that is neither on nor off."""
    said = os.environ.get(VARIABLE, "").strip().lower()
    if said not in ("", "on", "off"):
        raise UsageError(f"{VARIABLE} is {said!r}; it is `on` or `off`.")
    return said == "on"


SENSOR_STATUS = dg.DefaultSensorStatus.RUNNING if is_on() else dg.DefaultSensorStatus.STOPPED
SCHEDULE_STATUS = dg.DefaultScheduleStatus.RUNNING if is_on() else dg.DefaultScheduleStatus.STOPPED
