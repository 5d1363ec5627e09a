"""Another key: other pseudonyms for all, and the same persons."""

import shutil
from pathlib import Path

import duckdb
import pytest
from small_world import CUSTOMERS, EMAIL, OTHER_EMAIL, World, drop_all

from orchestration.forgetting.erase import forget, new_order
from orchestration.forgetting.people import find_people, references_in
from orchestration.forgetting.rotation import NEW_KEY_VARIABLE, rotate
from orchestration.landing.pseudonyms import KEY_VARIABLE, load_key, pseudonym
from orchestration.system.errors import PilotageError, UsageError
from tests.orchestration.killing import Killed, at_step


def people(world: World) -> dict[str, str]:
    return dict(world.rows("interactions", "contacts", "contact_id, customer_ref"))


def assert_rotated(world: World, old: bytes) -> None:
    new = load_key(world.paths.vault)
    assert new != old
    assert people(world) == {
        "K1": pseudonym(new, "phone", "0639981234"),
        "K2": pseudonym(new, "email", EMAIL),
        "K3": pseudonym(new, "email", OTHER_EMAIL),
    }
    emails = [row[0] for row in world.rows("billing", "customers", "email")]
    assert sorted(emails) == sorted(
        str(pseudonym(new, "email", one)) for one in (EMAIL, OTHER_EMAIL)
    )
    with duckdb.connect(str(world.paths.vault / "identifiers.duckdb"), read_only=True) as con:
        known = con.execute("select pseudonym, ref_type, value from identifiers").fetchall()
    assert known and all(pseudonym(new, kind, value) == made for made, kind, value in known)


def test_the_same_people_come_again_under_the_new_key(world: World) -> None:
    old = load_key(world.paths.vault)
    before = world.rows("billing", "orders", "*")
    rotated = rotate(world.paths, world.contract)
    assert rotated.identifiers == 4 and rotated.files >= 3
    assert_rotated(world, old)
    assert world.rows("billing", "orders", "*") == before
    world.drop("customers_2.csv", CUSTOMERS + "\n", "billing")
    assert world.accept().duplicate == 2


def test_killed_after_any_step_the_same_command_ends_it(world: World, tmp_path: Path) -> None:
    old, whole = load_key(world.paths.vault), tmp_path / "whole"
    shutil.copytree(world.paths.root, whole, symlinks=True)
    steps: list[str] = []
    rotate(world.paths, world.contract, steps.append)
    assert {"next key", "accepted file", "vault", "key", "mark"} <= set(steps)
    for at in [place for place, step in enumerate(steps) if step not in steps[place + 1 :]]:
        shutil.rmtree(world.paths.root)
        shutil.copytree(whole, world.paths.root, symlinks=True)
        with pytest.raises(Killed):
            rotate(world.paths, world.contract, at_step(at))
        with pytest.raises(PilotageError, match="rotate-key"):
            world.accept()
        rotate(world.paths, world.contract)
        assert_rotated(world, old)


def test_who_was_forgotten_stays_so_under_another_key(world: World) -> None:
    asked = [references_in(EMAIL)]
    traces = find_people(world.paths, world.contract, load_key(world.paths.vault), asked)
    forget(world.paths, world.contract, new_order(world.paths, traces, 1, inbox=True))
    before = people(world)
    rotate(world.paths, world.contract)
    assert people(world)["K2"] == before["K2"] and people(world)["K3"] != before["K3"]
    drop_all(world)
    assert world.accept().suppressed > 0


def test_a_key_of_the_environment_is_followed_by_another(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = (world.paths.vault / "pseudonym.key").read_text()
    (world.paths.vault / "pseudonym.key").unlink()
    monkeypatch.setenv(KEY_VARIABLE, written)
    with pytest.raises(UsageError, match=NEW_KEY_VARIABLE):
        rotate(world.paths, world.contract)
    monkeypatch.setenv(NEW_KEY_VARIABLE, "cd" * 32)
    assert rotate(world.paths, world.contract).must_set_key
    with pytest.raises(UsageError, match="not the one used before"):
        load_key(world.paths.vault)
    monkeypatch.setenv(KEY_VARIABLE, "cd" * 32)
    assert_rotated(world, bytes.fromhex(written))
