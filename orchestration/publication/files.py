"""The name that the file of an edition has, in every directory that holds one."""

DATABASE = "pilotage.duckdb"
