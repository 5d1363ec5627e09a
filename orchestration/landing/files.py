"""Which files lie in the inbox, and for which table of the contract. Opens and changes none."""

import os
import re
import stat
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestration.landing.contract import Contract, Table
from orchestration.landing.mappings.declared import FileMapping
from orchestration.landing.workbooks import SUFFIX

SUFFIXES = {
    ".csv": ("csv", False),
    ".csv.gz": ("csv", True),
    ".jsonl": ("jsonl", False),
    ".jsonl.gz": ("jsonl", True),
    ".xlsx": ("csv", False),
    ".parquet": ("parquet", False),
}

# Seconds without a change after which a file that ends in the middle of a line counts as whole.
LONGEST_WAIT = 600


# What was said of each source's files.
Mappings = Mapping[str, Sequence[FileMapping]]


@dataclass(frozen=True)
class InboxFile:
    """A file to accept into `table`. `kind` is csv, jsonl or parquet.

    One that is not in the contract's form has a `mapping` that says what its columns are. One that
    a connector made says `made_by` which, and in which zone its local times are.
    """

    path: Path
    table: Table
    kind: str
    is_gzipped: bool
    mapping: FileMapping | None = None
    made_by: str = ""
    local_time_zone: str = ""

    @property
    def time_zone(self) -> str:
        """The zone of instants without an offset."""
        said = self.local_time_zone or (self.mapping and self.mapping.time_zone)
        return said or self.table.time_zone

    @property
    def is_workbook(self) -> bool:
        return self.path.name.lower().endswith(SUFFIX)

    @property
    def mapped_by(self) -> str:
        """Hash of the mapping; empty without one. Read by another one, a file is another file."""
        return self.mapping.sha256 if self.mapping else ""

    @property
    def name(self) -> str:
        return self.path.name


@dataclass(frozen=True)
class Refusal:
    """A file of the inbox that was not accepted as a whole, and why. `file` is below the inbox.

    One that only waits for its end says since when (epoch), and which `stamp` it has had since.
    """

    file: str
    reason: str
    waits_since: float | None = None
    stamp: tuple[int, ...] = ()


def is_over(refusal: Refusal) -> bool:
    """Has the file waited long enough for an end that never came?"""
    since = refusal.waits_since
    return since is not None and time.time() - since >= LONGEST_WAIT


class FileRefused(Exception):
    """One file cannot be accepted; the message says why and what to do. Others go on."""


def scan(
    inbox: Path, contract: Contract, mappings: Mappings, vendors: Collection[str] = ()
) -> tuple[list[InboxFile], list[Refusal]]:
    """Return the files to accept, by source, table and name, and what cannot be one.

    Directories of `vendors` are their connectors' to read. Names that begin with a dot are skipped:
    uploads under way and the system's own files.
    """
    files: list[InboxFile] = []
    refusals: list[Refusal] = []
    for source in _entries(inbox, inbox, refusals):
        if source.name in vendors:
            continue
        if not _is_directory(source):
            known = ", ".join(contract.sources)
            reason = f"not in a source's directory; move it to one of {known}"
            refusals.append(Refusal(_shown(source.name), reason))
            continue
        for path in _entries(source, inbox, refusals):
            try:
                files.append(identify(path, contract, mappings))
            except FileRefused as refused:
                shown = _shown(f"{source.name}/{path.name}")
                refusals.append(Refusal(shown, str(refused)))
    return in_order(files, contract), refusals


def in_order(files: Iterable[InboxFile], contract: Contract) -> list[InboxFile]:
    """Files by table, as the contract lists them, then by name."""
    order = {key: position for position, key in enumerate(contract.tables)}
    return sorted(files, key=lambda file: (order[file.table.source, file.table.name], file.name))


def identify(path: Path, contract: Contract, mappings: Mappings | None = None) -> InboxFile:
    """Say what `path` (`<source>/<table>*.<kind>`, or what a mapping names) is.

    The first mapping of its source that names it counts. `FileRefused` when it is nothing known.
    """
    tables = contract.of_source(path.parent.name)
    if not tables:
        known = ", ".join(contract.sources)
        raise FileRefused(f"unknown source {path.parent.name!r}; the contract knows {known}")
    if _shown(path.name) != path.name:
        raise FileRefused("has a name that is not UTF-8; rename it")
    name = path.name.lower()
    suffix = suffix_of(name)
    if not suffix:
        raise FileRefused(unknown_kind(name))
    stem = name.removesuffix(suffix)
    said = (mappings or {}).get(path.parent.name, ())
    mapping = next((one for one in said if one.fits(path.name)), None)
    table = tables[mapping.table] if mapping else table_of(stem, tables)
    if table is None:
        raise FileRefused(
            f"no table has a name that {stem!r} begins with: {', '.join(tables)}; "
            f"`pilotage map {path.name}` says what its columns are"
        )
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise FileRefused(cannot_read(error)) from error
    if not stat.S_ISREG(mode):
        what = "a directory" if stat.S_ISDIR(mode) else "not a regular file"
        raise FileRefused(f"is {what}; a file is expected")
    kind, is_gzipped = SUFFIXES[suffix]
    return InboxFile(path, table, kind, is_gzipped, mapping)


def stem_of(name: str) -> str:
    """A file's name without what says its kind."""
    return name[: len(name) - len(suffix_of(name))]


def suffix_of(name: str, suffixes: Collection[str] = tuple(SUFFIXES)) -> str:
    """The longest of `suffixes` that a name ends with, as written; empty for none."""
    known = sorted(suffixes, key=len, reverse=True)
    length = next((len(suffix) for suffix in known if name.lower().endswith(suffix)), 0)
    return name[len(name) - length :]


def unknown_kind(name: str) -> str:
    what = f"unknown kind of file; use {', '.join(SUFFIXES)}"
    if name.endswith((".xls", ".ods", ".xlsm", ".xlsb")):
        what += "; save a workbook as .xlsx, or its sheet as CSV"
    return what


def cannot_read(error: OSError) -> str:
    """The reason to give for a file that cannot be opened or read."""
    if isinstance(error, FileNotFoundError):
        return "vanished while it was being read; drop it again and run again"
    if isinstance(error, PermissionError):
        return "permission denied; let the user who runs this read it"
    return f"cannot be read: {error.strerror or error}"


def table_of(stem: str, tables: dict[str, Table]) -> Table | None:
    """The table with the longest name that begins `stem`, and what follows is no other word.

    A browser adds ` (1)` to a name that it has saved before.
    """
    fitting = [name for name in tables if re.fullmatch(rf"{name}([_\-. (0-9].*)?", stem, re.DOTALL)]
    return tables[max(fitting, key=len)] if fitting else None


def _shown(name: str) -> str:
    """A name that can be written down, whatever bytes the disk has."""
    return name.encode("utf-8", "replace").decode()


def _entries(directory: Path, inbox: Path, refusals: list[Refusal]) -> list[Path]:
    try:
        names = sorted(entry.name for entry in os.scandir(directory))
    except OSError as error:
        shown = str(directory.relative_to(inbox)) if directory != inbox else "."
        refusals.append(Refusal(shown, cannot_read(error)))
        return []
    return [directory / name for name in names if not name.startswith(".")]


def _is_directory(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False
