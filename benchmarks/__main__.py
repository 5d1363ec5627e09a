"""The benchmarks that need no other commit and no built world, each recorded in
`benchmarks/results/`. Those of whole commands, of growth and of the floor say how they are called.
"""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent

for script, *arguments in (
    ("accept.py", "--record"),
    ("identity.py", "--record"),
    ("business_hours.py", "--record"),
    ("run.py", "--record", "run"),
):
    print(f"# {script}", flush=True)
    subprocess.run([sys.executable, str(HERE / script), *arguments], check=True)
