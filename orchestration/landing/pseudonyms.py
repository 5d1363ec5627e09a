"""Keyed pseudonyms of direct identifiers, computed before anything else may read them.

A pseudonym is `<type>_<32 hex digits>`: the first half of HMAC-SHA256 over `type:value`, with the
value brought to one form first. The key stays in this process: it never enters SQL, a log or an
error message. The plain values are kept in the vault, a private file that dbt never reads.
"""

import hmac
import os
import re
import secrets
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.landing.identifiers import normal_forms
from orchestration.system.errors import UsageError
from orchestration.system.files import private_directory, sync, write_private

if TYPE_CHECKING:
    import duckdb
    import pyarrow

KEY_VARIABLE = "PILOTAGE_PSEUDONYM_KEY"
SHORTEST_KEY = 32
IDENTIFIERS = "identifiers.duckdb"


def load_key(vault: Path) -> bytes:
    """Return the key from the environment, else from `vault/pseudonym.key`, made when absent.

    Raises `UsageError` when the key is too short, its file can be read by others or is gone while
    the vault holds identifiers, or it is not the key that made the pseudonyms which are there.
    """
    private_directory(vault)
    configured = os.environ.get(KEY_VARIABLE)
    key = key_bytes(configured, KEY_VARIABLE) if configured else _key_of_file(vault)
    _check_same_key(key, vault)
    return key


def _key_of_file(vault: Path) -> bytes:
    file = vault / "pseudonym.key"
    if not file.exists():
        _refuse_to_begin_again(vault)
        write_private(file, secrets.token_hex(32))
    if stat.S_IMODE(file.stat().st_mode) & 0o077:
        raise UsageError(f"{file} can be read by others: run `chmod 600` on it")
    try:
        content = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise UsageError(f"{file} cannot be read as the key: restore it from its backup") from None
    return key_bytes(content, str(file))


def _refuse_to_begin_again(vault: Path) -> None:
    """A new key beside pseudonyms of an old one would make two persons of everybody known."""
    if any((vault / name).exists() for name in (IDENTIFIERS, "pseudonym.key.id")):
        raise UsageError(
            f"{vault / 'pseudonym.key'} is missing, and {vault} holds what was made with it: "
            f"restore it from its backup, or set {KEY_VARIABLE} to that key"
        )


def key_bytes(written: str, where: str) -> bytes:
    """Return a key from its text; `UsageError` when it is too short."""
    if len(written) < SHORTEST_KEY:
        raise UsageError(
            f"The key in {where} is too short: use at least {SHORTEST_KEY} characters, "
            "such as `openssl rand -hex 32` prints"
        )
    is_hex = len(written) % 2 == 0 and re.fullmatch(r"[0-9a-fA-F]{64,}", written)
    return bytes.fromhex(written) if is_hex else written.encode()


def key_mark(key: bytes) -> str:
    """Return what tells a key from others and says nothing of it."""
    return hmac.digest(key, b"which key is this?", "sha256").hex()[:32]


def _check_same_key(key: bytes, vault: Path) -> None:
    """Another key would give every known person a second pseudonym, unnoticed."""
    mark = key_mark(key)
    file = vault / "pseudonym.key.id"
    if not file.exists():
        _check_by_vault(key, vault)
        write_private(file, mark)
    elif file.read_text(encoding="utf-8").strip() != mark:
        raise UsageError(
            f"The pseudonym key is not the one used before in {vault}: set {KEY_VARIABLE} "
            "(or restore pseudonym.key) to that one, or start with an empty data directory"
        )


def _check_by_vault(key: bytes, vault: Path) -> None:
    """Without the key's mark, ask the vault: did this key make a pseudonym that it holds?"""
    file = vault / IDENTIFIERS
    if not file.exists():
        return
    import duckdb

    with duckdb.connect(str(file), read_only=True) as con:
        known = con.execute("select pseudonym, ref_type, value from identifiers limit 1").fetchone()
    if known and known[0] != _hidden(key, known[1], known[2]):
        raise UsageError(
            f"The pseudonym key is not the one that made what {vault} holds: restore "
            f"pseudonym.key, or set {KEY_VARIABLE} to that key"
        )


def pseudonym(key: bytes, reference_type: str, value: str) -> str | None:
    """Return the pseudonym of the first plain identifier of a cell; None when it holds none."""
    normal = normal_forms(reference_type, value)
    if not normal:
        return None
    return _hidden(key, reference_type, normal[0])


def _hidden(key: bytes, reference_type: str, normal: str) -> str:
    digest = hmac.digest(key, f"{reference_type}:{normal}".encode(), "sha256")
    return f"{reference_type}_{digest.hex()[:32]}"


def pseudonyms(key: bytes, references: "pyarrow.Table") -> "pyarrow.Table":
    """Compute many: (ref_type, plain) to (ref_type, plain, value, pseudonym), `value` normal.

    A reference that holds several identifiers comes back as often, in their order; one that holds
    none does not.
    """
    import pyarrow

    keyed = hmac.new(key, digestmod="sha256")
    types = references["ref_type"].to_pylist()
    plain = references["plain"].to_pylist()
    found = [
        (at, value)
        for at, (kind, written) in enumerate(zip(types, plain, strict=True))
        for value in normal_forms(kind, written)
    ]
    made = []
    for at, value in found:
        digest = keyed.copy()
        digest.update(f"{types[at]}:{value}".encode())
        made.append(f"{types[at]}_{digest.hexdigest()[:32]}")
    return pyarrow.Table.from_arrays(
        [
            _texts([types[at] for at, _ in found]),
            _texts([plain[at] for at, _ in found]),
            _texts([value for _, value in found]),
            _texts(made),
        ],
        ["ref_type", "plain", "value", "pseudonym"],
    )


def _texts(values: list[str]) -> "pyarrow.Array":
    """An array of texts, made from its bytes: `pyarrow.array` would import pandas first."""
    import numpy
    import pyarrow

    encoded = [value.encode() for value in values]
    offsets = numpy.zeros(len(encoded) + 1, dtype=numpy.int64)
    numpy.cumsum([len(value) for value in encoded], out=offsets[1:])
    return pyarrow.LargeStringArray.from_buffers(
        len(encoded), pyarrow.py_buffer(offsets), pyarrow.py_buffer(b"".join(encoded))
    )


def remember(con: "duckdb.DuckDBPyConnection", vault: Path, references: str) -> None:
    """Add the identifiers of the relation `references` to the vault, those that are new to it.

    The relation has ref_type, value and pseudonym. Idempotent; the file is private.
    """
    from orchestration.system.sql import text

    private_directory(vault)
    file = vault / IDENTIFIERS
    con.execute(f"attach {text(file)} as vault")
    try:
        file.chmod(0o600)
        con.execute("""
            create table if not exists vault.identifiers (
                pseudonym varchar not null, ref_type varchar not null, value varchar not null
            )
        """)
        con.execute(f"""
            insert into vault.identifiers
            select pseudonym, any_value(ref_type), any_value(value)
            from {references} as known
            where not exists (
                select 1 from vault.identifiers as kept where kept.pseudonym = known.pseudonym
            )
            group by pseudonym
        """)
    finally:
        con.execute("detach vault")
    sync(file)
