"""Seals: a record that says of itself whether it is still what the program wrote.

Each sealed record is a JSON object with `seal`: the SHA-256 of its content, which finds what a
disk or a hand has altered; and, where the operator gives a key, an HMAC-SHA256 of the same content
with the key's id, which nobody makes who has not read the key. The kind of record is part of both,
so that one cannot stand for another.

The key is a file outside of the data directory, named by `PILOTAGE_SIGNING_KEY_FILE`.
"""

import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from orchestration.system.errors import UsageError
from orchestration.system.paths import data_paths

Record = TypeVar("Record")
VARIABLE = "PILOTAGE_SIGNING_KEY_FILE"
SEAL = "seal"
FEWEST_BYTES = 32
UNSIGNED = "is not signed with the operator's key"


@dataclass(frozen=True)
class Key:
    """The operator's key; `name` is the beginning of its hash, by which records name it."""

    name: str
    secret: bytes = field(repr=False)

    def sign(self, digest: str) -> str:
        return hmac.new(self.secret, digest.encode(), hashlib.sha256).hexdigest()


def signing_key() -> Key | None:
    """Return the key of `PILOTAGE_SIGNING_KEY_FILE`; None when the operator gives none.

    UsageError when it cannot be read, is shorter than 32 bytes, lies within the data directory,
    or is open to others than its owner: such a key proves nothing.
    """
    named = os.environ.get(VARIABLE)
    if not named:
        return None
    path = Path(named).resolve()
    if path.is_relative_to(data_paths().root.resolve()):
        raise UsageError(
            f"{VARIABLE} names {path}, in the data directory: whoever writes there could sign.\n"
            "Keep the key in a folder of its own."
        )
    try:
        with path.open("rb") as file:
            mode, owner = os.fstat(file.fileno()).st_mode, os.fstat(file.fileno()).st_uid
            secret = file.read().strip()
    except OSError as error:
        raise UsageError(
            f"The key {path} of {VARIABLE} cannot be read ({error.strerror}).\n"
            "Make one: (umask 077; openssl rand -hex 32 > KEYFILE)"
        ) from error
    if mode & 0o077 or owner not in (0, os.geteuid()):
        raise UsageError(
            f"The key {path} of {VARIABLE} is open to others than its owner.\n"
            f"Say `chmod 600 {path}`, as the user that runs pilotage."
        )
    if len(secret) < FEWEST_BYTES:
        raise UsageError(
            f"The key {path} of {VARIABLE} has fewer than {FEWEST_BYTES} bytes.\n"
            "Make one: (umask 077; openssl rand -hex 32 > KEYFILE)"
        )
    return Key(hashlib.sha256(b"pilotage signing key" + secret).hexdigest()[:16], secret)


def content_sha256(content: Mapping[str, Any], kind: str) -> str:
    """Return the SHA-256 of a record of this kind, whatever the order of its fields, seal apart."""
    bare = {name: value for name, value in content.items() if name != SEAL}
    # as it is read back: a tuple is a list, a number's name a text
    read_back = json.loads(json.dumps(bare))
    text = json.dumps([kind, read_back], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def sealed(content: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """Return the content with its seal, signed where the operator gives a key."""
    digest = content_sha256(content, kind)
    seal = {"sha256": digest}
    if key := signing_key():
        seal |= {"key": key.name, "hmac": key.sign(digest)}
    return {**{name: value for name, value in content.items() if name != SEAL}, SEAL: seal}


def flaw(stored: Any, kind: str) -> str | None:
    """Return what is wrong with a stored record, as the end of a sentence; None when it is sound.

    With a key a record must be signed by it; without one, it must be what its hash says, if it has
    a seal at all.
    """
    if not isinstance(stored, Mapping):
        return "is not whole"
    key, seal = signing_key(), stored.get(SEAL)
    if seal is None:
        return UNSIGNED if key else None
    if not isinstance(seal, Mapping) or seal.get("sha256") != content_sha256(stored, kind):
        return "was altered, or is corrupted"
    if key is None:
        return None
    signature = seal.get("hmac")
    if not isinstance(signature, str) or seal.get("key") != key.name:
        return UNSIGNED
    if not hmac.compare_digest(signature, key.sign(seal["sha256"])):
        return "was altered: its signature is not the operator's"
    return None


def unsealed(stored: Any, kind: str, record: type[Record]) -> Record | None:
    """Return the `record` that a stored one is; None without a seal, or when it is not sound."""
    if not isinstance(stored, Mapping) or SEAL not in stored or flaw(stored, kind):
        return None
    try:
        return record(**{name: value for name, value in stored.items() if name != SEAL})
    except TypeError:
        return None


def refuse_to_sign_less(stored: Any) -> None:
    """Raise when a record is signed and no key is given: what comes next would not be."""
    seal = stored.get(SEAL) if isinstance(stored, Mapping) else None
    if isinstance(seal, Mapping) and "hmac" in seal and signing_key() is None:
        raise UsageError(
            f"This data directory is signed with the key {seal.get('key')}, and {VARIABLE} is not "
            "set.\nSet it, so that what comes next is signed, too."
        )
