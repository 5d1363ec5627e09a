"""Another pseudonym key: every known person gets the pseudonym that it makes, everywhere at once.

The vault says what stands behind each pseudonym, so the landed rows are written anew under the new
ones, and nobody becomes two persons: a file that comes tomorrow names people as the rows do. The
old key then leads to nothing that is kept here but published editions, which stay as they are.
People who were forgotten have a pseudonym that no key made; they keep it.
"""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.forgetting.contents import take_its_place
from orchestration.forgetting.erase import clear_warehouse
from orchestration.landing.commit import Hook, recover
from orchestration.landing.contract import Contract
from orchestration.landing.marks import next_key
from orchestration.landing.pseudonyms import (
    IDENTIFIERS,
    KEY_VARIABLE,
    key_bytes,
    key_mark,
    load_key,
    pseudonyms,
)
from orchestration.publication.verify import refuse_altered, seal_again
from orchestration.system.errors import UsageError
from orchestration.system.files import partial_name, write_private
from orchestration.system.paths import DataPaths
from orchestration.system.sql import literal_path, name, text

NEW_KEY_VARIABLE = "PILOTAGE_NEW_PSEUDONYM_KEY"


@dataclass(frozen=True)
class Rotated:
    """How many identifiers have another pseudonym, and how many files were written anew."""

    identifiers: int
    files: int
    must_set_key: bool


def rotate(paths: DataPaths, contract: Contract, on_step: Hook = lambda step: None) -> Rotated:
    """Put a new key in the place of the old one. The caller holds the lock.

    Killed at any step, the same call ends it. A key that comes from the environment is followed by
    the one in `PILOTAGE_NEW_PSEUDONYM_KEY`. Raises `UsageError` without one of the two.
    """
    is_configured = KEY_VARIABLE in os.environ
    waiting = next_key(paths)
    if not waiting.exists():
        load_key(paths.vault)
        refuse_altered(paths)
        write_private(waiting, _new_key(is_configured))
        on_step("next key")
    recover(paths)
    key = key_bytes(waiting.read_text(encoding="utf-8").strip(), str(waiting))
    names, files = 0, 0
    with duckdb.connect() as con:
        con.execute("set timezone = 'UTC'")
        names = _fill_renamed(con, paths.vault / IDENTIFIERS, key)
        for table in contract.tables.values():
            columns = [column.name for column in table.columns if column.pseudonym]
            place = paths.accepted / table.source / table.name
            for file in sorted(place.glob("batch=*/*.parquet")) if columns else ():
                files += _rename(con, file, columns)
                on_step("accepted file")
        for file in sorted(paths.quarantine.glob("*/*/batch=*/*.parquet")):
            files += _rename_keys(con, file)
        on_step("quarantine")
    # what was computed from the old pseudonyms is made again
    clear_warehouse(paths)
    on_step("warehouse")
    _rename_vault(paths.vault / IDENTIFIERS, key)
    on_step("vault")
    if not is_configured:
        write_private(paths.vault / "pseudonym.key", waiting.read_text(encoding="utf-8"))
        on_step("key")
    write_private(paths.vault / "pseudonym.key.id", key_mark(key))
    on_step("mark")
    seal_again(paths)
    on_step("sealed")
    waiting.unlink()
    return Rotated(names, files, is_configured)


def _new_key(is_configured: bool) -> str:
    if not is_configured:
        return secrets.token_hex(32)
    written = os.environ.get(NEW_KEY_VARIABLE, "")
    if not written or written == os.environ[KEY_VARIABLE]:
        raise UsageError(
            f"The key comes from {KEY_VARIABLE}: give the one that follows it in "
            f"{NEW_KEY_VARIABLE}, such as `openssl rand -hex 32` prints"
        )
    key_bytes(written, NEW_KEY_VARIABLE)
    return written


