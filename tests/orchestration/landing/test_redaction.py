"""No accepted text holds an address or a number, whenever it landed; the words stay."""

import duckdb

from orchestration.landing import redaction
from orchestration.landing.redaction import redacted, redactions
from orchestration.publication.verify import sign
from orchestration.system.files import write_json
from orchestration.system.seals import VARIABLE

HEADER = "contact_id,channel,queued_at,note\n"
WHEN = "2026-06-01T10:00:00Z"
PLAIN = "Call me on 06 12 34 56 78, or write to jane@example.com please"
REDACTED = "Call me on [phone], or write to [email] please"


def test_texts_are_redacted_while_they_are_accepted(landing) -> None:
    landing.drop("contacts.csv", HEADER + f'c1,phone,{WHEN},"{PLAIN}"\nc2,phone,{WHEN},Late\n')
    landing.accept()
    assert landing.rows("contacts", "contact_id, note") == [("c1", REDACTED), ("c2", "Late")]
    # what says the same again is the same row
    landing.drop("contacts_2.csv", HEADER + f'c1,phone,{WHEN},"{PLAIN}"\n')
    assert landing.accept().duplicate == 1


def test_texts_that_landed_before_the_rules_are_redacted_once(landing, monkeypatch) -> None:
    monkeypatch.setattr(redaction, "redactions", lambda: ((" +", " "), ("Late", "Early")))
    landing.drop("contacts.csv", HEADER + f'c1,phone,{WHEN},"{PLAIN}"\nc2,phone,{WHEN},Late\n')
    landing.accept()
    before = landing.rows("contacts", "* exclude (note)")
    assert landing.rows("contacts", "note") == [(PLAIN,), ("Early",)]
    monkeypatch.undo()
    landing.accept()
    assert landing.rows("contacts", "note") == [(REDACTED,), ("Early",)]
    assert landing.rows("contacts", "* exclude (note)") == before
    assert redaction.redact_accepted(landing.paths, landing.contract) == 0
    # as the ledger has it, the same file is the same still
    landing.drop("contacts_2.csv", HEADER + f'c1,phone,{WHEN},"{PLAIN}"\n')
    assert landing.accept().duplicate == 1


def test_the_rules_are_those_of_the_models_and_leave_what_they_left() -> None:
    assert len(redactions()) > 40 and ("@", "[at]") in redactions()
    texts = [
        PLAIN,
        "Bonjour M. Martin, ma commande n° AB-12345 de jean@exemple.fr",
        "My name is Jane Doe, 12 rue des Lilas, FR76 3000 6000 0112 3456 7890 189",
        "Merci, Camille",
        "dossier 0123456 et www.example.com/x?y=1 ou @jane_d",
    ]
    listed = ", ".join("('" + one.replace("'", "''") + "')" for one in texts)
    with duckdb.connect() as con:
        rows = con.execute(f"""
            select {redacted("once")}, once
            from (select {redacted("written")} as once from (values {listed}) as v (written))
        """).fetchall()
    assert [twice for twice, _ in rows] == [once for _, once in rows]
    assert not {once for _, once in rows} & set(texts)


def test_a_mark_that_nobody_signed_is_not_believed(landing, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(redaction, "redactions", lambda: ((" +", " "), ("Late", "Early")))
    landing.drop("contacts.csv", HEADER + f"c1,phone,{WHEN},{'Jane@example.com'}\n")
    landing.accept()
    monkeypatch.undo()
    key = tmp_path / "key"
    key.write_text("k" * 64)
    key.chmod(0o600)
    monkeypatch.setenv(VARIABLE, str(key))
    list(sign(landing.paths))
    # by hand, as one without the key would say that all is done
    mark = landing.paths.accepted / ".redacted.json"
    write_json(mark, {"rules": redaction._version()})
    assert redaction.redact_accepted(landing.paths, landing.contract) == 1
    assert landing.rows("contacts", "note") == [("[email]",)]
