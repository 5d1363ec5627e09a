"""Direct identifiers leave the inbox as keyed pseudonyms only; the key leaves nowhere."""

import hashlib
import hmac
import random
import stat

import duckdb
import pytest

from orchestration.landing.identifiers import normal_forms, normal_phone, parsed_phone
from orchestration.landing.pseudonyms import KEY_VARIABLE, load_key, pseudonym
from orchestration.system.errors import UsageError

HEADER = "contact_id,channel,queued_at,customer_ref,customer_ref_type\n"
WHEN = "2026-06-01T10:00:00Z"


@pytest.mark.parametrize(
    ("kind", "written", "normal"),
    [
        ("email", " Jane.Doe@Example.COM ", "jane.doe@example.com"),
        ("email", "jane.doe @ example.com", "jane.doe@example.com"),
        ("email", "Jane Doe <Jane.Doe@example.com>", "jane.doe@example.com"),
        ("email", "mailto:jane.doe@example.com", "jane.doe@example.com"),
        ("email", "<3", ""),
        ("email", "jane.doe@example.com, joe@example.com", "jane.doe@example.com|joe@example.com"),
        ("email", "jane@example.com joe@example.com", "jane@example.com|joe@example.com"),
        (
            "email",
            "Jane <jane@example.com>; Joe <joe@example.com>",
            "jane@example.com|joe@example.com",
        ),
        ("email", "Doe, Jane <jane@example.com>", "jane@example.com"),
        ("email", "jane@example.com;jane@example.com", "jane@example.com"),
        ("email", "jane@example", ""),
        ("email", "jane@@example.com", ""),
        ("email", "noreply@example.org", ""),
        ("email", "No-Reply@example.org", ""),
        ("email", "ne-pas-repondre@example.fr", ""),
        ("email", "anonymous@anonymous.invalid", ""),
        ("email", "N/A", ""),
        ("phone", "06 12 34 56 78", "+33612345678"),
        ("phone", "06.12.34.56.78", "+33612345678"),
        ("phone", "06-12-34-56-78", "+33612345678"),
        ("phone", "+33 6 12 34 56 78", "+33612345678"),
        ("phone", "+33 (0)6 12 34 56 78", "+33612345678"),
        ("phone", "0033612345678", "+33612345678"),
        ("phone", "(06) 12345678", "+33612345678"),
        ("phone", "+44 20 7183 8750", "+442071838750"),
        ("phone", "06\u00a012\u00a034\u00a056\u00a078", "+33612345678"),
        ("phone", "33612345678", "+33612345678"),
        ("phone", "06/12/34/56/78", "+33612345678"),
        # narrow spaces, and the marks that a telephone puts around a copied number
        ("phone", "06\u202f12\u202f34\u202f56\u202f78", "+33612345678"),
        ("phone", "\u202a+33 6 12 34 56 78\u202c", "+33612345678"),
        ("email", "jane\u200b.doe\uff20example.com", "jane.doe@example.com"),
        ("handle", "@Rene\u0301e", "ren\u00e9e"),
        ("phone", "n° 1", ""),
        ("phone", "33612345678.0", "+33612345678"),
        ("phone", "612345678", "+33612345678"),
        ("phone", "3,36123E+10", ""),
        ("phone", "3.36123E+10", ""),
        ("phone", "01 23 45 67 88 poste 12", "+33123456788"),
        ("phone", "01 23 45 67 88 ext. 12", "+33123456788"),
        ("phone", "sip:+33612345678@pbx.example.com;user=phone", "+33612345678"),
        ("phone", "<sip:0612345678@10.0.0.1>", "+33612345678"),
        ("phone", "tel:+33-6-12-34-56-78", "+33612345678"),
        ("phone", "06 12 34 56 78 / 01 23 45 67 88", "+33612345678|+33123456788"),
        ("phone", "0612345678;0123456788", "+33612345678|+33123456788"),
        ("phone", "0000000000", ""),
        ("phone", "+266696687", ""),
        ("phone", "0612", ""),
        ("phone", "Restricted", ""),
        ("phone", "0", ""),
        ("phone", "-", ""),
        # no operator gives these out: stories and demonstrations are full of them
        ("phone", "06 39 98 12 34", "+33639981234"),
        ("handle", "n/a", ""),
        ("account", "NULL", ""),
        ("phone", "anonymous", ""),
        ("handle", " @Jane_Doe", "jane_doe"),
        ("handle", "@", ""),
        ("account", " ab 12 c ", "AB12C"),
    ],
)
def test_one_form_for_every_way_of_writing(kind: str, written: str, normal: str) -> None:
    assert "|".join(normal_forms(kind, written)) == normal


