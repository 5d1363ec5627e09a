"""The benchmarks that need no other commit and no built world, each recorded in
`benchmarks/results/`. Those of growth and of the floor say how they are called.
"""

import subprocess
import sys

from benchmarks.harness import PROJECT_ROOT

for module, *arguments in (
    ("accept", "--record"),
    ("identity", "--record"),
    ("business_hours", "--record"),
    ("run", "--record", "run"),
):
    print(f"# {module}", flush=True)
    command = [sys.executable, "-m", f"benchmarks.{module}", *arguments]
    subprocess.run(command, cwd=PROJECT_ROOT, check=True)
