"""Try a connector on the conversion alone, and read what an edition has of it."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import yaml

from orchestration.landing.connectors.convert import Conversion, convert
from orchestration.landing.connectors.declared import read_connector
from orchestration.landing.contract import load_contract
from orchestration.system.paths import PROJECT_ROOT

CONTRACT = load_contract(PROJECT_ROOT)
Row = dict[str, Any]


@dataclass
class Trial:
    """What a conversion made: rows by landing table, findings, and what it did not take."""

    done: Conversion
    rows: dict[str, list[Row]] = field(default_factory=dict)

    @property
    def notes(self) -> dict[tuple[str, str | None], int | None]:
        """Rows by finding and detail."""
        return {(note.note, note.detail): note.rows for note in self.done.notes}

    @property
    def refused(self) -> str:
        return "\n".join(f"{one.file}: {one.reason}" for one in self.done.refused)


def tried(name: str, inbox: Path, work: Path, **said: dict[str, Any]) -> Trial:
    """Convert the files below `inbox` by the project's connector `name`.

    `said` are a user's own `options` and `codes`.
    """
    work.mkdir(parents=True, exist_ok=True)
    own = work / "options.yml"
    if said:
        own.write_text(yaml.safe_dump(said, allow_unicode=True), encoding="utf-8")
    connector = read_connector(PROJECT_ROOT / "connectors" / name, CONTRACT, own if said else None)
    with duckdb.connect(str(work / "raw.duckdb")) as con:
        con.execute("set timezone = 'UTC'")
        done = convert(con, connector, CONTRACT, inbox, work, work / "handed_over", b"salt")
        trial = Trial(done)
        for mapped in done.mapped:
            found = con.execute(f"select * from read_parquet('{mapped.path}')")
            names = [column[0] for column in found.description]
            trial.rows[mapped.table.full_name] = [
                dict(zip(names, row, strict=True)) for row in found.fetchall()
            ]
    (work / "raw.duckdb").unlink()
    return trial


def kpis(edition: Path, grain: str, start: str) -> dict[str, tuple[float | None, float | None]]:
    """Numerator and denominator of every KPI of a period, over everything."""
    with duckdb.connect(str(edition), read_only=True) as con:
        rows = con.execute(
            """
            select kpi_id, cast(numerator as double), cast(denominator as double)
            from kpis.kpi_values
            where period_grain = ? and period_start = cast(? as date) and slice_type = 'total'
            """,
            [grain, start],
        ).fetchall()
    return {kpi: (numerator, denominator) for kpi, numerator, denominator in rows}


def same(ours: list[Row], theirs: list[Row], *key: str) -> None:
    """Compare rows by key, in every column that the oracle (`theirs`) speaks of."""
    ours_by, theirs_by = _by(ours, key), _by(theirs, key)
    assert set(ours_by) == set(theirs_by)
    for one, right in theirs_by.items():
        assert {column: ours_by[one][column] for column in right} == right, one


def _by(rows: list[Row], key: tuple[str, ...]) -> dict[tuple[Any, ...], Row]:
    found = {tuple(row[one] for one in key): row for row in rows}
    assert len(found) == len(rows), "a key comes twice"
    return found