def test_the_fast_path_for_phones_gives_what_the_library_gives() -> None:
    rng = random.Random(20260701)
    prefixes = ["0", "+33", "0033", "+33 (0)", "33", "+44", "+1", "+32", "+262", "00", ""]
    for _ in range(4_000):
        digits = [str(rng.randrange(10)) for _ in range(rng.choice([3, 8, 9, 9, 9, 9, 10]))]
        written = rng.choice(prefixes)
        for digit in digits:
            written += digit + rng.choice(["", "", "", " ", ".", "-"])
        assert normal_phone(written.strip()) == parsed_phone(written.strip()), written


def test_a_pseudonym_is_an_hmac_of_type_and_value() -> None:
    key = b"k" * 32
    expected = hmac.new(key, b"email:jane@example.com", hashlib.sha256).hexdigest()[:32]
    assert pseudonym(key, "email", "Jane@example.com") == f"email_{expected}"
    assert pseudonym(key, "handle", "jane@example.com") != f"handle_{expected}"
    assert pseudonym(b"l" * 32, "email", "jane@example.com") != f"email_{expected}"
    assert pseudonym(key, "phone", "unknown") is None


def test_every_type_of_reference_is_accepted_as_its_pseudonym(landing) -> None:
    landing.drop(
        "contacts.csv",
        HEADER + f"c1,phone,{WHEN},Jane@Example.com,email\n"
        f"c2,phone,{WHEN},06 12 34 56 78,phone\n"
        f"c3,phone,{WHEN},@jane,handle\n"
        f"c4,phone,{WHEN},j 1,account\n"
        f"c5,phone,{WHEN},K-17,customer_id\n"
        f"c6,phone,{WHEN},anonymous,phone\n"
        f"c7,phone,{WHEN},,email\n",
    )
    landing.accept()
    key = load_key(landing.paths.vault)
    assert landing.rows("contacts", "contact_id, customer_ref") == [
        ("c1", pseudonym(key, "email", "jane@example.com")),
        ("c2", pseudonym(key, "phone", "+33612345678")),
        ("c3", pseudonym(key, "handle", "jane")),
        ("c4", pseudonym(key, "account", "J1")),
        ("c5", "K-17"),
        ("c6", None),
        ("c7", None),
    ]


def test_a_missing_type_is_inferred_and_written(landing) -> None:
    refs = ["jane@example.com", "@jane", "+44 20 7183 8750", "06 12 34 56 78", "K-17", "0612", ""]
    refs += ["06\u00a012\u00a034\u202f56\u202f78"]
    lines = [f"c{at},phone,{WHEN},{ref},\n" for at, ref in enumerate(refs)]
    landing.drop("contacts_1.csv", HEADER + "".join(lines))
    landing.drop(
        "contacts_2.csv",
        f"contact_id,channel,queued_at,customer_ref\nd1,phone,{WHEN},jane@example.com\n",
    )
    landing.accept()
    rows = landing.rows("contacts", "customer_ref_type, customer_ref")
    types = [kind for kind, _ in rows]
    assert types == [
        "email",
        "handle",
        "phone",
        "phone",
        "reference",
        "reference",
        None,
        "phone",
        "email",
    ]
    assert rows[0] == rows[-1]
    assert rows[3] == rows[7]
    assert rows[4][1] == "K-17"


def test_what_looks_like_a_pseudonym_is_plain_input(landing) -> None:
    forged = "email_" + "0" * 32
    landing.drop("contacts.csv", HEADER + f"c1,phone,{WHEN},{forged},email\n")
    landing.accept()
    assert landing.rows("contacts", "customer_ref") != [(forged,)]


def test_a_required_reference_that_holds_nothing_is_set_aside(landing) -> None:
    landing.drop(
        "people.csv",
        "ref_type,ref_value,email\nphone,unknown,\nemail,a@b.fr,c@d.fr\nfax,1,\n,a@b.fr,\n",
    )
    landing.accept()
    assert landing.quarantined("people") == [
        (1, "ref_value: holds no identifier"),
        (
            3,
            'ref_type: not one of customer_id, email, phone, handle, account ("fax"); '
            "ref_value: holds no identifier",
        ),
        (4, "ref_type: required, but missing; ref_value: holds no identifier"),
    ]
    assert landing.rows("people", "email like 'email\\_%' escape '\\'") == [(True,)]


