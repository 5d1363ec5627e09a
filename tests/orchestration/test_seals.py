"""A seal says whether a record is what was written, of its kind, and by whom."""

from pathlib import Path

import pytest

from orchestration.system.errors import UsageError
from orchestration.system.hashes import Foreign, Hashes, hash_file
from orchestration.system.seals import (
    SEAL,
    VARIABLE,
    flaw,
    refuse_to_sign_less,
    sealed,
    signing_key,
)

RECORD = {"name": "é", "rows": (1, 2), "share": 0.1, "by": {2: None}}


@pytest.fixture
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PILOTAGE_DATA_DIR", str(tmp_path / "data"))
    path = tmp_path / "key"
    path.write_text("k" * 32)
    path.chmod(0o600)
    monkeypatch.setenv(VARIABLE, str(path))
    return path


def test_a_record_is_sound_as_it_is_read_back(key: Path) -> None:
    stored = sealed(RECORD, "thing")
    read_back = {"by": {"2": None}, "share": 0.1, "rows": [1, 2], "name": "é", SEAL: stored[SEAL]}
    assert flaw(read_back, "thing") is None
    assert sealed(stored, "thing") == stored


def test_a_record_is_of_its_kind_and_content(key: Path) -> None:
    stored = sealed(RECORD, "thing")
    assert flaw(stored, "other thing") == "was altered, or is corrupted"
    assert flaw(stored | {"more": 1}, "thing") == "was altered, or is corrupted"
    assert flaw(None, "thing") == "is not whole"
    assert flaw({"seal": 3}, "thing") == "was altered, or is corrupted"


def test_a_signature_is_the_operators(key: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = sealed(RECORD, "thing")
    other = stored | {SEAL: stored[SEAL] | {"hmac": "0" * 64}}
    assert flaw(other, "thing") == "was altered: its signature is not the operator's"
    key.write_text("another" * 6)
    assert flaw(stored, "thing") == "is not signed with the operator's key"
    monkeypatch.delenv(VARIABLE)
    # who has no key sees accidents only
    assert flaw(stored, "thing") is None
    assert flaw(RECORD, "thing") is None
    with pytest.raises(UsageError, match="is signed with the key"):
        refuse_to_sign_less(stored)
    refuse_to_sign_less(sealed(RECORD, "thing"))


def test_the_key_is_never_shown(key: Path) -> None:
    assert "kkkk" not in repr(signing_key()) + repr(sealed(RECORD, "thing"))


def test_a_file_known_by_its_hash_is_read_again_after_any_change(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"abc")
    hashes = Hashes(tmp_path / "hashes.json")
    first = hashes.of(file)
    hashes.keep()
    file.write_bytes(b"abd")
    assert Hashes(tmp_path / "hashes.json").of(file) == hash_file(file)[0] != first


def test_what_is_no_file_of_its_own_has_no_hash(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "file")
    with pytest.raises(OSError):
        hash_file(tmp_path / "link")
    with pytest.raises((OSError, Foreign)):
        hash_file(tmp_path)
