"""The names that the parts of an edition have, in every directory that holds one."""

DATABASE = "pilotage.duckdb"
SITE = "site"
CHANGES_FILE = "kpi_editions.parquet"
