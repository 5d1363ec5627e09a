"""Everything read again: which files of the data directory mention somebody, and how often."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from orchestration.forgetting.contents import count
from orchestration.forgetting.traces import Traces
from orchestration.landing.marks import journal
from orchestration.system.errors import PilotageError
from orchestration.system.paths import DataPaths

# Keys and marks say nothing of anybody; the inbox is looked through by whoever asks for it.
_KEYS = (
    "pseudonym.key",
    "pseudonym.key.next",
    "pseudonym.key.id",
    "suppression.key",
    "suppressed.txt",
)


@dataclass(frozen=True)
class Found:
    """A file that mentions somebody; `place` is its folder in words, `mentions` are counted."""

    path: Path
    place: str
    mentions: int


@dataclass(frozen=True)
class Proof:
    """What was read (files, bytes), and what was found in it."""

    files: int
    size_bytes: int
    found: tuple[Found, ...]

    def by_place(self) -> dict[str, dict[str, int]]:
        """Return files and mentions by place."""
        counted: dict[str, dict[str, int]] = {}
        for one in self.found:
            place = counted.setdefault(one.place, {"files": 0, "mentions": 0})
            place["files"] += 1
            place["mentions"] += one.mentions
        return counted


def files_of(paths: DataPaths) -> Iterator[Path]:
    """Yield every file below the data directory; links are not followed."""
    known = {journal(paths), paths.lock, *(paths.vault / key for key in _KEYS)}
    for path in sorted(paths.root.rglob("*")):
        if path.is_file() and not path.is_symlink() and path not in known:
            yield path


def place_of(paths: DataPaths, path: Path) -> str:
    """Return the folder of a file in the words of the landing contract."""
    first, *rest = path.relative_to(paths.root).parts
    return rest[0] if first == "landing" and rest else first


def search(
    paths: DataPaths, traces: Traces, is_asked: Callable[[Path], bool] = lambda path: True
) -> Proof:
    """Read every file that `is_asked`: its bytes, and the values of its columns as text.

    A file that cannot be read is an error: nobody knows what it says.
    """
    files, size, found = 0, 0, []
    for path in files_of(paths):
        if not is_asked(path):
            continue
        try:
            mentions = count(path, traces) + traces.mentions(path.name)
        except FileNotFoundError:
            continue
        except Exception as error:
            raise PilotageError(
                f"{path} cannot be read ({type(error).__name__}), so that nobody knows whom it "
                "mentions: mend or remove it, then `pilotage forget --resume`."
            ) from error
        files, size = files + 1, size + path.stat().st_size
        if mentions:
            found.append(Found(path, place_of(paths, path), mentions))
    return Proof(files, size, tuple(found))
