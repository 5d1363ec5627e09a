"""Texts and names inside SQL, always quoted.

Parameters would do the same, but for them DuckDB imports pandas: half a second of every command.
"""

from pathlib import Path


def text(value: str | Path) -> str:
    """`value` as an SQL text literal."""
    return "'" + str(value).replace("'", "''") + "'"


def name(value: str) -> str:
    """`value` as an SQL identifier."""
    return '"' + value.replace('"', '""') + '"'


def names(values: list[str] | tuple[str, ...], relation: str = "") -> str:
    """Comma-separated SQL identifiers, each of `relation` when one is given."""
    prefix = f"{relation}." if relation else ""
    return ", ".join(prefix + name(value) for value in values)


def literal_path(path: str | Path) -> str:
    """`path` as a file pattern that matches that file only, whatever of *, ? or [ its name holds.

    DuckDB reads every file name as a pattern: `calls_[1].csv` alone would be `calls_1.csv`.
    """
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(path))


def pattern(directory: Path, below: str) -> str:
    """A file pattern `below` a directory whose own name may hold *, ? or [."""
    return f"{literal_path(directory)}/{below}"
