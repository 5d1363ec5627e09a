"""`pilotage forget`: whom, asked so that no history of commands keeps it, and what came of it."""

import sys
from pathlib import Path
from typing import Any

import typer

from orchestration.forgetting.erase import Order, new_order, pending
from orchestration.forgetting.people import find_people, references_in
from orchestration.landing.contract import Contract
from orchestration.landing.pseudonyms import load_key
from orchestration.landing.suppression import AGENT, CUSTOMER
from orchestration.system.console import stderr, stdout
from orchestration.system.errors import UsageError
from orchestration.system.paths import DataPaths
from orchestration.terminal.words import count, say


def whom(reference: str | None, file: Path | None) -> list[str]:
    """Return the identifiers, one a person: given, in a file (`-`: standard input), or asked for.

    Empty lines and lines that begin with # do not count. `UsageError` for none.
    """
    if reference is not None and file is not None:
        raise UsageError(say("forget_one_way"))
    if reference is not None:
        lines = [reference]
    elif file is not None and str(file) != "-":
        try:
            lines = file.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(say("forget_no_file", file=file)) from error
    elif file is not None or not sys.stdin.isatty():
        lines = sys.stdin.read().splitlines()
    else:
        lines = [typer.prompt(say("forget_whom"), hide_input=True)]
    found = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if not found:
        raise UsageError(say("forget_nobody"))
    return list(dict.fromkeys(found))


def ordered(
    paths: DataPaths,
    contract: Contract,
    people: list[str],
    is_agent: bool,
    everyone: bool,
    policy: str,
    inbox: bool,
) -> Order:
    """Find out whom the identifiers mean; several of one person stand on a line, with `;` between.

    `UsageError` while another forgetting is to be ended, and where agents and customers are named
    together: of the ones rows go, of the others only what names them.
    """
    if pending(paths):
        raise UsageError(say("forget_pending"))
    parts = [part for one in people for part in one.split(";") if part.strip()]
    references = [references_in(one, is_agent) for one in parts]
    kinds = {kind for kinds in references for kind, _ in kinds}
    if AGENT in kinds and CUSTOMER in kinds:
        raise UsageError(say("forget_one_kind"))
    traces = find_people(paths, contract, load_key(paths.vault), references, everyone)
    return new_order(paths, traces, len(people), policy, inbox)


def print_survey(order: Order) -> None:
    """Show where the people are mentioned, place by place."""
    if not order.found:
        stdout().print(say("forget_unknown"), markup=False)
    for place, found in (order.found or {}).items():
        stdout().print(
            say(
                "forget_found",
                place=place,
                files=count(found["files"]),
                count=found["mentions"],
            ),
            markup=False,
        )


def print_receipt(paths: DataPaths, receipt: dict[str, Any]) -> None:
    """Say what was done, where the receipt is, and what is left to the operator."""
    stdout().print(
        say(
            "forget_done",
            count=receipt["people"],
            files=count(receipt["read_again"]["files"]),
            receipt=paths.receipts / f"{receipt['receipt']}.json",
        ),
        markup=False,
    )
    for file in receipt["operator_files_left"]:
        stderr().print(say("warning", text=say("forget_yours", file=file)), markup=False)
    hidden = receipt["operator_files_left_count"] - len(receipt["operator_files_left"])
    if hidden:
        text = say("forget_yours_named", count=hidden)
        stderr().print(say("warning", text=text), markup=False)
    stdout().print(say("forget_next"), markup=False)
