"""What a run has to build: the models and data tests that its news can reach, and no others.

News are rows in new batches, and the as-of instant and its date where they moved. From there the
walk follows dbt's own graph. A model that says the same as before, as is known of the run's own
models before they are built, is no reason to build what reads it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

Table = tuple[str, str]

# Every run adds a line to the ledger, and publishes: its tables are news by themselves.
ALWAYS_NEW = frozenset(
    {("pilotage", "batches"), ("pilotage", "connector_notes"), ("pilotage", "kpi_editions")}
)
# Who looks at these depends on the instant, or on its date alone.
AS_OF, AS_OF_DATE = "int_run_observed", "int_run_dated"
# Another in every run, written onto rows that are made for another reason.
DESCRIPTION = "int_run_described"
# The clock of the check: every run reads another.
CHECK = "int_run_checked"
BUILT = ("model", "test")
# Their text depends on what was built before.
INCREMENTAL = "macros/incremental/"


@dataclass(frozen=True)
class News:
    """What a run knows that the last successful build did not.

    `tables` are those of the landing contract with accepted rows in new batches, as
    (source, table).
    """

    tables: frozenset[Table]
    as_of_moved: bool
    date_moved: bool


def nodes_to_build(manifest: "Manifest", news: News) -> frozenset[str]:
    """Return the unique ids of the models to build and of the data tests to run.

    A test is run when anything that it reads was built or, if it reads a landed table, came anew.
    A view is only its text: news go through it, and leave it as it stands, unless the text says
    what is to be built this time.
    """
    kinds = {key: node.resource_type.value for key, node in manifest.nodes.items()}
    parents = {
        key: node.depends_on.nodes for key, node in manifest.nodes.items() if kinds[key] in BUILT
    }
    models = {node.name: key for key, node in manifest.nodes.items() if kinds[key] == "model"}
    landed = {(node.source_name, node.name): key for key, node in manifest.sources.items()}
    moved = {models[AS_OF]: news.as_of_moved, models[AS_OF_DATE]: news.date_moved}
    new = {landed[table] for table in news.tables | ALWAYS_NEW if table in landed}
    described = models[DESCRIPTION]
    found = reached(
        parents,
        new | {models[CHECK]} | {model for model, has_moved in moved.items() if has_moved},
        unchanged={model for model, has_moved in moved.items() if not has_moved} | {described},
    )
    tests = {key for key, its in parents.items() if kinds[key] == "test" and described in its}
    of_one_run = {
        key
        for key, macro in manifest.macros.items()
        if macro.original_file_path.startswith(INCREMENTAL)
    }
    standing = {
        key
        for key in parents
        if (node := manifest.nodes[key]).config.materialized == "view"
        and of_one_run.isdisjoint(node.depends_on.macros)
    }
    return frozenset((found | {described} | tests) & parents.keys() - standing)


def reached(
    parents: Mapping[str, Iterable[str]], news: Collection[str], unchanged: Collection[str]
) -> set[str]:
    """Return `news` and every node downstream of it, not by way of a node that is `unchanged`.

    `parents` has for each node those that it reads.
    """
    children: dict[str, list[str]] = defaultdict(list)
    for node, its_parents in parents.items():
        for parent in its_parents:
            children[parent].append(node)
    found, waiting = set(news), list(news)
    while waiting:
        for child in children[waiting.pop()]:
            if child not in found and child not in unchanged:
                found.add(child)
                waiting.append(child)
    return found
