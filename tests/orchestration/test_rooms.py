"""Python's rooms import in one direction: a room uses those below it, never one above.

A failure means that a module stands in the wrong room, or asks somebody above it to do its work.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.system.paths import PROJECT_ROOT

PACKAGE = PROJECT_ROOT / "orchestration"
# From the ground up; what stands in one line uses none of the others in it.
FLOORS = (
    ("system",),
    ("landing", "registry", "demo"),
    ("gate", "pull"),
    ("warehouse",),
    ("lineage",),
    ("bi",),
    ("publication", "site"),
    ("notify", "forgetting"),
    ("run",),
    ("defs", "terminal"),
)
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}


def rooms_used(path: Path) -> Iterator[str]:
    """Yield the rooms that a module imports from, wherever in it the import stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{one.name}" for one in node.names]
        elif isinstance(node, ast.Import):
            names = [one.name for one in node.names]
        for name in names:
            package, _, rest = name.partition(".")
            if package == "orchestration" and rest:
                yield rest.split(".")[0]


def test_every_room_has_its_floor() -> None:
    rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert rooms == set(FLOOR_OF)


@pytest.mark.parametrize("room", sorted(FLOOR_OF))
def test_a_room_uses_only_rooms_below(room: str) -> None:
    above = [
        f"{path.relative_to(PACKAGE)} uses {used}"
        for path in sorted((PACKAGE / room).rglob("*.py"))
        for used in rooms_used(path)
        if used != room and FLOOR_OF[used] >= FLOOR_OF[room]
    ]
    assert above == []
