"""The built worked examples, and a shadow of them in memory in which mutants are judged.

A mutant stands in the parsed project in memory: no file of the project is ever changed. dbt itself
runs the unit tests, and compiles the mutated models. What follows from them is then made anew with
the SQL that dbt compiled, as far as it differs: a table that comes out as it was stops the way.
"""

import os
import runpy
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache, cached_property
from graphlib import TopologicalSorter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb

from orchestration.system.environment import prepare_environment
from orchestration.system.paths import PROJECT_ROOT, DataPaths
from orchestration.warehouse.dbt_command import invoke, one_line
from orchestration.warehouse.manifest import parse
from tests.mutation.mutants import Mutant
from tests.orchestration import test_semantic_layer as metrics
from tests.orchestration import test_worked_examples as examples
from tests.orchestration.worked_examples import Run, build_examples

KILLED, SURVIVED, INVALID = "killed", "survived", "invalid"
UNIT_TEST, BUILD, DATA_TEST = "unit test", "build", "data test"
EXAMPLE, METRIC = "worked example", "metric"
LAYERS = (UNIT_TEST, BUILD, DATA_TEST, EXAMPLE, METRIC)
# SQL that cannot be run proves nothing about the tests; any other error is one that somebody sees.
NO_SQL = (duckdb.BinderException, duckdb.ParserException, duckdb.CatalogException)
QUICKLY = ("--no-write-json", "--no-populate-cache")
STEERING = "marts/steering/"
MUTATED_FOLDERS = ("marts/kpis/", "marts/core/", STEERING)
MACROS_OF_BATCHES = "macros/incremental/"
UNMUTATED_MACROS = ("macros/engine/", MACROS_OF_BATCHES)
ROOT_OF_KPIS = "model.pilotage.kpi_values"


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant: in which layer some test failed, and which (`by`)."""

    status: str
    layer: str = ""
    by: str = ""


def set_environment(root: Path) -> DataPaths:
    """Let dbt and the project work below `root` in this process, on one thread."""
    os.environ["PILOTAGE_DATA_DIR"] = str(root)
    os.environ["DBT_TARGET_PATH"] = str(root / "dbt" / "target")
    os.environ["DBT_LOG_PATH"] = str(root / "dbt" / "logs")
    os.environ["PILOTAGE_THREADS"] = "1"
    return prepare_environment()


def texts(manifest: Any) -> dict[str, str]:
    """Return the SQL to mutate, by the node's id: marts that lead to kpi_values or to steering, and
    the macros in them that are no engine's. What only builds of new batches read is left out (see
    `of_batches`, too): the tests in `test_incremental.py` prove it."""
    steering = {
        name
        for name, node in manifest.nodes.items()
        if node.resource_type == "model" and node.path.startswith(STEERING)
    }
    models = {
        name: node.raw_code
        for name in _ancestors(manifest, {ROOT_OF_KPIS} | steering)
        if (node := manifest.nodes.get(name))
        and node.resource_type == "model"
        and node.language == "sql"
        and node.path.startswith(MUTATED_FOLDERS)
        and not node.name.endswith("_changed")
    }
    macros = {
        name: macro.macro_sql
        for name, macro in manifest.macros.items()
        if macro.package_name == "pilotage"
        and not macro.original_file_path.startswith(UNMUTATED_MACROS)
        and not macro.name.startswith(("generate_", "test_"))
        and set(users_of(manifest, name)) & models.keys()
    }
    return models | macros


def of_batches(manifest: Any) -> list[str]:
    """Return the names of the macros that say what a build of new batches reads."""
    return sorted(
        macro.name
        for macro in manifest.macros.values()
        if macro.original_file_path.startswith(MACROS_OF_BATCHES)
    )


def _ancestors(manifest: Any, names: Iterable[str]) -> set[str]:
    found, waiting = set(), list(names)
    while waiting:
        one = waiting.pop()
        if one in found:
            continue
        found.add(one)
        waiting += manifest.nodes[one].depends_on_nodes if one in manifest.nodes else []
    return found


def users_of(manifest: Any, name: str) -> list[str]:
    """Return the models that a text decides: the model itself, or those that call a macro."""
    if name in manifest.nodes:
        return [name]
    macros = {name}
    while True:
        more = {
            caller
            for caller, macro in manifest.macros.items()
            if macro.package_name == "pilotage" and macros & set(macro.depends_on.macros)
        }
        if more <= macros:
            break
        macros |= more
    return [
        node.unique_id
        for node in manifest.nodes.values()
        if node.resource_type == "model" and macros & set(node.depends_on.macros)
    ]


def path_of(manifest: Any, name: str) -> str:
    """Return the file of a model or a macro."""
    return (manifest.nodes.get(name) or manifest.macros[name]).original_file_path


class World:
    """The built examples below `root`, made there first where they are not yet."""

    def __init__(self, root: Path) -> None:
        self.paths = set_environment(root)
        if not self.paths.marts_db.exists():
            _, built = build_examples(self.paths)
            assert built.error is None, built.error
        self.manifest = parse()

    @cached_property
    def shadow(self) -> "Shadow":
        shadow = Shadow(self.paths, self.manifest, _compile(self.manifest))
        shadow.check()
        return shadow

    def judge(self, mutant: Mutant) -> Verdict:
        """Ask the unit tests of the model, and where they see nothing the built examples."""
        shadow = self.shadow
        models = users_of(self.manifest, mutant.model)
        with self._mutated(mutant):
            verdict = self._unit_tests(models)
            if verdict.status != SURVIVED:
                return verdict
            try:
                compiled = _compile(self.manifest, models)
            except ValueError as error:
                return Verdict(INVALID, BUILD, str(error))
        return shadow.judge({one: sql for one, sql in compiled.items() if shadow.differs(one, sql)})

    @contextmanager
    def _mutated(self, mutant: Mutant) -> Iterator[None]:
        holder, field = self.manifest.nodes.get(mutant.model), "raw_code"
        if holder is None:
            holder, field = self.manifest.macros[mutant.model], "macro_sql"
        text = getattr(holder, field)
        setattr(holder, field, mutant.apply(text))
        try:
            yield
        finally:
            setattr(holder, field, text)

    def _unit_tests(self, models: list[str]) -> Verdict:
        names = {self.manifest.nodes[one].name for one in models}
        tested = {one.model for one in self.manifest.unit_tests.values()}
        asked = [f"test_type:unit,{name}" for name in sorted(names & tested)]
        if not asked:
            return Verdict(SURVIVED)
        arguments = ["test", "--fail-fast", *QUICKLY, "--select", *asked]
        outcome = invoke(arguments, self.manifest)
        if outcome.exception is not None and outcome.result is None:
            return Verdict(INVALID, UNIT_TEST, one_line(str(outcome.exception)))
        for result in outcome.result.results:
            if result.status == "fail":
                return Verdict(KILLED, UNIT_TEST, result.node.name)
            if result.status == "error":
                message = one_line(result.message or "")
                invalid = any(f"{kind} Error" in (result.message or "") for kind in NO_SQL_TEXTS)
                return Verdict(INVALID if invalid else KILLED, UNIT_TEST, message)
        return Verdict(SURVIVED)


NO_SQL_TEXTS = ("Binder", "Parser", "Catalog", "Syntax", "Compilation")


def _compile(manifest: Any, models: Iterable[str] = ()) -> dict[str, str]:
    """Return the SQL of a full build, by node: of these models, or of everything with its tests."""
    names = [manifest.nodes[one].name for one in models]
    select = ["--select", *names] if names else []
    outcome = invoke(["compile", "--full-refresh", *QUICKLY, *select], manifest)
    if not outcome.success:
        failed = [result.message for result in outcome.result.results] if outcome.result else []
        raise ValueError(one_line(" ".join(filter(None, failed)) or str(outcome.exception)))
    return {
        result.node.unique_id: result.node.compiled_code
        for result in outcome.result.results
        if getattr(result.node, "compiled_code", None)
        and getattr(result.node, "language", "sql") == "sql"
    }


class Shadow:
    """Views on the built tables, under the names that dbt's SQL has for them; each may be replaced
    by a table and put back."""

    def __init__(self, paths: DataPaths, manifest: Any, compiled: dict[str, str]) -> None:
        self._paths, self._compiled = paths, compiled
        self._nodes = {
            name: node
            for name, node in manifest.nodes.items()
            if node.resource_type in ("model", "seed")
        }
        self._tests = {
            name: node for name, node in manifest.nodes.items() if node.resource_type == "test"
        }
        self._order = _parents_first(self._nodes)
        self._fingerprints: dict[str, tuple] = {}
        self._connection = duckdb.connect(config={"threads": 1})
        self._attach()
        self._usual = {name: self._status_of(name) for name in self._tests}

    def _attach(self) -> None:
        # dbt opens the files themselves in this process
        copy = self._paths.root / "shadow"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self._paths.warehouse, copy)
        execute = self._connection.execute
        execute("set TimeZone = 'UTC'")
        for catalog in ("build", "marts"):
            execute(f"attach '{copy / catalog}.duckdb' as built_{catalog} (read_only)")
            execute(f"attach ':memory:' as {catalog}")
        for node in self._nodes.values():
            execute(f'create schema if not exists "{node.database}"."{node.schema}"')
        # a view may look at a table that it is no child of by its references
        for name in sorted(self._order, key=self._is_view):
            self._show_built(name)
        execute("use marts")

    def _show_built(self, name: str) -> None:
        node = self._nodes[name]
        sql = self._compiled[name] if self._is_view(name) else f"from {_built(node)}"
        self._connection.execute(f"create view {node.relation_name} as {sql}")

    def _is_view(self, name: str) -> bool:
        return self._nodes[name].config.materialized == "view"

    def judge(self, mutated: dict[str, str]) -> Verdict:
        """Build anew what follows from changed SQL, and ask every test that reads any of it."""
        changed: list[str] = []
        try:
            for name in self._order:
                parents = set(self._nodes[name].depends_on_nodes)
                if name in mutated or not parents.isdisjoint(changed):
                    changed.append(name)
                    self._build(name, mutated.get(name, self._compiled.get(name)))
                    if not self._is_view(name) and self._is_as_before(name):
                        self._put_back(changed.pop())
            return self._noticed(set(changed))
        except duckdb.Error as error:
            wrong = isinstance(error, NO_SQL)
            return Verdict(INVALID if wrong else KILLED, BUILD, one_line(str(error)))
        finally:
            for name in changed:
                self._put_back(name)

    def check(self) -> None:
        """Build all that may be mutated, unmutated: no test may notice.

        Raises RuntimeError when one does: verdicts would mean nothing.
        """
        usual = {name: self._compiled[name] for name in self._nodes if name in self._compiled}
        verdict = self.judge(usual)
        if verdict.status != SURVIVED:
            raise RuntimeError(f"without any mutant: {verdict}")

    def differs(self, name: str, sql: str) -> bool:
        return sql != self._compiled[name]

    def _build(self, name: str, sql: str | None) -> None:
        node = self._nodes[name]
        execute = self._connection.execute
        execute(f"drop view {node.relation_name}")
        if self._is_view(name):
            execute(f"create view {node.relation_name} as {sql}")
            return
        execute(f"create table {node.relation_name} as from {_built(node)} limit 0")
        if node.language == "python":
            result = self._run_python(node)
            self._connection.register("python_result", result)
            sql = "from python_result"
        execute(f"insert into {node.relation_name} by name {sql}")

    def _run_python(self, node: Any) -> Any:
        model = runpy.run_path(str(PROJECT_ROOT / node.original_file_path))["model"]
        relations = {
            self._nodes[one].name: self._nodes[one].relation_name for one in node.depends_on_nodes
        }
        dbt = SimpleNamespace(
            ref=lambda name: self._connection.sql(f"from {relations[name]}"),
            # how dbt writes it; here it is made anew
            config=lambda **_: None,
            is_incremental=False,
        )
        return model(dbt, self._connection)

    def _put_back(self, name: str) -> None:
        relation = self._nodes[name].relation_name
        for kind in ("table", "view"):
            # the model may have failed at any point
            with suppress(duckdb.CatalogException):
                self._connection.execute(f"drop {kind} if exists {relation}")
        self._show_built(name)

    def _is_as_before(self, name: str) -> bool:
        node = self._nodes[name]
        if name not in self._fingerprints:
            self._fingerprints[name] = self._fingerprint(_built(node))
        return self._fingerprint(node.relation_name) == self._fingerprints[name]

    def _fingerprint(self, relation: str) -> tuple:
        sql = f"select count(*), sum(hash(r)) from {relation} as r"
        return self._connection.execute(sql).fetchone()

    def _noticed(self, changed: set[str]) -> Verdict:
        """Return the first test that gives another verdict on the changed tables than before."""
        for name, test in self._tests.items():
            asked = not changed.isdisjoint(test.depends_on_nodes)
            if asked and self._status_of(name) != self._usual[name]:
                return Verdict(KILLED, DATA_TEST, test.name)
        if not changed:
            return Verdict(SURVIVED)
        run = Run(self._paths, None, None, self._connection)
        for cell in examples.CELLS:
            if not _passes(examples.test_example_gives_its_value, run, cell):
                return Verdict(KILLED, EXAMPLE, str(cell))
        for query in examples.QUERIES:
            if not _passes(examples.test_example_gives_its_intermediate_value, run, query):
                return Verdict(KILLED, EXAMPLE, str(query))
        for kpi_id, slice_type in metrics.CASES:
            case = (run, self._metricflow_sql, kpi_id, slice_type)
            if not _passes(metrics.test_metricflow_gives_the_kpi, *case):
                return Verdict(KILLED, METRIC, f"{kpi_id}-{slice_type}")
        return Verdict(SURVIVED)

    @cached_property
    def _metricflow_sql(self) -> Callable[[str, tuple[str, ...]], str]:
        manifest = self._paths.root / "dbt" / "target" / "semantic_manifest.json"
        return cache(metrics.metricflow_writer(manifest.read_text(encoding="utf-8")))

    def _status_of(self, name: str) -> str:
        """Run a data test as dbt would: pass, warn or error."""
        config = self._tests[name].config
        sql = f"""
            select
                {config.fail_calc} as failures,
                failures {config.warn_if},
                failures {config.error_if}
            from ({self._compiled[name]})
        """
        [(_, warns, errs)] = self._connection.execute(sql).fetchall()
        if errs and config.severity.lower() == "error":
            return "error"
        return "warn" if warns else "pass"


def _built(node: Any) -> str:
    return f'built_{node.database}."{node.schema}"."{node.alias}"'


def _parents_first(nodes: dict[str, Any]) -> list[str]:
    parents = {
        name: [one for one in node.depends_on_nodes if one in nodes] for name, node in nodes.items()
    }
    return list(TopologicalSorter(parents).static_order())


def _passes(test: Callable[..., None], *arguments: Any) -> bool:
    try:
        test(*arguments)
    # a row that is missing where one is taken fails a test, too
    except Exception:
        return False
    return True
