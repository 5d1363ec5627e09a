"""Write `benchmarks/results/README.md` from the results that stand beside it.

.venv/bin/python -m benchmarks.page
"""

import json
from collections.abc import Iterator

from benchmarks.harness import RESULTS

PAGE = RESULTS / "README.md"
RUN, LARGE, HALF = "run", "run_large", "run_half"


def main() -> None:
    results = {
        path.stem: json.loads(path.read_text(encoding="utf-8")) for path in RESULTS.glob("*.json")
    }
    sections = [
        "# What a run costs",
        "Written by `python -m benchmarks.page` from the results in this folder. Seconds of "
        "processor time of the whole command, smallest / median / largest of all rounds; two "
        "commits in turn on one machine.",
    ]
    if RUN in results:
        sections += _against(results[RUN])
    if LARGE in results:
        sections += _large(results[LARGE], results.get(HALF))
    if "growth" in results:
        sections += _growth(results["growth"])
    for name, floor in sorted(results.items()):
        if name.startswith("floor"):
            sections += _floor(floor)
    PAGE.write_text("\n\n".join(sections) + "\n", encoding="utf-8")
    print(f"Wrote {PAGE}")


def _against(run: dict) -> Iterator[str]:
    """One world at one commit, or at two."""
    *before_it, (name, new) = run["commits"].items()
    old_name, old = before_it[0] if before_it else ("", None)
    yield (
        f"## {run['customers']:,} customers, {run['months']} months, "
        f"{new['edition']['core.contacts']:,} contacts, {run['rounds']} rounds"
    )
    rows = [["", old_name, name, "ratio"]]
    for title, seconds in new["processor_seconds"].items():
        before = old["processor_seconds"].get(title) if old else None
        ratio = seconds["median"] / before["median"] if before else None
        rows.append([title, _spread(before), _spread(seconds), _number(ratio)])
    own = _medians(new)
    new_contacts = f"{run['new_contacts']} new contacts"
    rows.append(
        [
            f"{new_contacts}, of the own first run",
            _number(_share(old, new_contacts)) if old else "",
            _number(own[new_contacts] / own["first run"]),
            "",
        ]
    )
    nodes = [side["nodes"]["all"] if side else None for side in (old, new)]
    share = _number(nodes[1] / nodes[0]) if nodes[0] else ""
    rows.append(["nodes of a full build", str(nodes[0] or ""), str(nodes[1]), share])
    yield _table(rows)


def _large(large: dict, half: dict | None) -> Iterator[str]:
    """The world of ten times the size, and one of half its history."""
    name, new = list(large["commits"].items())[-1]
    title = f"{large['new_contacts']} new contacts"
    yield f"## {large['customers']:,} customers, {new['edition']['core.contacts']:,} contacts"
    own = _medians(new)
    rows = [["", name, "peak"]]
    for step in ("first run", title):
        peak = f"{new['peak_mb'][step]:,} MB"
        rows.append([step, _spread(new["processor_seconds"][step]), peak])
    ratio = _number(own[title] / own["first run"])
    rows.append([f"{title}, of the first run", ratio, ""])
    if half:
        before = _medians(list(half["commits"].values())[-1])
        ratio = _number(own[title] / before[title])
        what = f"{title}, {large['months']} months of history beside {half['months']}"
        rows.append([what, ratio, ""])
    yield _table(rows)


def _growth(growth: dict) -> Iterator[str]:
    few, many = growth["contacts"]
    yield "## Growth of each table's time"
    yield (
        f"From {few:,} contacts to {many:,} at {growth['commit']}: "
        f"{growth['thread_seconds'][0]} to {growth['thread_seconds'][1]} thread-seconds in all, "
        f"n^{growth['exponent']}. Tables of more than two seconds:"
    )
    rows = [["table", f"{few:,}", f"{many:,}", "growth"]]
    rows += [
        [
            f"`{table}`",
            str(small),
            str(large),
            f"n^{power}" + (" !" if table in growth["too_fast"] else ""),
        ]
        for table, (small, large, power) in growth["tables"].items()
        if large > 2
    ]
    yield _table(rows)


def _floor(floor: dict) -> Iterator[str]:
    yield f"## A full build beside a script written by hand, {floor['contacts']:,} contacts"
    seconds = floor["processor_seconds"]
    yield _table(
        [
            ["", floor["commit"]],
            ["floor: the facts and cells of ten headline KPIs", _spread(seconds["floor"])],
            ["full build: everything, with its tests", _spread(seconds["full build"])],
            ["ratio", _spread(floor["ratio"])],
        ]
    )
    where = ", ".join(
        f"{what} {took} s" for what, took in floor["thread_seconds_of_the_full_build"].items()
    )
    yield f"Where the build's thread-seconds go: {where}."


def _medians(side: dict) -> dict[str, float]:
    return {title: seconds["median"] for title, seconds in side["processor_seconds"].items()}


def _share(side: dict, title: str) -> float:
    medians = _medians(side)
    return medians[title] / medians["first run"]


def _spread(seconds: dict | None) -> str:
    return f"{seconds['min']} / {seconds['median']} / {seconds['max']}" if seconds else ""


def _number(number: float | None) -> str:
    return "" if number is None else f"{number:.2f}"


def _table(rows: list[list[str]]) -> str:
    head, *body = rows
    lines = [head, ["---"] * len(head), *body]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


if __name__ == "__main__":
    main()
