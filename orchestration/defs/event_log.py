"""Dagster's event log in SQLite, with connections that are kept.

Dagster opens and closes a connection for each of a run's two thousand events, and SQLite moves its
write-ahead log into the file at every close: a third of a launch's processor time. Here each file
keeps one connection. A loss of power may take the last events away; it harms no file.
"""

import os
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy
from dagster._core.storage.event_log.sqlite.sqlite_event_log import (
    SQLITE_BUSY_TIMEOUT_SECONDS,
    SqliteEventLogStorage,
    SqliteEventLogStorageWatchdog,
)
from sqlalchemy.pool import StaticPool
from watchdog.observers import Observer

# The index of all runs and the runs looked at last; the interface may look at any.
KEPT_CONNECTIONS = 8


class EventLog(SqliteEventLogStorage):
    """The storage that Dagster takes by default, in the same files."""

    _obs: Any

    def __init__(self, inst_data: Any = None) -> None:
        self._engines: OrderedDict[str, sqlalchemy.Engine] = OrderedDict()
        self._has_index_columns = False
        super().__init__(str(Path(os.environ["DAGSTER_HOME"]) / "history" / "runs"), inst_data)

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        return {}

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: dict[str, Any]) -> "EventLog":
        return cls(inst_data)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[sqlalchemy.Connection]:
        with self._db_lock:
            engine = self._engine(shard)
            with engine.connect() as connection, connection.begin():
                yield connection

    def _engine(self, shard: str) -> sqlalchemy.Engine:
        """Return the engine of a file, made when it is asked for the first time."""
        if shard not in self._engines or not Path(self.path_for_shard(shard)).exists():
            engine = sqlalchemy.create_engine(
                self.conn_string_for_shard(shard),
                # the lock lets one thread in at a time
                poolclass=StaticPool,
                connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
            )
            sqlalchemy.event.listen(engine, "connect", _settle)
            self._initdb(engine)
            self._initialized_dbs.add(shard)
            self._engines[shard] = engine
        self._engines.move_to_end(shard)
        if len(self._engines) > KEPT_CONNECTIONS:
            self._engines.popitem(last=False)[1].dispose()
        return self._engines[shard]

    def _has_asset_key_index_cols_on_connection(self, conn: sqlalchemy.Connection) -> bool:
        """Ask the file once, not at each event."""
        if not self._has_index_columns:
            found = super()._has_asset_key_index_cols_on_connection(conn)
            self._has_index_columns = bool(found)
        return self._has_index_columns

    def watch(self, run_id: str, cursor: str | None, callback: Any) -> None:
        """Call back for every event of a run, as its page in the interface asks."""
        if not self._obs:
            self._obs = Observer()
            self._obs.start()
        watcher = _Watcher(self, run_id, callback, cursor)
        watched = self._obs.schedule(watcher, self._base_dir, recursive=True)
        self._watchers[run_id][callback] = (watcher, watched)

    def dispose(self) -> None:
        while self._engines:
            self._engines.popitem()[1].dispose()
        super().dispose()


class _Watcher(SqliteEventLogStorageWatchdog):
    """Looks at the write-ahead log, too: a run that keeps its connection has its events there."""

    @property
    def patterns(self) -> list[str]:
        return [self._log_path, f"{self._log_path}-wal"]

    def on_modified(self, event: Any) -> None:
        self._process_log()


def _settle(connection: Any, _: object) -> None:
    """Let SQLite wait for the disk when it moves its log into the file, not at every event."""
    connection.execute("pragma synchronous = normal")
