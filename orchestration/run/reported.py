"""Say in Dagster what a command has published, where Dagster is used: its assets then show it."""

from orchestration.publication.editions import Edition
from orchestration.system.collector import collector_paused
from orchestration.system.environment import prepare_environment, refuse_foreign_settings
from orchestration.system.paths import DataPaths


def report_to_dagster(paths: DataPaths, edition: Edition) -> str | None:
    """Report a materialization of the edition, its tables and what landed for it; return what
    went wrong.

    Nothing is imported where there is no Dagster home. The events belong to no run.
    """
    if not (paths.dagster / "dagster.yaml").is_file():
        return None
    prepare_environment()
    try:
        refuse_foreign_settings(paths)
        # what is imported stays
        with collector_paused():
            _report(paths, edition)
    except Exception as error:
        return f"Dagster does not show this edition: {type(error).__name__}."
    return None


def _report(paths: DataPaths, edition: Edition) -> None:
    import dagster as dg

    from orchestration.landing.ledger import records

    new = set(edition.record["batches"]["new"])
    landed = [one for one in records(paths) if one.batch in new]
    told = {"edition": edition.name, "reported_by": "command line"}
    events = [
        dg.AssetMaterialization(
            ["landing", one.source, one.table],
            metadata={"batch": one.batch, "accepted": one.accepted, **told},
        )
        for one in landed
    ]
    events += [
        dg.AssetMaterialization(name.split("."), metadata={"rows": rows, **told})
        for name, rows in edition.record["tables"].items()
    ]
    events.append(
        dg.AssetMaterialization("edition", metadata={"sha256": edition.record["sha256"], **told})
    )
    with dg.DagsterInstance.get() as instance:
        for event in events:
            instance.report_runless_asset_event(event)
