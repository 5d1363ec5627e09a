"""The verdict: fails closed, knows bad data from a broken gate, is bound to bytes and rules."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from orchestration.gate import (
    Verdict,
    describe,
    is_complete,
    read_verdict,
    runner,
    suites,
    suites_version,
    write_verdict,
)
from orchestration.gate import judge as judge_function
from orchestration.gate.built import BuildProof, read_proof, write_proof
from orchestration.gate.checks import CheckResult, Suite, no_rows, suite, table_exists
from orchestration.gate.declared import FILE_NAME, carry_rules, read_rules, write_rules
from orchestration.gate.judge import file_sha256
from orchestration.gate.runner import without_values
from orchestration.gate.verdict import is_passed
from orchestration.system.errors import GateRefused, PilotageError
from orchestration.system.seals import sealed


def judge(candidate: Path) -> Verdict:
    """Judge the file as if a whole build had left it as it stands."""
    rules = candidate.with_name(FILE_NAME)
    if candidate.exists() and rules.exists():
        hashes = (file_sha256(candidate), file_sha256(rules))
        write_proof(candidate.parent, BuildProof("e1", "f", 9, 6, 3, 4, "n", *hashes))
    return judge_function(candidate)


@pytest.fixture(scope="module")
def good_verdict(good_file: Path) -> Verdict:
    return judge(good_file)


@pytest.fixture
def candidate(tmp_path: Path, good_file: Path) -> Path:
    shutil.copy(good_file.with_name(FILE_NAME), tmp_path)
    return Path(shutil.copy(good_file, tmp_path / "pilotage.duckdb"))


def change(path: Path, sql: str) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute(sql)


def failing(verdict: Verdict) -> dict[str, CheckResult]:
    return {f"{one.suite} · {one.name}": one for one in verdict.checks if not one.success}


def test_a_sound_candidate_passes(good_verdict, good_file, rules):
    assert failing(good_verdict) == {}
    assert good_verdict.success
    assert good_verdict.candidate_sha256 == file_sha256(good_file)
    assert good_verdict.suites_version == suites_version(rules)
    assert is_complete(good_verdict, good_file)
    assert good_verdict.counts["total"] == good_verdict.counts["passed"] > 100


def test_judging_leaves_the_file_closed_and_unchanged(good_verdict, good_file):
    assert {path.name for path in good_file.parent.iterdir()} == {
        "pilotage.duckdb",
        "build.json",
        FILE_NAME,
    }
    change(good_file, "select 1")
    assert file_sha256(good_file) == good_verdict.candidate_sha256


def test_a_missing_table_and_a_missing_column_are_refused(candidate):
    change(
        candidate,
        "drop table core.tickets; alter table kpis.kpi_values drop column denominator;"
        "create view core.extra as select 1 as one",
    )
    verdict = judge(candidate)
    found = failing(verdict)
    assert not verdict.success
    assert verdict.counts["broken"] == 0
    assert is_complete(verdict, candidate)
    assert found["completeness: core.tickets · table_exists"].blocks
    assert found["core.tickets · ticket_id_is_unique"].not_run == "core.tickets"
    assert found["completeness: kpis.kpi_values · denominator_exists"].not_run is None
    assert "kpis.kpi_values.denominator" in found["kpis.kpi_values · columns_exist"].meaning
    needing = found["few people: kpis.kpi_values · few_people_are_not_shown"]
    assert needing.not_run == "kpis.kpi_values.denominator"
    assert found["file · holds_tables_only"].unexpected_count == 1
    text = describe(verdict)
    assert "core.tickets · ticket_id_is_unique: not asked, core.tickets is missing." in text
    assert "The gate itself failed" not in text


def test_a_gate_that_breaks_refuses_and_says_so(candidate, monkeypatch):
    def broken(*_args):
        raise RuntimeError("no engine")

    monkeypatch.setattr(runner, "_open", broken)
    verdict = judge(candidate)
    assert not verdict.success
    assert verdict.counts["broken"] > 100
    assert "broken  core.contacts · channel_is_not_null: RuntimeError: no engine" in describe(
        verdict
    )
    assert "The gate itself failed" in describe(verdict)


def test_what_cannot_be_read_breaks_its_own_checks_only(candidate):
    # A text where a number is expected: the engine refuses the question.
    change(candidate, "alter table kpis.kpi_values alter value type varchar")
    verdict = judge(candidate)
    assert not verdict.success
    broken = {f"{one.suite} · {one.name}" for one in verdict.checks if one.exception}
    # a whole suite is asked at once, and only where that breaks each check by itself
    assert broken == {
        "kpis.kpi_values · value_is_in_its_interval",
        "few people: kpis.kpi_values · few_people_are_not_shown",
    }
    assert len(verdict.checks) == verdict.counts["passed"] + verdict.counts["failed"] + 2


def test_a_suite_without_an_answer_is_broken(candidate, monkeypatch):
    validate = runner._validate

    def forgetful(batch, checks, result_format):
        found = validate(batch, checks, result_format)
        found.pop("0", None)
        return found

    monkeypatch.setattr(runner, "_validate", forgetful)
    verdict = judge(candidate)
    assert not verdict.success
    found = failing(verdict)
    assert "gave no answer" in found["core.agent_months · month_start_is_not_null"].exception
    assert {one.suite for one in found.values()} == {"core.agent_months"}


def test_where_the_engine_refuses_nulls_the_rows_are_not_asked(candidate, rules, monkeypatch):
    change(candidate, "alter table core.customers alter customer_id set not null")
    asked = []
    run = runner.run
    module = sys.modules["orchestration.gate.judge"]
    monkeypatch.setattr(module, "run", lambda path, plan: asked.extend(plan) or run(path, plan))
    verdict = judge(candidate)
    assert verdict.success
    assert is_complete(verdict, candidate)
    [checks] = [checks for suite, checks in asked if suite.name == "core.customers"]
    names = {check.name for check in checks}
    assert "customer_id_is_not_null" not in names
    assert {"customer_id_is_unique", "segment_is_not_null"} <= names


def test_broken_rows_are_counted_and_not_shown(candidate):
    change(
        candidate,
        """
        update core.customers set country = 'ann@example.org' where customer_id in ('k1', 'k2');
        update core.customers set segment = null;
        alter table core.contacts add column tags varchar[] default ['a', 'ann@b.fr'];
        create table core.extra as select 'ann@example.org' as "odd ""name";
        """,
    )
    verdict = judge(candidate)
    found = failing(verdict)
    assert {name: one.unexpected_count for name, one in found.items()} == {
        "core.customers · segment_is_not_null": 5,
        "privacy: core.customers · country_holds_no_identifier": 2,
        # nested text is searched too
        "privacy: core.contacts · tags_holds_no_identifier": 20,
        # a table without a suite is searched for identifiers
        'privacy: core.extra · odd "name_holds_no_identifier': 1,
    }
    assert "ann@" not in repr(verdict)


def test_a_suite_that_is_not_run_is_no_success(candidate, monkeypatch):
    module = sys.modules["orchestration.gate.judge"]
    monkeypatch.setattr(module, "run", lambda *_args, **_kwargs: [])
    verdict = judge(candidate)
    assert not verdict.success
    assert all(one.success for one in verdict.checks)


def test_no_check_is_no_success():
    assert not is_passed([])


def result(severity="critical", **changes) -> CheckResult:
    return replace(CheckResult("s", "c", severity, False, "A rule."), **changes)


@pytest.mark.parametrize(
    ("check", "passes"),
    [
        (result(success=True), True),
        (result(), False),
        (result("warning"), True),
        (result("warning", exception="broken"), False),
        (result("warning", not_run="t.c"), False),
        (result(success=True, exception="broken"), False),
    ],
)
def test_what_blocks(check, passes):
    assert is_passed([check, result(success=True)]) is passes


def test_a_warning_is_told_and_does_not_block(candidate):
    change(candidate, "delete from core.customers")
    verdict = judge(candidate)
    assert verdict.success
    assert verdict.counts["warned"] == 1
    text = describe(verdict)
    rule = "completeness: core.customers · has_rows: 1 row. A table without rows proves nothing."
    assert f"warning {rule}" in text


def test_describe_counts_rows():
    checks = (result(unexpected_count=1), result(name="d", unexpected_count=12345))
    text = describe(Verdict("0", "0", False, "now", checks))
    assert text.splitlines() == [
        "Gate: refused. 0 of 2 checks passed, 2 failed, 0 broken, 0 warned.",
        "  failed  s · c: 1 row. A rule.",
        "  failed  s · d: 12,345 rows. A rule.",
    ]


@pytest.mark.parametrize(
    ("other", "doubt"),
    [
        ({"done": 5}, "of 9 models, seeds and tests 5 were built or asked and 3 stand"),
        ({"expected": 0, "done": 0, "standing": 0}, "of 0 models"),
        ({"tests": 0}, "of 9 models"),
        ({"marts_sha256": "0"}, "not the bytes that the build left"),
        ({"rules_sha256": "0"}, "not the rules that the build left"),
    ],
)
def test_what_no_whole_build_left_is_refused(candidate, other, doubt):
    assert judge(candidate).success
    write_proof(candidate.parent, replace(read_proof(candidate.parent), **other))
    verdict = judge_function(candidate)
    assert not verdict.success
    [[name, check]] = failing(verdict).items()
    assert name == "the build · everything_was_built_and_tested"
    assert doubt in check.meaning


def test_without_a_sound_record_of_the_build_nothing_passes(candidate):
    judge(candidate)
    path = candidate.with_name("build.json")
    path.write_text(path.read_text().replace('"done": 6', '"done": 7'))
    [check] = failing(judge_function(candidate)).values()
    assert "no sound record of the build" in check.meaning
    path.unlink()
    assert not judge_function(candidate).success


def test_the_verdict_is_read_as_written(good_verdict, candidate):
    assert read_verdict(candidate) is None
    path = write_verdict(good_verdict, candidate)
    assert path == candidate.with_name("verdict.json")
    assert read_verdict(candidate) == good_verdict
    path.write_text(path.read_text()[:-20])
    with pytest.raises(GateRefused, match="cannot be read"):
        read_verdict(candidate)
    path.write_text(json.dumps(sealed({"checks": 3}, "verdict")))
    with pytest.raises(GateRefused, match="cannot be read"):
        read_verdict(candidate)
    path.write_text('{"checks": 3}')
    with pytest.raises(GateRefused, match="has no seal"):
        read_verdict(candidate)


def test_a_verdict_cannot_claim_what_its_checks_deny(good_verdict, candidate):
    failed = replace(good_verdict.checks[0], success=False)
    write_verdict(replace(good_verdict, checks=(failed,)), candidate)
    assert read_verdict(candidate).success is False


def test_a_file_that_is_not_closed_is_not_judged(candidate):
    candidate.with_name("pilotage.duckdb.wal").write_bytes(b"rows")
    with pytest.raises(PilotageError, match="not closed"):
        judge(candidate)


def test_a_file_that_is_no_database_is_not_judged(tmp_path):
    with pytest.raises(PilotageError, match="Build the marts first"):
        judge(tmp_path / "absent.duckdb")
    (tmp_path / "text.duckdb").write_text("not a database" * 1000)
    with pytest.raises(PilotageError, match="cannot be opened"):
        judge(tmp_path / "text.duckdb")


def first_suite(**changes) -> tuple[Suite, ...]:
    first, *others = suites.border_suites()
    return (replace(first, **changes), *others)


@pytest.mark.parametrize(
    "changed",
    [
        lambda: first_suite(checks=()),
        lambda: suites.border_suites()[1:],
        lambda: first_suite(
            checks=tuple(
                replace(check, severity="warning") for check in suites.border_suites()[0].checks
            )
        ),
    ],
)
def test_the_version_changes_with_any_rule_of_the_border(monkeypatch, rules, changed):
    before, other = suites_version(rules), changed()
    monkeypatch.setattr(suites, "border_suites", lambda: other)
    assert suites.suites_version(rules) != before


@pytest.mark.parametrize(
    "changed",
    [
        {"not_null": ()},
        {"keys": ()},
        {"accepted_values": {"channel": ("phone",)}},
        {"rules": {"answered_after_it_entered": "true"}},
        {"columns": ("contact_id",)},
    ],
)
def test_the_version_changes_with_any_declared_rule(rules, changed):
    other = tuple(
        replace(one, **changed) if one.table == "contacts" else one for one in rules.tables
    )
    assert suites_version(replace(rules, tables=other)) != suites_version(rules)


def test_the_version_changes_with_the_rule_on_identifiers(monkeypatch, rules):
    before = suites_version(rules)
    monkeypatch.setattr(suites.identifiers, "RULE", {"at_sign": "#"})
    assert suites_version(rules) != before


def test_the_version_is_the_same_in_every_process(good_file, rules):
    program = (
        "import sys; from pathlib import Path; from orchestration.gate import suites_version;"
        "from orchestration.gate.declared import read_rules;"
        "print(suites_version(read_rules(Path(sys.argv[1]))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, good_file.parent],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == suites_version(rules)


@pytest.mark.parametrize("content", [None, "", '{"tables": 3}', '{"project_fingerprint": "a"}'])
def test_a_candidate_whose_rules_are_lost_is_not_judged(candidate, content):
    file = candidate.with_name(FILE_NAME)
    if content is None:
        file.unlink()
    else:
        file.write_text(content)
    with pytest.raises(PilotageError, match="rules of the build"):
        judge(candidate)


def test_rules_are_read_as_written_and_kept_for_their_project(tmp_path, rules):
    write_rules(tmp_path, rules)
    assert read_rules(tmp_path) == rules
    (tmp_path / "candidate").mkdir()
    carry_rules(tmp_path, tmp_path / "candidate", rules.project_fingerprint)
    assert read_rules(tmp_path / "candidate") == rules
    with pytest.raises(PilotageError, match="not those of the last build"):
        carry_rules(tmp_path, tmp_path / "candidate", "of another project")


def test_the_gate_loads_no_heavy_library_before_it_runs():
    program = (
        "import sys, orchestration.gate, orchestration.publication, orchestration.gate.arrival;"
        "print(sorted({'great_expectations', 'sqlalchemy', 'pandas'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_check_names_are_distinct_within_a_suite():
    with pytest.raises(ValueError, match="used twice"):
        suite("core", "contacts", [table_exists(), table_exists()])


@pytest.mark.parametrize(
    ("message", "kept"),
    [
        (
            "ConversionException: Conversion Error: Could not convert string 'ann@b.fr' to INT32",
            "ConversionException: Conversion Error: Could not convert string … to INT32",
        ),
        ('Binder Error: column "value" not found', 'Binder Error: column "value" not found'),
        ("\n\nfirst\nsecond ann@b.fr", "first"),
        ("", "unknown"),
    ],
)
def test_no_value_stays_in_an_exception(message, kept):
    assert without_values(message) == kept


def test_great_expectations_itself_is_given_no_value(candidate, monkeypatch):
    """The values would stand in its results, which other tools may store."""
    change(candidate, "update core.survey_answers set validity = 'ann@example.org'")
    raw, counts = [], runner._counts
    monkeypatch.setattr(runner, "_counts", lambda found, n: raw.append(found) or counts(found, n))
    judge(candidate)
    assert any("validity" in repr(found) and not found["success"] for found in raw)
    assert "ann@example.org" not in repr(raw)


def test_the_gate_opens_nothing_but_the_candidate(good_file, tmp_path):
    other = tmp_path / "other.csv"
    other.write_text("a\n1\n")
    peek = no_rows("peek", f"from read_csv('{other}')", "Reads another file.", ())
    [found] = runner.run(good_file, [(Suite("core", "dates", (peek,)), [peek])])
    assert "disabled" in found.exception
