"""How dbt's nodes appear in Dagster: keys, groups and owners."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.definitions.source_asset import SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION
from dagster_dbt import DagsterDbtTranslator

from orchestration.gate.declared import PUBLISHED
from orchestration.system.environment import dbt_target_path
from orchestration.system.errors import PilotageError

LANDING = "landing"


class Translator(DagsterDbtTranslator):
    """A landed table is `landing/<source>/<table>`; a node belongs to its dbt group's owner."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        if dbt_resource_props["resource_type"] == "source":
            return landing_key(dbt_resource_props)
        # as readers name the table, and as the edition's record does
        return dg.AssetKey([dbt_resource_props["schema"], dbt_resource_props["alias"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """Name room and topic, so that a group is small enough to read.

        `models/marts/kpis/steps/engine` is `kpis_engine`, `models/staging/billing`
        `staging_billing`, a seed that is published `seeds_published`.
        """
        if dbt_resource_props["resource_type"] != "model":
            is_published = dbt_resource_props["database"] == PUBLISHED
            return "seeds_published" if is_published else "seeds"
        folders = Path(dbt_resource_props["original_file_path"]).parts[1:-1]
        room, *topics = folders[1:] if folders[0] == "marts" else folders
        return "_".join([room, *topics[-1:]])

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> Sequence[str] | None:
        group = dbt_resource_props.get("config", {}).get("group")
        return [team(group)] if group else None


# One for all: it remembers what it resolved.
TRANSLATOR = Translator()


def made_nothing(key: dg.AssetKey) -> dg.Output[None]:
    """Say that an asset stands as it is: what is downstream may run, and nothing is recorded.

    Dagster does so itself for assets that are observed; without any output it would skip what is
    downstream, and a materialization would say that something came or was made.
    """
    return dg.Output(
        None,
        output_name=key.to_python_identifier(),
        metadata={SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION: True},
    )


def landing_key(source: Mapping[str, Any]) -> dg.AssetKey:
    return dg.AssetKey([LANDING, source["source_name"], source["name"]])


def team(group: str) -> str:
    """Return Dagster's name for a dbt group's owner, such as `team:analytics-engineering`."""
    groups = {one["name"]: one["owner"] for one in manifest()["groups"].values()}
    name = groups.get(group, {}).get("name") or group
    return "team:" + "-".join(name.lower().split())


@cache
def manifest() -> Mapping[str, Any]:
    """Return dbt's manifest; PilotageError when the project was not parsed yet."""
    import json

    path = dbt_target_path() / "manifest.json"
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PilotageError(
            f"There is no {path}: parse the project first, with `make dev` or `dbt parse`."
        ) from None