def _fill_renamed(con: duckdb.DuckDBPyConnection, vault: Path, key: bytes) -> int:
    """Fill `renamed` (old, new) with every pseudonym of the vault that the key would not make."""
    con.execute("create table renamed (old varchar, new varchar)")
    if not vault.exists():
        return 0
    con.execute(f"attach {text(vault)} as vault (read_only)")
    asked = con.execute("select ref_type, value as plain from vault.identifiers").to_arrow_table()
    con.register("made", pseudonyms(key, asked))
    con.execute("""
        insert into renamed
        select distinct known.pseudonym, made.pseudonym
        from vault.identifiers as known
        inner join made
            on known.ref_type = made.ref_type and known.value = made.plain
            and made.value = made.plain
        where known.pseudonym <> made.pseudonym
    """)
    con.execute("detach vault")
    row = con.execute("select count(*) from renamed").fetchone()
    return int(row[0]) if row else 0


def _rename(con: duckdb.DuckDBPyConnection, file: Path, columns: list[str]) -> bool:
    """Write accepted rows with the new pseudonyms; a cell may hold several."""
    rows = (
        f"read_parquet({text(literal_path(file))}, hive_partitioning = false,"
        " file_row_number = true)"
    )
    held = {row[0] for row in con.execute(f"describe from {rows}").fetchall()}
    joins, instead = [], []
    for at, column in enumerate(one for one in columns if one in held):
        con.execute(f"""
            create or replace temp table cells_{at} as
            select cell, string_agg(coalesce(renamed.new, part), ' ' order by place) as new
            from (
                select cell, unnest(string_split(cell, ' ')) as part,
                    generate_subscripts(string_split(cell, ' '), 1) as place
                from (select distinct {name(column)} as cell from {rows})
            )
            left join renamed on part = renamed.old
            group by cell
            having count(renamed.new) > 0
        """)
        joins.append(f"left join cells_{at} on rows.{name(column)} = cells_{at}.cell")
        instead.append(f"coalesce(cells_{at}.new, rows.{name(column)}) as {name(column)}")
    query = f"select rows.* replace ({', '.join(instead)}) from {rows} as rows {' '.join(joins)}"
    changed = " or ".join(f"cells_{at}.new is not null" for at in range(len(instead)))
    found = con.execute(f"select exists ({query} where {changed or 'false'})").fetchone()
    if not found or not found[0]:
        return False
    _write(con, f"select * exclude (file_row_number) from ({query}) order by file_row_number", file)
    return True


def _rename_keys(con: duckdb.DuckDBPyConnection, file: Path) -> bool:
    """Write rows set aside with the new pseudonyms in their keys, so that they can be settled."""
    rows = f"read_parquet({text(literal_path(file))}, hive_partitioning = false)"
    held = {row[0] for row in con.execute(f"describe from {rows}").fetchall()}
    form = "'(email|phone|handle|account)_[0-9a-f]{32}'"
    if "row_key" not in held:
        return False
    found = con.execute(f"""
        select distinct renamed.old, renamed.new
        from (select unnest(regexp_extract_all(row_key, {form})) as part from {rows})
        inner join renamed on part = renamed.old
    """).fetchall()
    key = "row_key"
    for old, new in found:
        key = f"replace({key}, {text(old)}, {text(new)})"
    if found:
        _write(con, f"select * replace ({key} as row_key) from {rows}", file)
    return bool(found)


def _rename_vault(vault: Path, key: bytes) -> None:
    """Write the vault anew under the new pseudonyms: one rename, and none of the old in it."""
    if not vault.exists():
        return
    partial = partial_name(vault)
    partial.unlink(missing_ok=True)
    with duckdb.connect() as con:
        _fill_renamed(con, vault, key)
        con.execute(f"attach {text(vault)} as old (read_only)")
        con.execute(f"attach {text(partial)} as new")
        con.execute("copy from database old to new (schema)")
        con.execute("""
            insert into new.identifiers
            select coalesce(renamed.new, known.pseudonym), ref_type, value
            from old.identifiers as known
            left join renamed on known.pseudonym = renamed.old
        """)
        con.execute("checkpoint new")
    take_its_place(partial, vault)


def _write(con: duckdb.DuckDBPyConnection, query: str, file: Path) -> None:
    partial = partial_name(file)
    con.execute(f"copy ({query}) to {text(partial)} (format parquet, compression zstd)")
    take_its_place(partial, file)
