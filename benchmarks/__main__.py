"""Every benchmark, one after the other, each recorded in `benchmarks/results/`."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent

for script in ("accept.py", "identity.py", "business_hours.py", "run.py"):
    print(f"# {script}", flush=True)
    subprocess.run([sys.executable, str(HERE / script), "--record"], check=True)
