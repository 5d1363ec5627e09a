"""The instant that a run looks from, and what is known of the last build."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from orchestration.system.errors import UsageError
from orchestration.system.paths import DataPaths
from orchestration.warehouse.build import why_full_refresh
from orchestration.warehouse.run_context import (
    Built,
    new_context,
    parse_as_of,
    read_built,
    read_context,
    write_built,
    write_context,
)

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        pytest.param("2026-06-30", "2026-06-30T22:00:00Z", id="a date ends at Paris midnight"),
        pytest.param("2026-10-25", "2026-10-25T23:00:00Z", id="the autumn day has 25 hours"),
        pytest.param("2026-11-22", "2026-11-22T23:00:00Z", id="today may be looked at"),
        pytest.param("2026-06-30T18:00:00", "2026-06-30T16:00:00Z", id="no offset is Paris"),
        pytest.param("2026-06-30T18:00:00+05:00", "2026-06-30T13:00:00Z", id="an offset counts"),
        pytest.param("2026-06-30T18:00:00Z", "2026-06-30T18:00:00Z", id="UTC"),
    ],
)
def test_as_of_is_a_day_or_an_instant(text: str, instant: str) -> None:
    assert parse_as_of(text, TODAY) == instant


@pytest.mark.parametrize("text", ["yesterday", "2026-02-30", "30/06/2026", "2026-11-23", ""])
def test_another_as_of_is_a_usage_error(text: str) -> None:
    with pytest.raises(UsageError, match="--as-of"):
        parse_as_of(text, TODAY)


def test_an_edition_is_named_by_its_instant_and_last_batch() -> None:
    now = datetime(2026, 11, 22, 5, 12, 3, tzinfo=UTC)
    assert new_context(31, None, now=now).edition == "20261122T051203Z-00000031"


def test_a_run_starts_from_the_last_successful_build(tmp_path: Path) -> None:
    paths = DataPaths(tmp_path)
    observed = ["2026-06-30 22:00:00.25+00", "2026-07-01"]
    write_built(paths, Built("edition", None, 12, "f", "", observed, [], ""))
    context = new_context(31, read_built(paths))
    assert (context.previous_batch, context.latest_batch) == (12, 31)
    assert context.previous_as_of == observed[0]
    write_context(paths, context)
    assert read_context(paths) == context
    assert sorted(path.name for path in paths.warehouse.iterdir()) == [
        "built.json",
        "run_context.json",
    ]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"edition": "x"}'])
def test_a_broken_record_of_the_last_build_counts_as_none(tmp_path: Path, content: str) -> None:
    paths = DataPaths(tmp_path)
    paths.warehouse.mkdir()
    (paths.warehouse / "built.json").write_text(content)
    assert read_built(paths) is None


def built(**other: object) -> Built:
    usual = {"edition": "e", "as_of": None, "latest_batch": 3, "fingerprint": "f"}
    usual |= {"finished_at": "2026-11-22T05:00:00Z", "observed": [None, None]}
    usual |= {"files": [[1, 2], [3, 4], [], []], "root": "/data"}
    return Built(**(usual | other))


@pytest.mark.parametrize(
    ("last", "latest_batch", "as_of", "reason"),
    [
        (built(), 4, None, None),
        (None, 4, None, "nothing was built"),
        (built(fingerprint="other"), 4, None, "changed"),
        (built(), 4, "2026-06-30T22:00:00Z", "as-of"),
        (built(as_of="2026-06-30T22:00:00Z"), 4, None, "as-of"),
        (built(), 2, None, "fewer batches"),
    ],
)
def test_everything_is_built_afresh_only_for_a_reason(
    tmp_path: Path, last: Built | None, latest_batch: int, as_of: str | None, reason: str | None
) -> None:
    paths = DataPaths(tmp_path)
    paths.warehouse.mkdir()
    paths.build_db.touch()
    paths.marts_db.touch()
    found = why_full_refresh(paths, new_context(latest_batch, last, as_of), last, "f")
    assert (found is None) if reason is None else (reason in found)


def test_a_missing_warehouse_file_means_a_build_afresh(tmp_path: Path) -> None:
    paths = DataPaths(tmp_path)
    paths.warehouse.mkdir()
    paths.build_db.touch()
    assert why_full_refresh(paths, new_context(4, built()), built(), "f")
