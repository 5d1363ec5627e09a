"""What the pages say of the project behind an edition: tests, worked examples, columns' meaning."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestration.lineage.queries import Measures, measures_of
from orchestration.site.render import words
from orchestration.system.language import LANGUAGES

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

FAMILY = "measures_"
# What the program itself writes for dbt; nobody lands it.
OWN_SOURCE = "pilotage"
# The database that dbt writes what is published to.
PUBLISHED = "marts"
REF = re.compile(r"ref\(.(?P<name>\w+).\)")
EXAMPLE = re.compile(r"we_(?P<number>[a-z]\d\d)_(?P<sentence>\w+)")


@dataclass(frozen=True)
class Test:
    """A truth that a build asks (`key`: its unique id), or one worked by hand that no build asks
    (no `key`). `words` say it in French and English; `description` may say more, or be empty."""

    name: str
    words: tuple[str, str]
    description: str
    key: str = ""


@dataclass(frozen=True)
class Example:
    """A figure worked by hand: `number` as the catalogue names it, such as WE-P08."""

    number: str
    name: str
    sentence: str


@dataclass(frozen=True)
class LandingTable:
    """A table of the landing contract: what one row is, and its columns as its YAML has them."""

    source: str
    name: str
    description: str
    columns: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Project:
    """`tests`: by name of model. `examples`: by number. `measures`: by family, published ones.
    `rooms`: schemas of published tables, each of which has a contract."""

    tests: dict[str, list[Test]]
    examples: dict[str, list[Example]]
    measures: dict[str, Measures]
    landing: list[LandingTable]
    rooms: frozenset[str]


def project_of(manifest: "Manifest") -> Project:
    """Return what the pages say of a parsed project."""
    tests: dict[str, list[Test]] = defaultdict(list)
    for key, node in manifest.nodes.items():
        if node.resource_type.value == "test":
            found = Test(node.name, _words(node), _first_sentence(node.description), key)
            for parent in node.depends_on.nodes:
                tests[parent.split(".")[2]].append(found)
    examples: dict[str, list[Example]] = defaultdict(list)
    for unit_test in manifest.unit_tests.values():
        tests[unit_test.model].append(
            Test(unit_test.name, _sentence(unit_test.name), unit_test.description or "")
        )
        if said := EXAMPLE.fullmatch(unit_test.name):
            number = f"WE-{said['number'].upper()}"
            sentence = said["sentence"].replace("_", " ")
            examples[number].append(Example(number, unit_test.name, sentence))
    for found_tests in tests.values():
        found_tests.sort(key=lambda test: test.name)
    landing = sorted(_landing(manifest), key=lambda table: (table.source, table.name))
    rooms = frozenset(
        node.schema
        for node in manifest.nodes.values()
        if node.database == PUBLISHED and node.resource_type.value in ("model", "seed")
    )
    return Project(dict(tests), dict(examples), dict(_measures(manifest)), landing, rooms)


def _words(node: Any) -> tuple[str, str]:
    """Return what a test says, in French and English: by its kind, else by its own name."""
    kind = getattr(node, "test_metadata", None)
    if kind is None:
        return _sentence(node.name.removeprefix("assert_"))
    said = kind.kwargs | {"of": str(node.attached_node).rpartition(".")[2]}
    if target := REF.search(str(said.get("to", ""))):
        said["to"] = target["name"]
    french, english = (words(f"test_{kind.name}", one).format(**said) for one in LANGUAGES)
    return french, english


def _sentence(name: str) -> tuple[str, str]:
    """Return the sentence that a test's name is; there is none in French."""
    said = EXAMPLE.fullmatch(name)
    text = (said["sentence"] if said else name).replace("_", " ")
    text = text[:1].upper() + text[1:]
    return text, text


def _landing(manifest: "Manifest") -> Iterator[LandingTable]:
    for source in manifest.sources.values():
        if source.source_name == OWN_SOURCE:
            continue
        columns = []
        for column in source.columns.values():
            meta = column.config.meta or column.meta
            columns.append(
                {
                    "name": column.name,
                    "data_type": column.data_type or "",
                    "description": column.description,
                    "is_required": bool(meta.get("required")),
                    "is_personal": meta.get("pii", "none") != "none",
                }
            )
        yield LandingTable(source.source_name, source.name, source.description, tuple(columns))


def _measures(manifest: "Manifest") -> Iterator[tuple[str, Measures]]:
    """Yield (family, what its table is to the figures)."""
    for node in manifest.nodes.values():
        if node.name.startswith(FAMILY) and node.database == PUBLISHED:
            meta = {one.name: one.config.meta or one.meta for one in node.columns.values()}
            table = f"{node.schema}.{node.name}"
            yield node.name.removeprefix(FAMILY), measures_of(table, node.columns, meta)


def _first_sentence(text: Any) -> str:
    return str(text or "").strip().partition("\n\n")[0]
