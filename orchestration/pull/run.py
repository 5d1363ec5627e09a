"""Pull: asks a vendor for what is new, a part at a time, and lands each part as a raw file.

A part is some pages. It is a file of the inbox, whole or absent, before the cursor moves on, or the
place in a list; a pull that was stopped, or refused too often, goes on where its last part ended.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

import duckdb

from orchestration.landing.marks import assert_none_under_way
from orchestration.pull.vendors import Endpoint, Vendor
from orchestration.pull.walks import Walk, Walks
from orchestration.system.errors import PilotageError, UsageError
from orchestration.system.files import (
    create_private,
    directory,
    partial_name,
    private_directory,
    sync,
)
from orchestration.system.paths import DataPaths
from orchestration.system.sql import literal_path, text

if TYPE_CHECKING:
    from dlt.extract import DltResource
    from dlt.pipeline.pipeline import Pipeline

# Pages of one part; records wait in memory for it.
PART = 50
# A request is made so often before the pull gives up; it waits longer each time.
ATTEMPTS = 8
# Nothing is older, for a vendor that wants to know since when.
FIRST = 946_684_800
RECORD = "record"
SMALLEST_BUFFER = 16 << 20


@dataclass
class Pulled:
    """How many records came of each kind, and the files that they are in."""

    records: dict[str, int] = field(default_factory=dict)
    files: list[Path] = field(default_factory=list)


@dataclass
class _Progress:
    """How far a part came, shared by the copies that dlt makes: are there more pages, and where?

    `position` is where the part begins, and then where the next one does; of a list that comes by
    its cursor it is None at the start.
    """

    has_more: bool = False
    records: int = 0
    position: str | None = None
    walk: Walk | None = None

    def __deepcopy__(self, memo: dict[int, Any]) -> "_Progress":
        return self


def pull(paths: DataPaths, vendor: Vendor, since: datetime | None = None) -> Pulled:
    """Ask for everything that is new and write it below the vendor's inbox.

    `since` bounds the first pull of records that have a date; later ones go on where the last
    ended. Raises `UsageError` for a secret that is not set, or where dlt is not installed;
    `PilotageError` when the vendor refuses or cannot be reached, and while a forgetting or a change
    of the key is under way. What came before stays.
    """
    state = paths.pull / vendor.name
    try:
        # before it is imported: it says nothing to anybody, and looks nowhere else for settings
        os.environ.update(
            RUNTIME__DLTHUB_TELEMETRY="false",
            RUNTIME__LOG_LEVEL="CRITICAL",
            LOAD__DELETE_COMPLETED_JOBS="true",
            DLT_PROJECT_DIR=str(state),
            DLT_DATA_DIR=str(state),
        )
        import dlt
    except ImportError as error:
        raise UsageError(
            "Pulling needs dlt, which is not installed: `make setup-pull`, or pip install "
            "'pilotage[pull]'."
        ) from error
    address, authentication = vendor.address(), dict(vendor.authentication())
    first = int((since or datetime.fromtimestamp(FIRST, UTC)).timestamp())
    done = Pulled()
    private_directory(paths.pull)
    private_directory(state)
    pipeline = dlt.pipeline(
        pipeline_name=vendor.name,
        pipelines_dir=str(state),
        destination=_inbox(paths.inbox / vendor.name, done),
        dataset_name=vendor.name,
    )
    asking = _Asking(paths, pipeline, address, authentication, first, done)
    walks = Walks(state / "walks.json")
    for endpoint in vendor.endpoints:
        try:
            assert_none_under_way(paths)
            if pipeline.has_pending_data:
                # of a pull that was killed: what it had written down lands before anything is asked
                pipeline.normalize()
                pipeline.load()
            if endpoint.is_in_order:
                _pull_in_order(asking, endpoint)
            else:
                _pull_list(asking, endpoint, walks)
        except PilotageError:
            raise
        except Exception as error:
            raise PilotageError(_said(vendor, endpoint, error)) from error
        finally:
            # parts under way hold plain records
            shutil.rmtree(state / vendor.name / "normalize", ignore_errors=True)
    return done


@dataclass
class _Asking:
    """One pull: what parts of a vendor are asked by, and where they go."""

    paths: DataPaths
    pipeline: "Pipeline"
    address: str
    authentication: dict[str, str]
    first: int
    done: Pulled

    def part(self, endpoint: Endpoint, progress: _Progress, since: int, pages: int) -> None:
        """Ask for so many pages, and land them as one part."""
        assert_none_under_way(self.paths)
        resource = _resource(endpoint, self.address, self.authentication, since, progress)
        resource.add_map(_as_text(endpoint, progress))
        self.pipeline.run(resource.add_limit(pages), write_disposition="append")
        known = self.done.records.get(endpoint.name, 0)
        self.done.records[endpoint.name] = known + progress.records


def _pull_in_order(asking: _Asking, endpoint: Endpoint) -> None:
    """Ask part by part until the last page: a part begins at the newest that the last one saw."""
    most = PART
    while True:
        progress = _Progress()
        before = _cursor(asking.pipeline, endpoint)
        asking.part(endpoint, progress, asking.first, most)
        if not progress.has_more:
            return
        if _cursor(asking.pipeline, endpoint) == before:
            # so many records of one second that a part has no end: take a longer one
            most *= 10


def _pull_list(asking: _Asking, endpoint: Endpoint, walks: Walks) -> None:
    """Ask part by part until the last page, from the position at which a walk was cut.

    All parts of a walk ask since the same instant: the newest record comes in any of them.
    """
    walk = walks.of(endpoint.name, _last_seen(_cursor(asking.pipeline, endpoint)))
    since = asking.first if walk.last is None else walk.last - endpoint.lag
    is_old = walk.position is not None
    while True:
        progress = _Progress(position=walk.position, walk=walk)
        try:
            asking.part(endpoint, progress, since, PART)
        except Exception as error:
            # what an earlier pull's position names is gone, or the vendor keeps it no longer
            if not is_old or _status(error) not in (400, 404, 410, 422):
                raise
            walk.restart()
            is_old = False
            continue
        is_old = False
        walk.position = progress.position
        if not progress.has_more:
            walk.end()
        walks.save()
        if not progress.has_more:
            return


def _last_seen(cursor: Any) -> int | None:
    return None if cursor is None else _seconds(cursor)


def _cursor(pipeline: "Pipeline", endpoint: Endpoint) -> Any:
    """The newest that was seen, as dlt keeps it; None before the first part."""
    found: Any = pipeline.state.get("sources", {})
    for source in found.values():
        known = source.get("resources", {}).get(endpoint.name, {}).get("incremental", {})
        if endpoint.cursor in known:
            return known[endpoint.cursor].get("last_value")
    return None


def _resource(
    endpoint: Endpoint,
    address: str,
    authentication: dict[str, str],
    first: int,
    progress: _Progress,
) -> "DltResource":
    from dlt.sources.helpers.requests import Client
    from dlt.sources.rest_api import rest_api_resources

    asked: dict[str, Any] = {
        "path": endpoint.path,
        "params": dict(endpoint.params),
        "data_selector": endpoint.records,
        "paginator": _paginator(endpoint, progress),
    }
    if endpoint.cursor and not endpoint.is_in_order:
        asked["params"][endpoint.since] = first
    elif endpoint.cursor:
        moment = datetime.fromtimestamp(first, UTC)
        asked["incremental"] = {
            "cursor_path": endpoint.cursor,
            "start_param": endpoint.since,
            "initial_value": f"{moment:%Y-%m-%dT%H:%M:%SZ}" if endpoint.is_iso else first,
            "convert": _seconds,
            "on_cursor_value_missing": "include",
        }
    config: Any = {
        "client": {
            "base_url": address,
            "auth": authentication,
            # waits as long as the vendor says, and longer each time that it says nothing
            "session": Client(request_max_attempts=ATTEMPTS, request_max_retry_delay=120).session,
        },
        "resources": [
            {"name": endpoint.name, "max_table_nesting": 0, "endpoint": asked},
        ],
    }
    (resource,) = rest_api_resources(config)
    return resource


def _seconds(value: str | int | float) -> int:
    """Seconds since 1970 of an instant in ISO 8601, or of such seconds."""
    if isinstance(value, str):
        return int(datetime.fromisoformat(value).timestamp())
    return int(value)


def _as_text(endpoint: Endpoint, progress: _Progress) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """A record as the text that it came as, with its cursor beside it for dlt."""

    def kept(record: dict[str, Any]) -> dict[str, Any]:
        progress.records += 1
        cells: dict[str, Any] = {RECORD: json.dumps(record, ensure_ascii=False)}
        if endpoint.cursor and record.get(endpoint.cursor) is not None:
            cells[endpoint.cursor] = record[endpoint.cursor]
            if progress.walk is not None:
                progress.walk.seen(_seconds(record[endpoint.cursor]))
        return cells

    return kept


def _paginator(endpoint: Endpoint, progress: _Progress) -> Any:
    from dlt.sources.helpers.rest_client.paginators import BasePaginator, JSONLinkPaginator

    class Links(JSONLinkPaginator):
        """A link to the next page, unless the page says that it is the last."""

        def init_request(self, request: Any) -> None:
            if progress.position is not None:
                self._next_reference = progress.position
                self.update_request(request)

        def update_state(self, response: Any, data: list[Any] | None = None) -> None:
            super().update_state(response, data)
            page = response.json()
            if page.get("end_of_stream") or page.get("meta", {}).get("has_more") is False:
                self._next_reference = None
                self._has_next_page = False
            progress.has_more = self.has_next_page
            if progress.walk is not None and self._next_reference:
                # without the address: a vendor's secret goes to nobody whom a file names
                link = urlsplit(self._next_reference)
                progress.position = urlunsplit(("", "", link.path, link.query, ""))

    class Following(BasePaginator):
        """A page is asked for by a parameter: what the page before says that follows it."""

        def __init__(self, parameter: str) -> None:
            super().__init__()
            self._parameter = parameter

        def init_request(self, request: Any) -> None:
            if progress.position is not None:
                self.update_request(request)

        def update_state(self, response: Any, data: list[Any] | None = None) -> None:
            page = response.json()
            if endpoint.pages == "after":
                progress.has_more = bool(data) and bool(page.get("has_more"))
                progress.position = data[-1]["id"] if data else None
            else:
                meta = page.get("meta") or {}
                progress.position = meta.get("after_cursor")
                progress.has_more = bool(meta.get("has_more")) and progress.position is not None
            self._has_next_page = progress.has_more

        def update_request(self, request: Any) -> None:
            request.params = {**(request.params or {}), self._parameter: progress.position}

    if endpoint.pages == "after":
        return Following("starting_after")
    if endpoint.pages == "meta":
        return Following("page[after]")
    path = {"next": "next_page", "cursor": "after_url", "links": "links.next"}[endpoint.pages]
    return Links(next_url_path=path)


def _inbox(inbox: Path, done: Pulled) -> Any:
    """dlt's destination: each part becomes one file of raw records, whole or absent."""
    import dlt

    @dlt.destination(
        batch_size=0,
        name="inbox",
        loader_file_format="typed-jsonl",
        naming_convention="direct",
        skip_dlt_columns_and_tables=True,
        max_table_nesting=0,
        loader_parallelism_strategy="sequential",
    )
    def write(part: Any, table: Any, /) -> None:
        folder = inbox / str(table["name"])
        directory(folder)
        target = folder / f"{_file_name(Path(part))}.jsonl"
        partial = partial_name(target)
        create_private(partial)
        largest = max(SMALLEST_BUFFER, Path(part).stat().st_size + 1)
        with duckdb.connect() as con:
            con.execute(f"""
                copy (
                    select unnest(cast(json as json[])) ->> '{RECORD}'
                    from read_json_objects(
                        {text(literal_path(part))}, format = 'newline_delimited',
                        maximum_object_size = {largest}
                    )
                ) to {text(partial)}
                (
                    format csv, header false, delimiter {text(chr(31))}, quote '', escape '',
                    use_tmp_file false
                )
            """)
        sync(partial)
        partial.replace(target)
        sync(folder)
        done.files.append(target)

    return write()


