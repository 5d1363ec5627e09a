"""Whether a loss of power could take away what a command has shown already.

A file system may forget every byte and every name that was not asked for to be on the disk
(`fsync`). So what is renamed must be there before, with all that is in it, and one renaming must
have arrived before the next comes. Python tells of renamings before they happen.
"""

import os
import stat
import sys
import time
from pathlib import Path
from typing import Any

from orchestration.forgetting.erase import Order
from tests.faults.victim import run_alone
from tests.faults.world import World


class Disk:
    """Knows what has arrived on the disk, by file number and time of change."""

    def __init__(self, root: Path) -> None:
        self.root, self.begun = root, time.time_ns()
        self.arrived: dict[int, int] = {}
        self.all_at = 0
        self.waiting: Path | None = None
        self.found: list[str] = []
        self.renamed = 0

    def watch(self) -> None:
        fsync, sync = os.fsync, os.sync

        def heard_fsync(handle: int) -> None:
            fsync(handle)
            status = os.fstat(handle)
            self.arrived[status.st_ino] = status.st_mtime_ns
            if self.waiting and Path(f"/proc/self/fd/{handle}").resolve() == self.waiting:
                self.waiting = None

        def heard_sync() -> None:
            sync()
            self.all_at, self.waiting = time.time_ns(), None

        os.fsync, os.sync = heard_fsync, heard_sync
        sys.addaudithook(self._heard)

    def end(self) -> None:
        if self.waiting:
            self.found.append(f"at the end: {self._shown(self.waiting)} is not on the disk")

    def _heard(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event != "os.rename":
            return
        source, target = (Path(os.fsdecode(one)) for one in arguments[:2])
        if not target.is_relative_to(self.root):
            return
        self.renamed += 1
        if self.waiting:
            self.found.append(
                f"{self._shown(target)} comes before {self._shown(self.waiting)} is on the disk"
            )
        inside = [source, *source.rglob("*")] if source.is_dir() else [source]
        for file in inside:
            status = file.lstat()
            is_new = status.st_mtime_ns >= self.begun
            if is_new and stat.S_ISREG(status.st_mode) and not self._is_there(status):
                self.found.append(f"{self._shown(file)} is shown and not on the disk")
        self.waiting = target.parent.resolve()

    def _is_there(self, status: os.stat_result) -> bool:
        changed = status.st_mtime_ns
        return changed <= max(self.arrived.get(status.st_ino, 0), self.all_at)

    def _shown(self, path: Path) -> str:
        return str(path.relative_to(self.root)) if path.is_relative_to(self.root) else str(path)


def what_power_takes(command: str, world: World, order: Order | None, listed: Path) -> None:
    """Run a command and write the number of its renamings, then what could be lost, line by line.

    To be called in a process of its own.
    """
    disk = Disk(world.paths.root.resolve())
    run_alone(command, world, None, order, None, disk.watch)
    disk.end()
    listed.write_text("\n".join([str(disk.renamed), *disk.found]), encoding="utf-8")
