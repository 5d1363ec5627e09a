"""How exports name tables, columns and codes: `words.yml`, and the labels of the seeds."""

import csv
from functools import lru_cache
from pathlib import Path
from typing import Any

from orchestration.landing.codes import SEEDS, codes
from orchestration.landing.contract import Column, Table
from orchestration.landing.mappings.fillings import plain
from orchestration.landing.said import read_said

FILE = Path(__file__).with_name("words.yml")
# Words that say nothing of a column.
EMPTY = {"a", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "of", "on", "the"}
SURE, LIKELY = 100.0, 50.0


@lru_cache
def words() -> dict[str, Any]:
    return read_said(FILE)


@lru_cache
def names(table: Table, column: str) -> tuple[str, ...]:
    """The names of a column, the best first, as `plain` writes them."""
    declared = words()["columns"]
    found = [plain(column), plain(column.rsplit("_", 1)[0])]
    found += [
        plain(one) for one in declared.get(f"{column}__{table.name}", declared.get(column, []))
    ]
    if column == table.key[0]:
        found += [plain(one) for one in words()["own_key_names"].get(table.name, [])]
        found += [plain(one) for one in words()["keys"]]
    return tuple(dict.fromkeys(found))


def likeness(header: str, table: Table, column: str) -> float:
    """How well a header names a column: 0 not at all; names that come first are better ones."""
    said = plain(header)
    bare = _bare(said)
    best = 0.0
    for place, name in enumerate(names(table, column)):
        if said == name:
            return 2 * SURE - place
        if bare and bare == _bare(name):
            best = max(best, SURE + 50 - place)
        elif len(name) > 2 and f" {name} " in f" {said} ":
            best = max(best, LIKELY + min(40, 10 * len(name.split())) - place / 10)
    return best


def _bare(said: str) -> str:
    return " ".join(word for word in said.split() if word not in EMPTY)


def named_by(stem: str) -> set[str]:
    """The tables that a file's name speaks of, by its longest word."""
    found: dict[str, int] = {}
    for table, known in words()["files"].items():
        fitting = [word for word in [table, *known] if _speaks_of(stem, word)]
        if fitting:
            found[table] = max(map(len, fitting))
    return {table for table, length in found.items() if length == max(found.values())}


def constants(table: str, stem: str) -> dict[str, tuple[str, str]]:
    """What a file's name says of all of its rows: column → (value, the word that says so)."""
    return {
        column: (value, word)
        for word, said in words()["constants"].get(table, {}).items()
        if _speaks_of(stem, word)
        for column, value in said.items()
    }


def _speaks_of(stem: str, word: str) -> bool:
    letters = "".join(" " if letter.isdigit() else letter for letter in stem)
    return f" {plain(word)} " in f" {plain(letters)} "


@lru_cache
def meanings(column: Column, seeds: Path = SEEDS) -> dict[str, str]:
    """The code of the contract by how it may be written: codes, labels of its seed, synonyms."""
    found: dict[str, str] = {}
    declared = words()["values"].get(column.name, {})
    known = column.allowed or tuple(sorted(known_codes(column)))
    for code in known:
        for said in (code, *_labels(column, code, seeds), *declared.get(code, [])):
            found.setdefault(plain(said), code)
    return found


def known_codes(column: Column) -> set[str]:
    """The codes that the contract or a seed knows of a column."""
    if column.allowed:
        return set(column.allowed)
    return codes(column.known_in, column.case) if column.known_in else set()


@lru_cache
def _labels_of(path: Path, code_column: str) -> dict[str, tuple[str, ...]]:
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {
            row[code_column].strip().lower(): tuple(
                value for name, value in row.items() if name.startswith("label") and value
            )
            for row in csv.DictReader(file)
        }


def _labels(column: Column, code: str, seeds: Path) -> tuple[str, ...]:
    if not column.known_in:
        return ()
    seed, _, name = column.known_in.partition(".")
    return _labels_of(seeds / f"{seed}.csv", name).get(code.lower(), ())
