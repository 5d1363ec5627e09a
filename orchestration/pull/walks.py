"""How far lists were walked that do not come oldest first: a pull that was cut goes on from there.

Beside dlt's state, one file a vendor: of each kind the newest instant of its last whole walk, and
where the next page of one begins that was not finished. A position is written after its part
landed; a part that came twice says the same twice.
"""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from orchestration.system.files import read_json, write_private

# A position older than this begins anew: what was walked then may have changed since.
LASTS = timedelta(days=1)


@dataclass
class Walk:
    """One kind of record.

    `last` is the newest instant of the last whole walk, in seconds since 1970, None before it.
    `position` is where the next page begins, None at the start of a walk; `begun` is when this walk
    began and `newest` what it saw so far, both in seconds since 1970.
    """

    last: int | None = None
    position: str | None = None
    begun: float = 0
    newest: int | None = None

    def seen(self, instant: int) -> None:
        self.newest = instant if self.newest is None else max(self.newest, instant)

    def restart(self) -> None:
        self.position, self.newest, self.begun = None, None, datetime.now(UTC).timestamp()

    def end(self) -> None:
        """The walk is whole: the next one asks for what is new since."""
        if self.newest is not None:
            self.last = self.newest if self.last is None else max(self.last, self.newest)
        self.restart()


class Walks:
    """The walks of a vendor, in the file `path`; private, since dlt's state beside it is."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known = {name: Walk(**said) for name, said in (read_json(path) or {}).items()}

    def of(self, name: str, last: int | None) -> Walk:
        """The walk to go on with; `last` is what an earlier version kept of whole ones."""
        walk = self._known.setdefault(name, Walk(last=last))
        began = datetime.fromtimestamp(walk.begun, UTC)
        if walk.position is None or began + LASTS < datetime.now(UTC):
            walk.restart()
        return walk

    def save(self) -> None:
        said = {name: asdict(walk) for name, walk in self._known.items()}
        write_private(self._path, json.dumps(said))
