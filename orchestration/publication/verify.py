"""Every byte that landed and was published, against what is on record of it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from orchestration.gate.verdict import FILE_NAME as VERDICT_FILE
from orchestration.gate.verdict import KIND as VERDICT_KIND
from orchestration.landing.commit import accepted_directory
from orchestration.landing.ledger import KIND as BATCH_KIND
from orchestration.landing.ledger import link, link_of, stored_records
from orchestration.landing.proof import flaws as landing_flaws
from orchestration.landing.write import hashed
from orchestration.publication.changelog import changes_flaws
from orchestration.publication.editions import EDITION_FILE, EDITION_KIND, current_name
from orchestration.publication.files import DATABASE
from orchestration.publication.history import (
    KIND,
    PAST,
    changes_sha256,
    history,
    history_flaws,
    history_path,
    publication_of,
    record_sha256,
)
from orchestration.publication.proof import edition_flaws, files_of
from orchestration.system.errors import PilotageError
from orchestration.system.files import read_json, share, write_file, write_json
from orchestration.system.hashes import Hashes, hash_file
from orchestration.system.paths import DataPaths
from orchestration.system.seals import SEAL, content_sha256, flaw, sealed


def verify(paths: DataPaths) -> Iterator[tuple[str, list[str]]]:
    """Yield what was looked at, in words, and what is wrong with it. Reads every byte."""
    hashes = Hashes()
    known = len(stored_records(paths))
    yield f"the ledger of {max(known - 1, 0)} batches", list(landing_flaws(paths, hashes))
    yield "the history of editions", [*history_flaws(paths), *_pointer_flaws(paths)]
    yield "what editions changed", [*changes_flaws(paths, hashes), *_past_flaws(paths)]
    for directory in _editions(paths):
        found = [*edition_flaws(paths, directory, hashes), *_anchor_flaws(paths, directory)]
        if not found and publication_of(paths, directory.name) is None:
            found = [f"{directory} is in no line of {history_path(paths)}"]
        yield f"the edition {directory.name}", found


def _editions(paths: DataPaths) -> list[Path]:
    found = paths.editions.iterdir() if paths.editions.is_dir() else ()
    return sorted(one for one in found if not one.name.startswith("."))


def _pointer_flaws(paths: DataPaths) -> Iterator[str]:
    entries, current = history(paths), current_name(paths)
    last = entries[-1]["edition"] if entries else None
    if current != last:
        yield f"{paths.pointer} leads to {current or 'nothing'}, the history to {last or 'nothing'}"


def _anchor_flaws(paths: DataPaths, directory: Path) -> Iterator[str]:
    """An edition knows the last batch that it was made of: a ledger cut short does not."""
    record = read_json(directory / EDITION_FILE) or {}
    if record.get("landed"):
        batch = record["batches"]["latest"]
        if link_of(paths, batch) != record["landed"]:
            yield f"Batch {batch} of the ledger is not the one that {directory.name} was made of"


def _past_flaws(paths: DataPaths) -> Iterator[str]:
    past = paths.published / PAST
    for directory in sorted(past.iterdir()) if past.is_dir() else ():
        where = directory / EDITION_FILE
        record, line = read_json(where), publication_of(paths, directory.name)
        if record is None or (said := flaw(record, EDITION_KIND)):
            yield f"{where} {said if record else 'is missing, or not whole'}"
        elif line is None or line.get("record_sha256") not in (
            None,
            content_sha256(record, EDITION_KIND),
        ):
            yield f"{where} is not the record that was published"


def refuse_altered(paths: DataPaths) -> None:
    """Raise PilotageError when what landed or was published is not as it was written.

    What is written anew is sealed anew, and must not seal with it what somebody else has altered.
    """
    hashes = Hashes()
    found = [*landing_flaws(paths, hashes), *history_flaws(paths)]
    found += [*changes_flaws(paths, hashes), *_past_flaws(paths)]
    for directory in _editions(paths):
        found += [*edition_flaws(paths, directory, hashes), *_anchor_flaws(paths, directory)]
    if found:
        raise PilotageError(
            f"{found[0]}.\nWhat would be sealed anew must be as it was written: "
            "`pilotage verify` names all that is not, docs/operations.md says what to do."
        )


def seal_again(paths: DataPaths) -> None:
    """Seal what the program itself has written anew: rows, records, editions.

    An edition whose record is not signed by the key of today is nobody's own, and stays so.
    """
    for _ in _seal(paths, is_adopted=False):
        pass


def sign(paths: DataPaths) -> Iterator[str]:
    """Seal anew what stands here, with the key of today, and yield what was sealed, in words.

    What landed is taken as it is. An edition is sealed only where its bytes are those of its record
    and its verdict; `verify` names the others. Raises PilotageError for a record that is not whole.
    """
    yield from _seal(paths, is_adopted=True)


def _seal(paths: DataPaths, is_adopted: bool) -> Iterator[str]:
    stored_ones = stored_records(paths)
    for path, stored in stored_ones.items():
        if not isinstance(stored, dict):
            raise PilotageError(f"{path} is not whole.\nRestore it from a backup.")
    _sign_ledger(paths)
    yield f"the ledger of {max(len(stored_ones) - 1, 0)} batches"
    for directory in [*_editions(paths), *_past(paths)]:
        if _sign_edition(paths, directory, directory.parent == paths.editions, is_adopted):
            yield f"the edition {directory.name}"
    entries = history(paths)
    if entries:
        _sign_history(paths, entries)
        yield f"{len(entries)} lines of history"


def _past(paths: DataPaths) -> list[Path]:
    past = paths.published / PAST
    return sorted(past.iterdir()) if past.is_dir() else []


def _sign_ledger(paths: DataPaths) -> None:
    before: str | None = None
    for path, stored in stored_records(paths).items():
        if stored.get("source"):
            where = accepted_directory(paths, stored["source"], stored["table"], stored["batch"])
            stored["parquet"] = [hashed(file) for file in sorted(where.glob("*.parquet"))]
        stored["previous"] = before
        write_json(path, sealed(stored, BATCH_KIND))
        before = link(stored)


def _sign_edition(paths: DataPaths, directory: Path, is_kept: bool, is_adopted: bool) -> bool:
    """Seal an edition's record and verdict, where they and its bytes agree."""
    where, record = directory / EDITION_FILE, read_json(directory / EDITION_FILE)
    if not isinstance(record, dict) or record.get("edition") != directory.name:
        return False
    is_sound = _is_unaltered if is_adopted else _is_ours
    if not is_sound(record, EDITION_KIND):
        return False
    if is_kept:
        verdict = read_json(directory / VERDICT_FILE)
        if not isinstance(verdict, dict) or not is_sound(verdict, VERDICT_KIND):
            return False
        try:
            bytes_now = hash_file(directory / DATABASE)[0]
        except (OSError, PilotageError):
            return False
        if not bytes_now == record["sha256"] == verdict.get("candidate_sha256"):
            return False
        write_json(directory / VERDICT_FILE, sealed(verdict, VERDICT_KIND))
        record["files"] = files_of(directory)
    if "landed" in record:
        # the ledger may have been linked anew
        record["landed"] = link_of(paths, record["batches"]["latest"])
    write_json(where, sealed(record, EDITION_KIND))
    share(directory)
    return True


def _is_unaltered(stored: dict[str, Any], kind: str) -> bool:
    """True of a record that is what its own hash says, whoever has signed it."""
    seal = stored.get(SEAL)
    return seal is None or seal.get("sha256") == content_sha256(stored, kind)


def _is_ours(stored: dict[str, Any], kind: str) -> bool:
    """True of a record that is sound, and signed where the operator gives a key."""
    return flaw(stored, kind) is None


def _sign_history(paths: DataPaths, entries: list[dict[str, Any]]) -> None:
    lines, before = [], None
    for entry in entries:
        name = entry["edition"]
        now = {"record_sha256": record_sha256(paths, name), "after": before}
        now["changes_sha256"] = changes_sha256(paths, name)
        lines.append(json.dumps(sealed({**entry, **now}, KIND)))
        before = content_sha256(json.loads(lines[-1]), KIND)
    write_file(history_path(paths), ("\n".join(lines) + "\n").encode())
    share(history_path(paths))
