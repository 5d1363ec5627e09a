"""What `pilotage verify` says: everything that it looked at, and what is wrong with it."""

import typer

from orchestration.publication.verify import sign, verify
from orchestration.system.console import stdout
from orchestration.system.paths import DataPaths
from orchestration.system.seals import signing_key
from orchestration.terminal.outcome import warn
from orchestration.terminal.words import say


def verify_all(paths: DataPaths) -> None:
    """Print a line a part, with its flaws; exit status 1 when there is one."""
    wrong = 0
    for part, flaws in verify(paths):
        mark = "✗" if flaws else "✓"
        stdout().print(f"{mark} {part}", markup=False)
        for one in flaws:
            warn(f"{one}.")
        wrong += len(flaws)
    if signing_key() is None:
        stdout().print(say("verified_without_key"), markup=False)
    if wrong:
        stdout().print(say("verified_wrong", count=wrong), markup=False)
        raise typer.Exit(1)
    stdout().print(say("verified"), markup=False)


def sign_what_stands(paths: DataPaths) -> None:
    """Seal everything anew, and say what was sealed."""
    for part in sign(paths):
        stdout().print(say("sealed", part=part), markup=False)
