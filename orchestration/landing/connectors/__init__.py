"""Vendors' raw files into landing rows: a folder a vendor, SQL over what its export looks like.

`declared` reads `connector.yml`; `files` says which raw file is which table of which layout;
`raw` reads them, typed, into an engine of their own; `convert` runs the connector's SQL and keeps
what was not handed over before; `state` remembers both. From there on a row is a row like any
other: accept types, judges and reconciles it.
"""
