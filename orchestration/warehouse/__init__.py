"""dbt: one build in this process, of what news can reach.

`run_context` says what dbt must know of a run and what the last successful build knew; `manifest`
keeps the parsed project; `news` finds what has come, `reach` what it leads to; `build` runs dbt
through `dbt_command`, and `failures` says plainly what broke.
"""
