"""A small data directory with everything that can be attacked, in a second and without dbt.

Two batches have landed, two editions are published and a third is a candidate that has passed. The
marts are a few rows, and the verdict on them is given without asking the gate; all else is what
the product wrote. The operator's key stands beside the data directory.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from orchestration.gate import built
from orchestration.gate.asked import keep_results
from orchestration.gate.declared import FILE_NAME as RULES_FILE
from orchestration.gate.declared import write_rules
from orchestration.gate.verdict import write_verdict
from orchestration.landing.accept import accept
from orchestration.landing.contract import load_contract
from orchestration.landing.ledger import latest_batch
from orchestration.publication.candidate import make_candidate
from orchestration.publication.changelog import initialise as initialise_changelog
from orchestration.publication.editions import Edition
from orchestration.publication.publish import WritePages, publish
from orchestration.system.hashes import hash_file
from orchestration.system.paths import PROJECT_ROOT, DataPaths
from orchestration.system.seals import VARIABLE
from orchestration.warehouse.marts import close_marts
from orchestration.warehouse.news import file_stamps
from orchestration.warehouse.run_context import (
    Built,
    new_context,
    read_built,
    write_built,
    write_context,
)
from tests.orchestration.publication.small_marts import (
    MARTS,
    RULES,
    build_edition,
    change_marts,
    verdict_on,
)

HEADER = "contact_id,channel,direction,queue_entered_at,disposition,updated_at\n"
ROW = "{id},phone,inbound,2026-0{month}-01T08:00:00Z,answered,2026-0{month}-01T09:00:00Z\n"
PUBLISHED, CANDIDATE = ("e1", "e2"), "e3"


@dataclass
class World:
    """A data directory, its operator's key, and the hashes of the editions that were proven."""

    paths: DataPaths
    key: Path
    proven: dict[str, str]

    @property
    def candidate(self) -> Path:
        return self.paths.candidates / CANDIDATE / "pilotage.duckdb"

    @property
    def current(self) -> Path:
        """The directory of the edition that readers open."""
        return self.paths.editions / PUBLISHED[-1]

    @property
    def former(self) -> Path:
        return self.paths.editions / PUBLISHED[0]

    def build(self, edition: str) -> None:
        """Change the marts as a build would, and leave what a build leaves."""
        build_edition(self.paths, edition)
        self.leave(edition)

    def leave(self, edition: str, **other: object) -> None:
        """Leave the records of a whole build of the marts as they stand."""
        close_marts(self.paths.marts_db)
        keep_results(self.paths.warehouse, edition, RULES.project_fingerprint, (), {})
        hashes = (self.paths.marts_db, self.paths.warehouse / RULES_FILE)
        counts = {"expected": 9, "done": 6, "standing": 3, "tests": 4} | other
        proof = built.BuildProof(
            edition=edition,
            project_fingerprint=RULES.project_fingerprint,
            nodes_sha256="n",
            marts_sha256=hash_file(hashes[0])[0],
            rules_sha256=hash_file(hashes[1])[0],
            **counts,  # type: ignore[arg-type]
        )
        built.write_proof(self.paths.warehouse, proof)
        self.paths.build_db.touch()
        batch = latest_batch(self.paths)
        context = new_context(batch, None)
        write_context(self.paths, context)
        stamps = file_stamps(self.paths)
        fingerprint = RULES.project_fingerprint
        seen = [None, None]
        known = Built(edition, None, batch, fingerprint, "", seen, stamps, str(self.paths.root))
        write_built(self.paths, known)

    def gate(self, edition: str = CANDIDATE) -> None:
        """Make the candidate and judge it, by what the build proves alone."""
        candidate = make_candidate(self.paths, edition)
        self.judge(candidate)

    def judge(self, candidate: Path) -> None:
        doubt = built.unproven(candidate.parent, hash_file(candidate)[0])
        failing = frozenset({built.CHECK}) if doubt else frozenset()
        write_verdict(verdict_on(candidate, failing), candidate)

    def publish(self, edition: str = CANDIDATE, write_pages: WritePages | None = None) -> Edition:
        return publish(self.paths, edition, write_pages=write_pages)

    def drop(self, name: str, month: int) -> None:
        folder = self.paths.inbox / "interactions"
        folder.mkdir(parents=True, exist_ok=True)
        rows = "".join(ROW.format(id=f"{name}{number}", month=month) for number in range(3))
        (folder / f"contacts_{name}.csv").write_text(HEADER + rows)

    def accept(self) -> None:
        accept(self.paths, load_contract(PROJECT_ROOT))

    def accepted(self, batch: int) -> Path:
        """The accepted file of a batch."""
        folder = self.paths.accepted / "interactions" / "contacts" / f"batch={batch}"
        return folder / "rows.parquet"

    def readers_sha256(self) -> str | None:
        """The hash of what readers get when they open the pointer now; None for nothing."""
        if not self.paths.pointer.exists():
            return None
        return hash_file(self.paths.pointer.resolve())[0]


def write_key(path: Path, letter: str = "a") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(letter * 64)
    path.chmod(0o600)
    return path


@contextmanager
def with_key(paths: DataPaths, key: Path | None) -> Iterator[None]:
    """Let the product see this data directory and this key (None: no key)."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PILOTAGE_DATA_DIR", str(paths.root))
        patch.setenv("PILOTAGE_PSEUDONYM_KEY", "k" * 64)
        if key:
            patch.setenv(VARIABLE, str(key))
        else:
            patch.delenv(VARIABLE, raising=False)
        yield


def make_world(root: Path, has_key: bool = True, write_pages: WritePages | None = None) -> World:
    """Make the world in an empty folder, signed with a key beside it or not."""
    world = World(DataPaths(root / "data"), write_key(root / "key" / "signing"), {})
    with with_key(world.paths, world.key if has_key else None):
        for number, name in enumerate(("a", "b"), start=1):
            world.drop(name, number)
            world.accept()
        initialise_changelog(world.paths)
        change_marts(world.paths, MARTS)
        write_rules(world.paths.warehouse, RULES)
        for edition in (*PUBLISHED, CANDIDATE):
            world.build(edition)
            world.gate(edition)
            world.proven[edition] = hash_file(
                world.paths.candidates / edition / world.candidate.name
            )[0]
            if edition in PUBLISHED:
                world.publish(edition, write_pages)
    return world


def copied(world: World, root: Path) -> World:
    """Return a copy of the world, with its links and its times as they are."""
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(world.key.parent.parent, root, symlinks=True)
    os.chmod(root / "key" / "signing", 0o600)  # noqa: PTH101
    copy = World(DataPaths(root / "data"), root / "key" / "signing", dict(world.proven))
    with with_key(copy.paths, copy.key if _is_signed(copy.paths) else None):
        # a copy has other files than those that its build left
        if known := read_built(copy.paths):
            write_built(copy.paths, replace(known, files=file_stamps(copy.paths)))
    return copy


def _is_signed(paths: DataPaths) -> bool:
    built = paths.warehouse / "built.json"
    return built.exists() and '"hmac"' in built.read_text()
