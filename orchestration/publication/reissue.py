"""An edition written anew under its own name, because people in it were forgotten.

Its figures are those that were published; the file is another, so it is judged again, and its
record says when that was and which bytes it had before.
"""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from orchestration.gate.judge import file_sha256, judge
from orchestration.gate.verdict import FILE_NAME as VERDICT_FILE
from orchestration.gate.verdict import write_verdict
from orchestration.publication import summary
from orchestration.publication.candidate import CANDIDATE_FILE
from orchestration.publication.candidate import KIND as CANDIDATE_KIND
from orchestration.publication.editions import (
    EDITION_FILE,
    EDITION_KIND,
    Edition,
    complete_record,
)
from orchestration.publication.files import DATABASE
from orchestration.system.files import (
    move,
    private_directory,
    read_json,
    share,
    sync,
    write_json,
)
from orchestration.system.seals import sealed

# In the order in which they take the place of the old ones; the record comes last.
_PARTS = (DATABASE, VERDICT_FILE, CANDIDATE_FILE, EDITION_FILE)
# (the edition's file, the new one) -> False, and no file, when nothing is to change
Write = Callable[[Path, Path], bool]


def reissue(edition: Edition, write: Write) -> bool:
    """Let `write` make the edition's file anew, judge it and put it in place; False when it is as
    it should be. After a crash it goes on where it stopped."""
    aside = edition.directory.with_name(f".{edition.name}.reissued")
    if (aside / EDITION_FILE).exists():
        _move(aside, edition.directory)
    shutil.rmtree(aside, ignore_errors=True)
    private_directory(aside)
    database = aside / DATABASE
    if not write(edition.database, database):
        aside.rmdir()
        return False
    for beside in edition.directory.iterdir():
        if beside.is_file() and beside.name not in _PARTS:
            shutil.copyfile(beside, aside / beside.name)
    database.chmod(0o444)
    sync(database)
    verdict = judge(database)
    write_verdict(verdict, database)
    sha256, size = file_sha256(database), database.stat().st_size
    if candidate := read_json(edition.directory / CANDIDATE_FILE):
        made = candidate | {"sha256": sha256, "size_bytes": size}
        write_json(aside / CANDIDATE_FILE, sealed(made, CANDIDATE_KIND))
    record = complete_record(edition.directory) or edition.record
    reissued = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "sha256_before": record["sha256"],
    }
    anew = {
        "sha256": sha256,
        "size_bytes": size,
        "verdict": summary.verdict_summary(verdict),
        "reissued": [*record.get("reissued", []), reissued],
    }
    write_json(aside / EDITION_FILE, sealed(record | anew, EDITION_KIND))
    _move(aside, edition.directory)
    return True


def _move(aside: Path, directory: Path) -> None:
    """Put what was made aside in place, part by part."""
    for part in _PARTS:
        if (aside / part).exists():
            share(aside / part)
            move(aside / part, directory / part)
    shutil.rmtree(aside)
