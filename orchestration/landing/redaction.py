"""Free texts without what names somebody, taken out while a file is accepted.

The rules stand in one place, the macro of the models (`macros/verbatims/redacted.sql`): it is read
here as what it is, a template that returns a list. What was written stays in the file of the inbox
alone. Rows that landed before the rules of today are redacted once, and so they are when a rule
changes; a redacted text stays as it is.
"""

import hashlib
import json
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb

from orchestration.landing.commit import accepted_directory
from orchestration.landing.contract import Contract
from orchestration.landing.ledger import records, write_record
from orchestration.landing.proof import refuse_altered_landing
from orchestration.landing.write import hashed
from orchestration.system.files import move, partial_name, read_json, sync, write_json
from orchestration.system.hashes import Hashes
from orchestration.system.paths import PROJECT_ROOT, DataPaths
from orchestration.system.seals import flaw, sealed
from orchestration.system.sql import literal_path, name, text

KIND = "redaction"
MACRO = PROJECT_ROOT / "macros" / "verbatims" / "redacted.sql"


@lru_cache
def redactions(macro: Path = MACRO) -> tuple[tuple[str, str], ...]:
    """Return the rules in their order: (regular expression of the engine, replacement)."""
    from jinja2 import Environment

    found: list[Any] = []
    environment = Environment(autoescape=False)  # SQL, not HTML
    # dbt's `return`, which a template alone does not know
    environment.globals["return"] = found.append
    environment.from_string(macro.read_text(encoding="utf-8")).module.redactions()  # type: ignore[attr-defined]
    [rules] = found
    return tuple((str(pattern), str(replacement)) for pattern, replacement in rules)


def redacted(written: str) -> str:
    """SQL for a text as the models may see it; one that names nobody keeps its own spaces."""
    (spaces, one), *rules = redactions()
    plain = found = f"regexp_replace({written}, {text(spaces)}, {text(one)}, 'g')"
    for pattern, replacement in rules:
        found = f"regexp_replace({found}, {text(pattern)}, {text(replacement)}, 'g')"
    return f"case when {found} is distinct from {plain} then {found} else {written} end"


def _version() -> str:
    return hashlib.sha256(json.dumps(redactions()).encode()).hexdigest()


def redact_accepted(paths: DataPaths, contract: Contract) -> int:
    """Redact accepted texts that were not by the rules of today; return the files written anew.

    Looks at nothing when the last time was by the same rules. Killed half-way, it is done again:
    the mark says so, and is sealed, so that nobody has other rows taken for redacted ones. Raises
    PilotageError when what has landed is not as it was accepted.
    """
    mark = paths.accepted / ".redacted.json"
    last = read_json(mark) or {}
    said = flaw(last, KIND)
    if last.get("rules") == _version() and not said:
        return 0
    under_way = {"under_way": _version()}
    if said or "under_way" not in last:
        refuse_altered_landing(paths, Hashes())
        write_json(mark, sealed(under_way, KIND))
    written = 0
    for table in contract.tables.values():
        columns = [column.name for column in table.columns if column.free_text]
        place = paths.accepted / table.source / table.name
        for file in sorted(place.glob("batch=*/*.parquet")) if columns else ():
            written += _redact_file(file, columns)
    _record_again(paths, contract)
    write_json(mark, sealed({"rules": _version()}, KIND))
    return written


def _record_again(paths: DataPaths, contract: Contract) -> None:
    """Have the ledger know the files that were written anew."""
    for record in records(paths):
        table = contract.tables.get((str(record.source), str(record.table)))
        if table and any(column.free_text for column in table.columns):
            place = accepted_directory(paths, table.source, table.name, record.batch)
            parquet = [hashed(file) for file in sorted(place.glob("*.parquet"))]
            if record.parquet and parquet != record.parquet:
                write_record(paths, replace(record, parquet=parquet))


def _redact_file(file: Path, columns: list[str]) -> bool:
    rows = f"read_parquet({text(literal_path(file))}, hive_partitioning = false)"
    with duckdb.connect() as con:
        con.execute("set timezone = 'UTC'")
        held = {row[0] for row in con.execute(f"describe from {rows}").fetchall()}
        instead = {name(one): redacted(name(one)) for one in columns if one in held}
        changed = " or ".join(f"{one} is distinct from {new}" for one, new in instead.items())
        found = con.execute(f"select exists (from {rows} where {changed or 'false'})").fetchone()
        if not found or not found[0]:
            return False
        partial = partial_name(file)
        replaced = ", ".join(f"{new} as {one}" for one, new in instead.items())
        con.execute(
            f"copy (select * replace ({replaced}) from {rows}) "
            f"to {text(partial)} (format parquet, compression zstd)"
        )
    partial.chmod(file.stat().st_mode & 0o777)
    sync(partial)
    move(partial, file)
    return True
