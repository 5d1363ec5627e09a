"""The project's reference as dbt writes it, one HTML file, which the portal leads to.

`python -m orchestration.site.reference` makes it in the data directory, under the fingerprint of
the project that it describes. Each later edition of the same project carries a copy among its
pages: what is published is sealed, and a link of it never leads nowhere.
"""

from pathlib import Path

from orchestration.system.environment import dbt_target_path, prepare_environment
from orchestration.system.errors import PilotageError
from orchestration.system.files import private_directory, write_private
from orchestration.system.fingerprint import project_fingerprint
from orchestration.system.paths import PROJECT_ROOT, DataPaths

WRITTEN_BY_DBT = "static_index.html"
ADDRESS = "dbt.html"


def kept(paths: DataPaths, fingerprint: str | None) -> Path | None:
    """Return the reference of the project of that fingerprint; None where nobody has made it."""
    path = _folder(paths) / f"{fingerprint}.html"
    return path if path.is_file() else None


def keep(paths: DataPaths, written: Path, fingerprint: str) -> Path:
    """Keep what dbt has written for the project of that fingerprint, in the place of any other.

    Readers get it, too: where things lie on this machine is taken out.
    """
    text = written.read_text(encoding="utf-8")
    for place, name in ((paths.root, "DATA"), (PROJECT_ROOT, "PROJECT")):
        text = text.replace(str(place), name)
    folder = _folder(paths)
    private_directory(folder)
    target = folder / f"{fingerprint}.html"
    write_private(target, text)
    for other in set(folder.glob("*.html")) - {target}:
        other.unlink()
    return target


def _folder(paths: DataPaths) -> Path:
    return paths.warehouse / "reference"


def make(paths: DataPaths) -> Path:
    """Have dbt write the reference of the project as it stands, and keep it."""
    from orchestration.warehouse.dbt_command import invoke

    outcome = invoke(["docs", "generate", "--static", "--no-compile"])
    if not outcome.success:
        raise PilotageError(f"dbt wrote no reference: {outcome.exception or 'see its log'}")
    return keep(paths, dbt_target_path() / WRITTEN_BY_DBT, project_fingerprint(PROJECT_ROOT))


def main() -> None:
    print("dbt writes the reference: half a minute", flush=True)
    path = make(prepare_environment())
    print(f"Open {path}; the portal of the next edition leads to it.")


if __name__ == "__main__":
    main()
