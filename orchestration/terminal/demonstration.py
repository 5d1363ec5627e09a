"""The demonstration world that stands in for a user's files while the inbox is empty."""

import os
from pathlib import Path

from orchestration.system.console import reporter, stdout
from orchestration.system.errors import UsageError
from orchestration.system.paths import DataPaths


def write_demonstration(
    paths: DataPaths,
    inbox: Path | None = None,
    customers: int | None = None,
    months: int | None = None,
    seed: int | None = None,
) -> None:
    """Write a world of that size into the inbox; what is true in it goes to `demo_truth.json`.

    Without a size, `PILOTAGE_DEMO_CUSTOMERS` and `PILOTAGE_DEMO_MONTHS` decide, else the default.
    """
    from orchestration.demo import world

    customers = customers or _from_environment("PILOTAGE_DEMO_CUSTOMERS", world.DEFAULT_CUSTOMERS)
    months = months or _from_environment("PILOTAGE_DEMO_MONTHS", world.DEFAULT_MONTHS)
    seed = world.DEFAULT_SEED if seed is None else seed
    inbox = (inbox or paths.inbox).resolve()
    inbox.mkdir(parents=True, exist_ok=True)
    with reporter().step(f"Demo data of {customers:,} customers over {months} months"):
        try:
            report = world.write_demo(inbox, paths.demo_truth, customers, months, seed)
        except ValueError as error:
            raise UsageError(f"The demonstration cannot be made: {error}.") from error
    stdout().print(f"{report.total_rows:,} demonstration rows in {inbox}", markup=False)


def _from_environment(name: str, default: int) -> int:
    """Return a positive whole number from the environment; UsageError for anything else."""
    text = os.environ.get(name, str(default))
    if not text.isdecimal() or int(text) < 1:
        raise UsageError(f"{name}={text!r} is not a whole number above 0; correct or unset it.")
    return int(text)
