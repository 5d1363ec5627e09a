"""The rows behind a figure, listed: by their ids, with what they add to numerator and denominator.

They are read from the private files of the last build, read-only. Rows are listed only where they
add up to the figure that was published: whatever a query may have missed, it shows there.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from math import isclose
from typing import Any

import duckdb

from orchestration.lineage.graph import PUBLISHED
from orchestration.lineage.kept import BUILD
from orchestration.lineage.queries import Measures, measures_of
from orchestration.lineage.rows import Cell, NotFollowed, RowFinder, RowsQuery, Side
from orchestration.system import sql
from orchestration.system.errors import PilotageError
from orchestration.system.paths import DataPaths
from orchestration.warehouse.compiled import Compiled, CompiledNode
from orchestration.warehouse.dbt_command import one_line

TOLERANCE = 1e-6


@contextmanager
def opened(paths: DataPaths) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the files of the last build, by the names that compiled SQL gives them.

    PilotageError when they are not there, or a build holds them.
    """
    try:
        with duckdb.connect() as connection:
            connection.execute("set TimeZone = 'UTC'")
            for name, file in ((BUILD, paths.build_db), (PUBLISHED, paths.marts_db)):
                connection.execute(f"attach {sql.text(file)} as {name} (read_only)")
            yield connection
    except duckdb.IOException as error:
        raise PilotageError(
            f"The files of the build cannot be read: {one_line(str(error))}"
        ) from error


@dataclass(frozen=True)
class Listed:
    """Rows of one side of a figure: how many there are, what they add up to, and the first ones.

    `columns` are ids, and the amount where a row may add another one than 1. `others` says that
    rows of the numerator are left out, which stand in its own list.
    """

    query: str
    columns: tuple[str, ...]
    row_count: int
    total: float
    rows: tuple[tuple[Any, ...], ...]
    is_published: bool
    others: bool = False


class RowsBehind:
    """Lists the rows behind figures of a build, which `connection` has opened."""

    def __init__(self, compiled: Compiled, connection: duckdb.DuckDBPyConnection) -> None:
        self._nodes = {node.name: node for node in compiled.nodes.values()}
        self._connection = connection
        self._finder = RowFinder(
            {_relation(node): node.sql for node in self._nodes.values() if node.sql},
            lambda query: [column[0] for column in connection.execute(query).description],
        )

    def measures(self, family: str) -> Measures:
        """Return what the table of a family's measures is to the figures."""
        node = self._nodes[f"measures_{family}"]
        columns = self._connection.execute(f"select * from {_relation(node)} limit 0").description
        table = _relation(node) if node.database != PUBLISHED else f"{node.schema}.{node.alias}"
        return measures_of(table, [column[0] for column in columns], node.column_meta)

    def is_published(self, family: str) -> bool:
        return self._nodes[f"measures_{family}"].database == PUBLISHED

    def of(
        self, kpi: Mapping[str, Any], cell: Cell, figure: Mapping[Side, float | None], shown: int
    ) -> dict[Side, Listed | NotFollowed]:
        """Return by side the first `shown` rows of a KPI of the catalogue in a cell.

        `figure` has numerator and denominator as they were published. A NotFollowed says why there
        are no rows: of what is about people nobody gets any.
        """
        if kpi["is_about_people"]:
            return {side: NotFollowed("about_people") for side in figure}
        measures = self.measures(kpi["family"])
        names = {side: kpi[f"{side}_measure"] for side in figure if kpi[f"{side}_measure"]}
        found = self._finder.queries(
            _relation(self._nodes[f"measures_{kpi['family']}"]),
            names,
            cell,
            measures.places,
            [name for name, cuts in measures.not_cut_by.items() if cell.slice_type in cuts],
        )
        listed: dict[Side, Listed | NotFollowed] = {}
        for side, query in found.items():
            if isinstance(query, NotFollowed):
                listed[side] = query
            else:
                published = figure[side]
                if side == "numerator" and published is not None:
                    # published in the unit of the KPI
                    published /= kpi["multiplier"]
                listed[side] = self._listed(query, side, published, shown)
        return listed

    def _listed(
        self, query: RowsQuery, side: Side, published: float | None, shown: int
    ) -> Listed | NotFollowed:
        total, row_count = self._one(
            f"select coalesce(sum({side}), 0), count(*) filter (where {side} <> 0)"
            f" from ({query.sql})"
        )
        if published is None or not isclose(
            float(total), published, rel_tol=TOLERANCE, abs_tol=TOLERANCE
        ):
            return NotFollowed("other_sum", f"{float(total):g}")
        condition = f"{side} <> 0"
        others = side == "denominator" and "numerator" in query.sides
        if others:
            condition += " and numerator = 0"
            (row_count,) = self._one(f"select count(*) from ({query.sql}) where {condition}")
        columns = query.ids if query.is_count else (*query.ids, side)
        rows = self._connection.execute(
            f"select {sql.names(columns)} from ({query.sql}) where {condition}"
            f" order by all limit {int(shown)}"
        ).fetchall()
        is_published = all(one.startswith(f"{PUBLISHED}.") for one in query.relations)
        # readers of an edition have no catalog of that name
        text = query.sql.replace(f'"{PUBLISHED}".', "") if is_published else query.sql
        return Listed(
            text, tuple(columns), row_count, float(total), tuple(rows), is_published, others
        )

    def _one(self, query: str) -> tuple[Any, ...]:
        row = self._connection.execute(query).fetchone()
        return row if row is not None else ()


def _relation(node: CompiledNode) -> str:
    return f"{node.database}.{node.schema}.{node.alias}"
