"""Every variable of dbt, as dbt itself lists them, with a value that would change what a run is."""

from collections.abc import Iterator
from typing import Any

# Read elsewhere in dbt than by its options, some of them while it is imported.
UNLISTED = {
    "DBT_RECORDER_MODE": "replay",
    "DBT_RECORDER_FILE_PATH": "/nowhere/recording.json",
    "DBT_PP_FILE_DIFF_TEST": "1",
    "DBT_PP_TEST": "1",
    "DBT_INVOCATION_ENV": "other",
    "DBT_ENV_SECRET_WORD": "select",
    "DBT_ENV_CUSTOM_ENV_OTHER": "other",
}
BY_TYPE = {
    "BoolParamType": "true",
    "ChoiceTuple": "seed",
    "DateTime": "2020-01-01",
    "IntParamType": "1",
    "Path": "/nowhere",
    "SampleType": "1 day",
    "SqlParseOptionsType": "{MAX_GROUPING_DEPTH: 1}",
    "StringParamType": "nowhere",
    "WarnErrorOptionsType": '{"error": "all"}',
}


def options() -> Iterator[Any]:
    """Yield each option of every command of dbt."""
    from dbt.cli.main import cli

    waiting: list[Any] = [cli]
    while waiting:
        command = waiting.pop()
        yield from command.params
        waiting.extend(getattr(command, "commands", {}).values())


def hostile() -> dict[str, str]:
    """Return by variable a value other than the option's default, of the kind that it takes.

    KeyError for an option of a kind that is not known yet: it needs a value here.
    """
    found = dict(UNLISTED)
    for option in options():
        names = option.envvar or []
        for name in [names] if isinstance(names, str) else names:
            kind, choices = type(option.type).__name__, getattr(option.type, "choices", None)
            value = "false" if option.default is True else None
            found[name] = value or (choices[-1] if kind == "Choice" else BY_TYPE[kind])
    return found
