"""`notify.yml` says what is wrong with it, and no secret belongs there."""

from pathlib import Path

import pytest

from orchestration.notify.channels import Email, Webhook, load_channels
from orchestration.system.errors import UsageError
from orchestration.system.paths import PROJECT_ROOT

GOOD = """
channels:
  - name: desk
    kind: webhook
    form: teams
    url_env: TEAMS_WEBHOOK
    wants: [failure, stale_source]
  - kind: email
    host: smtp.example.org
    user_env: SMTP_USER
    password_env: SMTP_PASSWORD
    from: Pilotage <pilotage@example.org>
    to: [head@example.org]
    wants: [edition]
    timeout_seconds: 20
"""


def load(folder: Path, content: str):
    path = folder / "notify.yml"
    path.write_text(content, encoding="utf-8")
    return load_channels(path)


def test_channels_as_they_are_written(tmp_path: Path) -> None:
    assert load(tmp_path, GOOD) == [
        Webhook("desk", ("failure", "stale_source"), "teams", "TEAMS_WEBHOOK"),
        Email(
            "email 2",
            ("edition",),
            "smtp.example.org",
            "Pilotage <pilotage@example.org>",
            ("head@example.org",),
            user_env="SMTP_USER",
            password_env="SMTP_PASSWORD",
            timeout_seconds=20.0,
        ),
    ]


def test_no_file_and_an_empty_one_are_no_channels(tmp_path: Path) -> None:
    assert load_channels(tmp_path / "notify.yml") == []
    assert load(tmp_path, "# nothing yet\n") == []


def test_the_example_of_the_page_is_one(tmp_path: Path) -> None:
    page = (PROJECT_ROOT / "docs" / "how-to" / "alarms.md").read_text(encoding="utf-8")
    example = page.partition("```yaml\n")[2].partition("```")[0]
    forms = [getattr(one, "form", "mail") for one in load(tmp_path, example)]
    assert forms == ["slack", "teams", "json", "mail"]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("form: teams", "form: pigeon", "`form` is one of slack, teams, json"),
        ("kind: email", "kind: fax", "`kind` is one of webhook, email"),
        ("[edition]", "[editions]", "`wants` lists what it is told"),
        ("wants: [edition]", "wants: []", "`wants` lists what it is told"),
        ("url_env:", "adress:", "unknown adress; known are form, name, timeout_seconds, url_env"),
        ("    url_env: TEAMS_WEBHOOK\n", "", "`url_env` is missing"),
        ("    from: Pilotage <pilotage@example.org>\n", "", "`from` is missing"),
        ("timeout_seconds: 20", "timeout_seconds: 600", "60 at most"),
        ("to: [head@example.org]", 'to: ["a@b.org\\nBcc: c@d.org"]', "`to` is one line"),
        ("to: [head@example.org]", "to: []", "`to` names nobody"),
        ("    password_env: SMTP_PASSWORD\n", "", "come together"),
        ("timeout_seconds: 20", "starttls: false", "to this machine only"),
        ("timeout_seconds: 20", "port: 70000", "`port` is no port"),
        ("timeout_seconds: 20", "name: desk", "two channels are named 'desk'"),
        ("channels:", "channel:", "holds one list, `channels`"),
        ("- name: desk", "- name: [desk", "is no YAML in line"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, before: str, after: str, said: str) -> None:
    assert before in GOOD
    with pytest.raises(UsageError) as raised:
        load(tmp_path, GOOD.replace(before, after))
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("secret", "instead"),
    [
        ("url: https://hooks.example.org/T0/s3cret", "url_env"),
        ("password: s3cret", "password_env"),
        ("token: s3cret", "url_env"),
    ],
)
def test_a_secret_in_the_file_is_refused_and_not_repeated(
    tmp_path: Path, secret: str, instead: str
) -> None:
    with pytest.raises(UsageError) as raised:
        load(tmp_path, GOOD.replace("form: teams", f"form: teams\n    {secret}"))
    assert f"`{instead}: NAME_OF_THE_VARIABLE`" in str(raised.value)
    assert "s3cret" not in str(raised.value)