def test_the_vault_keeps_each_plain_value_once(landing) -> None:
    row = f"phone,{WHEN},Jane@Example.com,email\n"
    landing.drop("contacts_1.csv", HEADER + "c1," + row + "c2," + row)
    landing.accept()
    landing.drop("contacts_2.csv", HEADER + "c3," + row + f"c4,phone,{WHEN},0612345678,\n")
    landing.accept()
    file = landing.paths.vault / "identifiers.duckdb"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(landing.paths.vault.stat().st_mode) == 0o700
    with duckdb.connect(str(file), read_only=True) as con:
        rows = con.execute("select ref_type, value from identifiers order by all").fetchall()
    assert rows == [("email", "jane@example.com"), ("phone", "+33612345678")]


def test_no_plain_identifier_and_no_key_outside_of_vault_and_quarantine(landing) -> None:
    landing.drop(
        "contacts.csv",
        HEADER + f"c1,phone,{WHEN},jane@example.com,email\nc2,fax,{WHEN},john@example.com,email\n",
    )
    landing.accept()
    key = (landing.paths.vault / "pseudonym.key").read_bytes().strip()
    for file in landing.paths.root.rglob("*"):
        if file.is_file() and not file.is_relative_to(landing.paths.inbox):
            content = file.read_bytes()
            is_private = file.is_relative_to(landing.paths.vault)
            is_aside = file.is_relative_to(landing.paths.quarantine)
            assert is_private or key not in content
            assert is_private or b"jane@example.com" not in content
            assert is_private or is_aside or b"john@example.com" not in content
    aside = next(landing.paths.quarantine.rglob("*.parquet"))
    assert stat.S_IMODE(aside.stat().st_mode) == 0o600
    for directory in (aside.parent, aside.parent.parent, landing.paths.quarantine):
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700


def test_the_key_is_made_once_and_is_private(landing) -> None:
    key = load_key(landing.paths.vault)
    file = landing.paths.vault / "pseudonym.key"
    assert len(key) == 32 and file.read_text() == key.hex()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert load_key(landing.paths.vault) == key
    file.chmod(0o640)
    with pytest.raises(UsageError, match="can be read by others"):
        load_key(landing.paths.vault)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("ab" * 32, bytes.fromhex("ab" * 32)),
        ("a passphrase of more than 32 characters", b"a passphrase of more than 32 characters"),
        ("ab" * 16, b"ab" * 16),
    ],
)
def test_the_key_may_come_from_the_environment(landing, monkeypatch, written, key) -> None:
    monkeypatch.setenv(KEY_VARIABLE, written)
    assert load_key(landing.paths.vault) == key
    assert not (landing.paths.vault / "pseudonym.key").exists()


def test_a_short_key_is_a_usage_error_that_does_not_show_it(landing, monkeypatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "correct horse battery")
    with pytest.raises(UsageError, match="too short") as raised:
        landing.accept()
    assert "horse" not in str(raised.value)


def test_another_key_than_before_is_a_usage_error(landing, monkeypatch) -> None:
    load_key(landing.paths.vault)
    monkeypatch.setenv(KEY_VARIABLE, "another key of more than 32 characters")
    with pytest.raises(UsageError, match="not the one used before"):
        load_key(landing.paths.vault)


@pytest.mark.parametrize("also", [True, False])
def test_a_lost_key_is_not_made_again_beside_what_it_made(landing, also: bool) -> None:
    landing.drop("contacts.csv", HEADER + f"c1,phone,{WHEN},jane@example.com,email\n")
    landing.accept()
    (landing.paths.vault / "pseudonym.key").unlink()
    if also:
        (landing.paths.vault / "pseudonym.key.id").unlink()
    with pytest.raises(UsageError, match="is missing"):
        landing.accept()
    assert not (landing.paths.vault / "pseudonym.key").exists()


def test_another_key_is_found_out_without_its_mark(landing, monkeypatch) -> None:
    landing.drop("contacts.csv", HEADER + f"c1,phone,{WHEN},jane@example.com,email\n")
    landing.accept()
    key = (landing.paths.vault / "pseudonym.key").read_text()
    for name in ("pseudonym.key", "pseudonym.key.id"):
        (landing.paths.vault / name).unlink()
    monkeypatch.setenv(KEY_VARIABLE, "another key of more than 32 characters")
    with pytest.raises(UsageError, match="not the one that made"):
        load_key(landing.paths.vault)
    monkeypatch.setenv(KEY_VARIABLE, key)
    assert load_key(landing.paths.vault) == bytes.fromhex(key)
