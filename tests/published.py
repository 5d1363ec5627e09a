"""Files that somebody dropped, alone through `pilotage run`."""

import os
import subprocess
import sys
from pathlib import Path

from orchestration.system.paths import PROJECT_ROOT


def publish(data_dir: Path, *arguments: str) -> Path:
    """Run the pipeline on a data directory and return the published file.

    Raises `AssertionError` with the command's output when it does not publish.
    """
    command = [str(Path(sys.executable).with_name("pilotage")), "run", *arguments]
    settings = {
        **os.environ,
        "PILOTAGE_DATA_DIR": str(data_dir),
        "DBT_TARGET_PATH": str(data_dir / "dbt" / "target"),
        "DBT_LOG_PATH": str(data_dir / "dbt" / "logs"),
    }
    run = subprocess.run(
        command, cwd=PROJECT_ROOT, env=settings, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, f"{' '.join(command)}: {run.stdout}\n{run.stderr}"
    return data_dir / "published" / "pilotage.duckdb"
