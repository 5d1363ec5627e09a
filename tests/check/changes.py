"""What changed in the project, and which tests belong to it.

Files come from Git; tests of Python from the imports; nodes of dbt from two manifests, the one of a
built world and that of now. Everything here is a function of texts and dictionaries.
"""

import ast
import hashlib
import json
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MAIN = "main"
# What differs between two parses of the same file, or says where it was parsed.
VOLATILE = {"created_at", "build_path", "compiled_path", "compiled", "compiled_code", "root_path"}
VOLATILE |= {"extra_ctes", "extra_ctes_injected", "relation_name", "unrendered_config"}
# Said in another way below: its order depends on which file dbt read first.
VOLATILE |= {"depends_on", "refs", "sources", "metrics"}
BUILT = ("model", "seed")

Graph = Mapping[str, Iterable[str]]


def changed_files(root: Path) -> list[Path]:
    """Return the files, relative to `root`, that differ from where the branch left main.

    On main itself, and where there is no main, those that differ from the last commit. New files
    count, deleted ones too.
    """
    base = _git(root, "merge-base", "HEAD", MAIN) or ["HEAD"]
    changed = _git(root, "diff", "--name-only", "--no-renames", base[0])
    new = _git(root, "ls-files", "--others", "--exclude-standard")
    return sorted({Path(name) for name in changed + new})


def _git(root: Path, *arguments: str) -> list[str]:
    done = subprocess.run(
        ["git", "-C", str(root), *arguments], capture_output=True, text=True, check=False
    )
    return done.stdout.splitlines() if done.returncode == 0 else []


def nearest_tests(changed: Iterable[Path], sources: Mapping[Path, str]) -> list[Path]:
    """Return the test files that are nearest to the changed ones.

    `sources` has the text of every Python file, by its path relative to the project. A test file
    belongs to itself, to what its folder's conftest changes, to the modules that it imports (or,
    where no test imports a module, to those that import it) and to the folder that it names as a
    text, such as "seeds", when something other than Python changed there.
    """
    tests = {path for path in sources if path.name.startswith("test_")}
    importers = _importers(sources)
    found: set[Path] = set()
    for path in changed:
        if path.suffix == ".py":
            found |= _nearest({path}, importers, tests)
            continue
        named = f'"{path.parts[0]}"'
        found |= {test for test in tests if named in sources[test]}
        found |= _nearest(_beside(path, sources), importers, tests)
    return sorted(found)


def _beside(path: Path, sources: Iterable[Path]) -> set[Path]:
    """Return the modules of the package whose data a file is."""
    for folder in path.parents[:-1]:
        if found := {one for one in sources if one.parent == folder}:
            return found
    return set()


def _nearest(modules: set[Path], importers: Graph, tests: set[Path]) -> set[Path]:
    seen, level = set(modules), set(modules)
    while level and not level & tests:
        level = {one for path in level for one in importers.get(path, ())} - seen
        seen |= level
    return level & tests


def _importers(sources: Mapping[Path, str]) -> dict[Path, set[Path]]:
    """Return who imports a module, by the module; a conftest is imported by what stands below."""
    modules = {_module(path): path for path in sources}
    found: dict[Path, set[Path]] = {}
    for path, text in sources.items():
        for name in _imported(text, _module(path, package=True)):
            if name in modules:
                found.setdefault(modules[name], set()).add(path)
        if path.name == "conftest.py":
            below = {one for one in sources if path.parent in one.parents and one != path}
            found.setdefault(path, set()).update(below)
    return found


def _module(path: Path, package: bool = False) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if package or parts[-1] == "__init__" else parts)


def _imported(text: str, package: str) -> Iterator[str]:
    """Yield the names of modules that a file may mean by its imports."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1]
            base = ".".join([*(above if node.level else []), *filter(None, [node.module])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def digests(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Return a hash of all that decides what a node is, by its id: SQL, settings, columns with
    their rules, and the macros that it calls, however deep.

    dbt's own `state:modified` passes over the rules of a column. Of a source only the place counts
    here; what its columns are decides what lands, and with it the whole world.
    """
    macros: dict[str, str] = {}
    found = {name: str(node["meta"]) for name, node in manifest["sources"].items()}
    for group in ("nodes", "unit_tests"):
        for name, node in manifest[group].items():
            said = {key: value for key, value in node.items() if key not in VOLATILE}
            said["reads"] = sorted(node["depends_on"].get("nodes", []))
            called = sorted(node["depends_on"].get("macros", []))
            said["calls"] = [_macro(one, manifest["macros"], macros) for one in called]
            text = json.dumps(said, sort_keys=True, default=str)
            found[name] = hashlib.sha256(text.encode()).hexdigest()
    return found


def _macro(name: str, macros: Mapping[str, Any], known: dict[str, str]) -> str:
    if name not in known and name in macros:
        known[name] = ""  # one that calls itself
        called = [_macro(one, macros, known) for one in macros[name]["depends_on"]["macros"]]
        text = "\n".join([macros[name]["macro_sql"], *sorted(called)])
        known[name] = hashlib.sha256(text.encode()).hexdigest()
    return known.get(name, "")


@dataclass(frozen=True)
class Reach:
    """Ids of the nodes to build, and of the data tests and unit tests to run."""

    built: frozenset[str]
    asked: frozenset[str]

    def names(self) -> list[str]:
        """Return the names by which dbt selects them: the third part of an id, but the last one of
        a unit test's, whose third is its model."""
        return sorted(
            name.split(".")[-1 if name.startswith("unit_test.") else 2]
            for name in self.built | self.asked
        )


def reach(
    before: Mapping[str, str], manifest: Mapping[str, Any], again: Iterable[str] = ()
) -> Reach:
    """Return what to build and to ask in a world that was built when nodes had the digests
    `before`; the nodes `again` were built since, so that they may be of another text than now.

    Built are the changed models and seeds, what reads them directly, and what stands between two
    of them. Asked are their tests and unit tests, and those that changed themselves; but no test
    that also reads a table further down, which still is what it was before.
    """
    changed = changes(before, manifest)
    children: Graph = manifest["child_map"]
    parents: Graph = manifest["parent_map"]
    nodes = {name for name, node in manifest["nodes"].items() if node["resource_type"] in BUILT}
    begun = {name for name in changed if name in nodes}
    begun |= {
        child
        for name in changed
        if name in manifest["sources"]
        for child in children.get(name, ())
        if child in nodes
    }
    below = _closure(begun, children) & nodes
    once_more = nodes.intersection(again)
    built = begun | {child for name in begun for child in children.get(name, ()) if child in nodes}
    built |= once_more
    built |= _closure(built, children) & _closure(begun | once_more, parents) & nodes
    stale = below - built
    asked = {
        name
        for name, node in (manifest["nodes"] | manifest["unit_tests"]).items()
        if node["resource_type"] in ("test", "unit_test")
        and (name in changed or built.intersection(parents.get(name, ())))
        and (node["resource_type"] == "unit_test" or stale.isdisjoint(parents.get(name, ())))
    }
    return Reach(frozenset(built), frozenset(asked))


def changes(before: Mapping[str, str], manifest: Mapping[str, Any]) -> set[str]:
    """Return the ids of the nodes that are new or not what they were."""
    now = digests(manifest)
    return {name for name in now if now[name] != before.get(name)}


def _closure(names: set[str], edges: Graph) -> set[str]:
    seen, level = set(names), set(names)
    while level:
        level = {one for name in level for one in edges.get(name, ())} - seen
        seen |= level
    return seen