def _file_name(part: Path) -> str:
    """What a part is called: files by name are files by age, of which the last counts.

    dlt keeps a part below `<seconds since 1970>/<state>/` and names it `<kind>.<id>.…`. The same
    part written again, after a crash, has the same name.
    """
    moment = datetime.fromtimestamp(float(part.parent.parent.name), UTC)
    return f"pull-{moment:%Y%m%dT%H%M%S.%fZ}-{part.name.split('.')[1]}"


def _said(vendor: Vendor, endpoint: Endpoint, error: BaseException) -> str:
    """What went wrong, without what a vendor answered: that may hold a record or a secret."""
    status = _status(error)
    if status in (401, 403):
        names = ", ".join(vendor.secrets)
        return f"{vendor.name} refuses these credentials for {endpoint.name}: check {names}."
    if status:
        return (
            f"{vendor.name} answered {status} for {endpoint.name}, again and again: pull again "
            "later; it goes on where it stopped."
        )
    for cause in _causes(error):
        if cause.__class__.__name__ in ("ConnectionError", "ConnectTimeout", "ReadTimeout"):
            return (
                f"{vendor.name} cannot be reached for {endpoint.name}: check the network and pull "
                "again; it goes on where it stopped."
            )
    return f"{vendor.name} could not be read for {endpoint.name} ({error.__class__.__name__})."


def _status(error: BaseException) -> int | None:
    """What the vendor answered, where that is what went wrong."""
    for cause in _causes(error):
        status = getattr(getattr(cause, "response", None), "status_code", None)
        if status:
            return int(status)
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__
