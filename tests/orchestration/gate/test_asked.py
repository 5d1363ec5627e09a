"""The last result of every test goes from build to build, and is nobody else's."""

from dataclasses import asdict
from pathlib import Path

from orchestration.gate.asked import FILE_NAME, Asked, carry_results, keep_results, read_results

FIRST = Asked(0, "2026-06-01T10:00:00+00:00", "e1")
LATER = Asked(3, "2026-06-02T10:00:00+00:00", "e2")


def test_what_is_not_asked_again_keeps_its_result(tmp_path: Path) -> None:
    keep_results(tmp_path, "e1", "f", {"a", "b", "gone"}, {"a": FIRST, "b": FIRST, "gone": FIRST})
    keep_results(tmp_path, "e2", "f", {"a", "b"}, {"b": LATER})
    results = read_results(tmp_path)
    assert results is not None
    assert results.edition == "e2"
    assert (results.of("a"), results.of("b"), results.of("gone")) == (FIRST, LATER, None)


def test_results_of_another_project_do_not_stand(tmp_path: Path) -> None:
    keep_results(tmp_path, "e1", "f", {"a", "b"}, {"a": FIRST, "b": FIRST})
    keep_results(tmp_path, "e2", "other", {"a", "b"}, {"b": LATER})
    results = read_results(tmp_path)
    assert results is not None
    assert dict(results.tests) == {"b": asdict(LATER)}


def test_altered_results_are_none_and_a_candidate_carries_the_last(tmp_path: Path) -> None:
    warehouse, candidate = tmp_path / "warehouse", tmp_path / "candidate"
    warehouse.mkdir()
    candidate.mkdir()
    keep_results(warehouse, "e1", "f", {"a"}, {"a": LATER})
    carry_results(warehouse, candidate)
    assert read_results(candidate) == read_results(warehouse) is not None
    path = candidate / FILE_NAME
    path.write_text(path.read_text().replace('"rows": 3', '"rows": 0'))
    assert read_results(candidate) is None
    (warehouse / FILE_NAME).unlink()
    carry_results(warehouse, candidate)
    assert not path.exists()
