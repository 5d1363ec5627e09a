"""DuckDB for Great Expectations: the SQLAlchemy dialect `duckdb+gate`. Slow to import."""

from duckdb_sqlalchemy import Dialect
from sqlalchemy.dialects import registry


class GateDialect(Dialect):
    """Autocommit DuckDB.

    Great Expectations closes its connection before it fetches; SQLAlchemy then rolls back, and a
    DuckDB result lives on its connection, so the rollback would drop it.
    """

    supports_statement_cache = False

    def do_begin(self, dbapi_connection: object) -> None: ...

    def do_commit(self, dbapi_connection: object) -> None: ...

    def do_rollback(self, dbapi_connection: object) -> None: ...


registry.register("duckdb.gate", __name__, "GateDialect")
