"""Many small files of one form, read and judged as one: a file costs its rows, not a query.

Lines of the files stand one after the other in one copy with one header. Which file a row came
from, and where it stood in it, is a range of lines; quarantine and ledger say it of each file as
ever. Whatever is not plain enough for that (quotes, blank lines, another encoding) is read alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from orchestration.landing.prepass import UTF8, Examined
from orchestration.landing.read import Loaded, load

SMALL, FEWEST = 1 << 16, 4


def packed(files: Iterable[tuple[int, Examined]]) -> list[list[tuple[int, Examined]]]:
    """Return the files in groups that can be read as one; a group of one is read alone."""
    groups: dict[tuple, list[tuple[int, Examined]]] = {}
    alone = []
    for number, examined in files:
        form = _form(examined)
        if form is None:
            alone.append([(number, examined)])
        else:
            groups.setdefault(form, []).append((number, examined))
    for group in groups.values():
        alone += [group] if len(group) >= FEWEST else [[one] for one in group]
    return sorted(alone, key=lambda group: group[0][0])


def _form(examined: Examined) -> tuple | None:
    """What two files have in common whose lines may follow one another; None for no such file."""
    file, table = examined.file, examined.file.table
    is_plain = (
        (file.kind, file.is_gzipped, file.mapping) == ("csv", False, None)
        and (examined.encoding, examined.needs_a_copy) == (UTF8, False)
        and not (examined.has_quotes or examined.carriage_returns)
        and examined.stamp[0] <= SMALL
        and all(c.name in examined.columns for c in table.columns if c.required)
    )
    if not is_plain:
        return None
    try:
        header, _, body = file.path.read_bytes().partition(b"\n")
    except OSError:
        return None
    lines = body.count(b"\n") + (body[-1:] not in b"\n")
    if b"\n\n" in b"\n" + body or lines != examined.lines - 1:
        return None
    return header, tuple(examined.columns), examined.delimiter, examined.spaces


def load_pack(
    con: duckdb.DuckDBPyConnection, group: Sequence[tuple[int, Examined]], number: int, spill: Path
) -> Loaded:
    """Read a group into `raw_<number>`, with `parts_<number>` (file_number, first, last) of rows.

    Raises `FileRefused` when its lines do not add up: then each file is to be read alone.
    """
    copy, first = spill / f"{number}.pack", 1
    parts = []
    with copy.open("wb") as out:
        for at, (file_number, examined) in enumerate(group):
            header, _, body = examined.file.path.read_bytes().partition(b"\n")
            rows = examined.lines - 1
            out.write(header + b"\n" + body if at == 0 else body)
            out.write(b"" if body.endswith(b"\n") or not body else b"\n")
            parts.append(f"({file_number}, {first}, {first + rows - 1})")
            first += rows
    whole = replace(group[0][1], copy=copy, lines=first)
    loaded = load(con, whole, number, spill)
    con.execute(
        f"create table parts_{number} as select * from (values {', '.join(parts)})"
        " as parts (file_number, first, last)"
    )
    return loaded


def unpack(
    con: duckdb.DuckDBPyConnection, loaded: Loaded, group: Sequence[tuple[int, Examined]]
) -> list[Loaded]:
    """Say of the typed rows of a pack which file they come from; return its files, loaded."""
    for relation, file in (("typed", "file__number"), ("suppressed", "file_number")):
        if (
            relation == "suppressed"
            and not con.execute(
                "select 1 from duckdb_tables() where table_name = 'suppressed'"
            ).fetchone()
        ):
            continue
        con.execute(f"""
            update {relation}
            set {file} = parts.file_number, row_number = {relation}.row_number - parts.first + 1
            from parts_{loaded.number} as parts
            where {relation}.{file} = {loaded.number}
                and {relation}.row_number between parts.first and parts.last
        """)
    return [
        replace(loaded, examined=examined, number=number, pack=loaded.number)
        for number, examined in group
    ]


def rows_with_file(file: Loaded, relation: str) -> str:
    """SQL for the rows of a loaded file, or of its whole pack, with file_number and row_number."""
    if file.pack is None:
        return f"(select {file.number} as file_number, * from {relation})"
    return (
        f"(select parts.file_number, rows.* replace (rows.row_number - parts.first + 1 as"
        f" row_number) from {relation} as rows inner join parts_{file.pack} as parts"
        " on rows.row_number between parts.first and parts.last)"
    )


def each_relation(files: Iterable[Loaded]) -> list[Loaded]:
    """Return one file for each relation that the files were read into."""
    return list({file.relation: file for file in files}.values())
