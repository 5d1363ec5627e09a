"""Ctrl-C and SIGTERM end a command, whatever it is doing: here, queries that would never end."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from orchestration.system.lock import hold
from orchestration.system.paths import PROJECT_ROOT, DataPaths
from orchestration.system.stopping import GRACE_SECONDS
from orchestration.terminal.cli import STOPPED

ENDLESS = """
    select count(*) as found
    from range(100000000) as a, range(100000000) as b
    where a.range * b.range % 7 = 3
"""
# `pilotage build` with another step in the place of the build.
COMMAND = """
import sys
from orchestration.terminal import cli
from orchestration.run import steps

def build_warehouse(paths, as_of=None):
{body}

steps.initialise = lambda paths: None
steps.build_warehouse = build_warehouse
sys.argv = ["pilotage", "build"]
cli.main()
"""
IN_THIS_THREAD = f"""
    import duckdb
    print("running", flush=True)
    duckdb.connect().execute('''{ENDLESS}''')
"""
# As a library may that takes a query's end for a failure of its own, and asks the next one.
AND_AGAIN = f"""
    import duckdb
    print("running", flush=True)
    while True:
        try:
            duckdb.connect().execute('''{ENDLESS}''')
        except BaseException:
            pass
"""
# dbt waits for the queries of its threads.
IN_DBT = """
    import os
    from pathlib import Path
    from orchestration.warehouse import dbt_command

    def on_event(event):
        if event.info.name == "LogStartLine":
            os.write(1, b"running\\n")

    dbt_command.PROJECT_ROOT = Path(__file__).parent
    outcome = dbt_command.invoke(["run"], on_event=on_event)
    print("ended", outcome.success, outcome.exception)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A dbt project of two models that never end, one for each of two threads."""
    files = {
        "dbt_project.yml": "name: endless\nprofile: endless\nmodels: {+materialized: table}\n",
        "profiles.yml": """
            endless:
              target: local
              outputs:
                local:
                  type: duckdb
                  path: "{{ env_var('PILOTAGE_DATA_DIR') }}/endless.duckdb"
                  threads: 2
            """,
        "models/one.sql": ENDLESS,
        "models/two.sql": ENDLESS,
    }
    for name, text in files.items():
        path = tmp_path / "project" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text))
    return tmp_path / "project"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    "body",
    [
        pytest.param(IN_THIS_THREAD, id="query"),
        pytest.param(IN_DBT, id="dbt"),
        pytest.param(AND_AGAIN, id="deaf library"),
    ],
)
def test_a_signal_ends_any_step(project: Path, tmp_path: Path, body: str, number: int) -> None:
    data = DataPaths(tmp_path / "data")
    program = project / "command.py"
    program.write_text(COMMAND.format(body=body))
    process = subprocess.Popen(
        [sys.executable, program],
        env=os.environ | {"PILOTAGE_DATA_DIR": str(data.root), "PYTHONPATH": str(PROJECT_ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout.readline() == "running\n"
        process.send_signal(number)
        # Without obedience the query goes on for years; the limit only spares whoever broke it.
        said, errors = process.communicate(timeout=120)
    finally:
        process.kill()
    assert (process.returncode, errors) == (128 + number, f"{STOPPED}\n")
    assert "ended" not in said
    with hold(data, "the next command"):
        pass


def test_what_does_not_end_in_order_is_ended_within_the_promised_five_seconds() -> None:
    assert GRACE_SECONDS < 5
