"""datacontract-cli on the contracts of an edition, and on one that the edition breaks."""

import subprocess
from pathlib import Path

import yaml

from orchestration.bi.contracts import ENDING, FOLDER
from orchestration.publication.files import SITE
from tests.bi.superset import BIN


def ask_contracts(file: Path, folder: Path) -> list[str]:
    """Lint and test each contract of the edition in `file`; return what is wrong."""
    found = sorted((file.resolve().parent / SITE / FOLDER).glob(f"*{ENDING}"))
    if not found:
        return [f"{file}: no contracts stand beside this edition"]
    wrong = []
    for path in found:
        for said in (_run("lint", path), _run("test", _of(path, file, folder))):
            if said.returncode:
                wrong.append(f"{path.name}: {said.stdout[-3000:]}")
            print(path.name, _summary(said.stdout), flush=True)
    broken = _run("test", _broken(found[0], file, folder))
    if not broken.returncode:
        wrong.append("datacontract-cli accepts a contract that the edition breaks")
    print("A contract that the edition breaks:", _summary(broken.stdout), flush=True)
    return wrong


def _of(path: Path, file: Path, folder: Path) -> Path:
    """Write the contract with the path of the edition in it."""
    contract = yaml.safe_load(path.read_text(encoding="utf-8"))
    contract["servers"][0]["database"] = str(file.resolve())
    made = folder / path.name
    made.write_text(yaml.safe_dump(contract), encoding="utf-8")
    return made


def _broken(path: Path, file: Path, folder: Path) -> Path:
    """Write a contract that asks for fewer rows than none."""
    made = _of(path, file, folder)
    contract = yaml.safe_load(made.read_text(encoding="utf-8"))
    table = contract["schema"][0]
    table["quality"] = [{"type": "library", "metric": "rowCount", "mustBeLessThan": 0}]
    contract["schema"] = [table]
    made.write_text(yaml.safe_dump(contract), encoding="utf-8")
    return made


def _run(command: str, path: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [BIN / "datacontract", command, str(path)], capture_output=True, text=True, check=False
    )


def _summary(said: str) -> str:
    lines = [line for line in said.splitlines() if line.startswith(("🟢", "🟡", "🔴"))]
    return lines[-1] if lines else said[-200:]
