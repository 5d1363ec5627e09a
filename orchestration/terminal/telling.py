"""What commands tell people who are not there: of a run, of late sources, of an edition."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from orchestration.system.console import stdout
from orchestration.system.errors import PilotageError, Stopped
from orchestration.system.paths import DataPaths, data_paths
from orchestration.terminal.outcome import print_freshness, warn

# Exit status of `check-freshness` while a source is late.
LATE = 4


@contextmanager
def telling_of_failure(command: str) -> Iterator[None]:
    """Tell the channels when the block fails, and fail as it did; who stops it knows it."""
    try:
        yield
    except Stopped:
        raise
    except Exception as error:
        if data_paths().notify.is_file():
            from orchestration.run.announce import announce_error

            _warn(announce_error(data_paths(), command, error))
        raise


def tell_of_run(paths: DataPaths, is_new: bool) -> None:
    """Show a new edition in Dagster; tell the channels of it, of its new alerts, and of sources
    late or fresh again."""
    if is_new:
        _show_in_dagster(paths)
    if not paths.notify.is_file():
        return
    from orchestration.run.announce import announce_edition, announce_freshness

    _warn([*announce_edition(paths), *announce_freshness(paths).problems])


def _show_in_dagster(paths: DataPaths) -> None:
    from orchestration.publication.editions import current_edition
    from orchestration.run.reported import report_to_dagster

    edition = current_edition(paths)
    problem = report_to_dagster(paths, edition) if edition else None
    _warn([problem] if problem else [])


def check_sources(paths: DataPaths, at: str | None) -> bool:
    """Tell the channels what is due of sources, show it, and return whether one is late.

    PilotageError without an edition: nothing is known of any source.
    """
    from datetime import datetime

    from orchestration.publication.editions import current_edition
    from orchestration.run.announce import announce_freshness
    from orchestration.warehouse.run_context import parse_as_of

    instant = datetime.fromisoformat(parse_as_of(at, option="--at")) if at else None
    if current_edition(paths) is None:
        raise PilotageError(f"Nothing is published in {paths.published}: `pilotage run`.")
    report = announce_freshness(paths, instant)
    print_freshness(report)
    _warn(report.problems)
    return bool(report.late)


def digest_of(paths: DataPaths, html: bool) -> str:
    """Return the digest of the edition that readers open."""
    from orchestration.publication.editions import current_edition
    from orchestration.site.digest import read_digest

    edition = current_edition(paths)
    if edition is None:
        raise PilotageError(f"Nothing is published in {paths.published}: `pilotage run`.")
    digest = read_digest(edition.database, edition.record)
    return digest.html if html else digest.text


def try_channels(paths: DataPaths) -> None:
    """Send a trial message to every channel; PilotageError when one did not take it."""
    from orchestration.run.announce import try_channels

    outcome = try_channels(paths)
    if not outcome:
        raise PilotageError(f"There is no channel in {paths.notify}; see docs/how-to/alarms.md.")
    for name, problem in outcome.items():
        stdout().print(f"{name}: {problem or 'told'}", markup=False)
    if any(outcome.values()):
        raise PilotageError("A channel was not told.")


def _warn(problems: Iterable[str]) -> None:
    for problem in problems:
        warn(problem)
