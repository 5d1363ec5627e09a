"""Accept: files of the inbox become typed, pseudonymised, counted batches that dbt reads.

`contract` reads the rules; `files` and `prepass` look at what was dropped; `read` (with `cells` and
`lines`) loads it as text; `check` (with `rules` and `instants`) types and judges it in SQL;
`pseudonyms` hides who it is about; `reconcile` finds duplicates and contradictions; `write`,
`commit` and `ledger` make the batch visible, whole or not at all. `accept` runs them in this order.
"""
