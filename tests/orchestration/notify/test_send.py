"""A message comes as it should, and what does not take it neither raises nor waits for long."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.notify import forms
from orchestration.notify.channels import Email, Webhook
from orchestration.notify.message import Message, Section
from orchestration.notify.send import Delivery, send
from tests.orchestration.notify.conftest import HANGS, Hook, MailServer, nobody_listens

MESSAGE = Message(
    "edition",
    "Édition <1> & more",
    (Section(("Readers have it.",)), Section(("a_b *c* [d]", "<!channel>"), "What changed")),
    html="<p>Édition</p>",
)


def webhook(form: str = "json", url_env: str = "HOOK", timeout: float = 5) -> Webhook:
    return Webhook("desk", ("edition",), form, url_env, timeout)


def send_one(channel: Webhook | Email) -> Delivery:
    [done] = send({channel.name: MESSAGE}, [channel])
    return done


@pytest.fixture
def posted(hook: Callable[..., Hook], monkeypatch: pytest.MonkeyPatch, paths):
    def post(form: str, *statuses: int, timeout: float = 5) -> tuple[Delivery, Hook]:
        server = hook(*statuses)
        monkeypatch.setenv("HOOK", server.url)
        return send_one(webhook(form, timeout=timeout)), server

    return post


def test_slack_gets_a_header_and_sections_without_markup_of_ours(posted) -> None:
    done, server = posted("slack")
    assert done.problem is None
    [body] = server.bodies
    assert body["text"] == "Édition &lt;1&gt; &amp; more"
    assert body["blocks"][0] == {
        "type": "header",
        "text": {"type": "plain_text", "text": "Édition <1> & more"},
    }
    assert [block["text"]["text"] for block in body["blocks"][1:]] == [
        "Readers have it.",
        "*What changed*\n• a_b *c* [d]\n• &lt;!channel&gt;",
    ]


def test_teams_gets_an_adaptive_card_whose_text_is_shown_as_it_is(posted) -> None:
    done, server = posted("teams", 202)
    assert done.problem is None
    [body] = server.bodies
    assert body["type"] == "message"
    [attachment] = body["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    card = attachment["content"]
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.4")
    # a text block would read Markdown
    assert {one["type"] for one in card["body"]} == {"RichTextBlock"}
    texts = [one["inlines"][0]["text"] for one in card["body"]]
    assert texts == [
        "Édition <1> & more", "Readers have it.", "What changed", "• a_b *c* [d]", "• <!channel>",
    ]  # fmt: skip


def test_json_has_title_text_and_sections(posted) -> None:
    done, server = posted("json")
    assert done.problem is None
    [body] = server.bodies
    assert (body["kind"], body["title"]) == ("edition", "Édition <1> & more")
    assert body["sections"][1] == {
        "heading": "What changed",
        "lines": ["a_b *c* [d]", "<!channel>"],
    }
    assert body["text"].startswith("Readers have it.\n\nWhat changed\n- a_b")


def test_long_messages_stay_within_the_limits() -> None:
    long = Message("edition", "x" * 400, (Section(tuple("é" * 290 for _ in range(800)), "All"),))
    blocks = forms.slack(long)["blocks"]
    assert len(blocks) <= 50
    assert len(blocks[0]["text"]["text"]) <= 150
    assert all(len(block["text"]["text"]) <= 3000 for block in blocks)
    assert len(forms.body(long, "teams")) < 28_000


def test_a_server_that_fails_once_is_asked_again(posted) -> None:
    done, server = posted("json", 500, 200)
    assert (done.problem, len(server.bodies)) == (None, 2)


@pytest.mark.parametrize(("status", "times"), [(500, 2), (429, 2), (404, 1), (302, 1)])
def test_what_is_refused_is_said_without_the_address(posted, status: int, times: int) -> None:
    done, server = posted("json", status)
    assert done == Delivery("desk", f"HTTP {status}")
    # not elsewhere either, where a redirect points
    assert len(server.bodies) == times


def test_a_server_that_hangs_is_given_up(posted) -> None:
    started = time.monotonic()
    done, server = posted("json", HANGS, timeout=0.3)
    assert done == Delivery("desk", "no answer in time")
    assert len(server.bodies) == 2
    assert time.monotonic() - started < 5


def test_a_server_that_drips_is_given_up(paths, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte comes in time, and the answer never does."""
    import socket
    import threading

    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            client, _ = listening.accept()
            for _ in range(200):
                try:
                    client.send(b"H")
                except OSError:
                    return
                time.sleep(0.1)

        threading.Thread(target=drip, daemon=True).start()
        port = listening.getsockname()[1]
        monkeypatch.setenv("HOOK", f"http://127.0.0.1:{port}/")
        started = time.monotonic()
        done = send_one(webhook(timeout=0.5))
        assert done.problem == "no answer in time"
        assert time.monotonic() - started < 5


def test_nobody_there(paths, monkeypatch: pytest.MonkeyPatch) -> None:
    with nobody_listens() as port:
        monkeypatch.setenv("HOOK", f"http://127.0.0.1:{port}/s3cret-token")
        done = send_one(webhook())
    assert done.problem is not None and done.problem.startswith("no connection")
    assert "s3cret" not in done.problem


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "the environment variable HOOK is not set"),
        ("http://example.org/s3cret-token", "HOOK holds no https address"),
        ("file:///etc/passwd", "HOOK holds no https address"),
    ],
)
def test_an_address_that_is_none(
    paths, monkeypatch: pytest.MonkeyPatch, value: str | None, said: str
) -> None:
    monkeypatch.delenv("HOOK", raising=False)
    if value:
        monkeypatch.setenv("HOOK", value)
    assert send_one(webhook()).problem == said


def test_one_channel_that_fails_does_not_keep_the_others_from_hearing(
    hook: Callable[..., Hook], paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = hook(200), hook(HANGS)
    monkeypatch.setenv("GOOD", good.url)
    monkeypatch.setenv("BAD", bad.url)
    channels = [
        Webhook("bad", ("edition",), "json", "BAD", 0.3),
        Webhook("good", ("edition",), "json", "GOOD", 5),
    ]
    done = send({one.name: MESSAGE for one in channels}, channels)
    assert [(one.channel, one.problem is None) for one in done] == [("bad", False), ("good", True)]
    assert len(good.bodies) == 1


def email(server: MailServer, **more) -> Email:
    settings = {"host": "localhost", "port": server.port, "timeout_seconds": 5} | more
    return Email("mail", ("edition",), sender="pilotage@example.org", to=TO, **settings)


TO = ("a@example.org", "b@example.org")


@pytest.fixture
def login(monkeypatch: pytest.MonkeyPatch, paths) -> dict[str, str]:
    monkeypatch.setenv("MAIL_USER", "robot")
    monkeypatch.setenv("MAIL_PASSWORD", "pa55word")
    return {"user_env": "MAIL_USER", "password_env": "MAIL_PASSWORD"}


def test_mail_goes_by_starttls_with_login(
    mail_server: Callable[..., MailServer], certificate: Path, login: dict[str, str]
) -> None:
    server = mail_server(certificate)
    authority = str(certificate.with_suffix(".crt"))
    assert send_one(email(server, ca_file=authority, **login)).problem is None
    assert (server.logins, server.was_safe) == ([("robot", "pa55word")], [True])
    assert server.to == list(TO)
    [mail] = server.mails
    assert (mail["Subject"], mail["To"]) == ("Édition <1> & more", ", ".join(TO))
    plain, html = mail.iter_parts()
    assert "- a_b *c* [d]" in plain.get_content()
    assert html.get_content().strip() == "<p>Édition</p>"


def test_no_password_goes_to_a_server_that_proves_nothing(
    mail_server: Callable[..., MailServer], certificate: Path, login: dict[str, str]
) -> None:
    unknown, plain = mail_server(certificate), mail_server()
    assert "no safe connection" in str(send_one(email(unknown, **login)).problem)
    assert "no STARTTLS" in str(send_one(email(plain, **login)).problem)
    assert unknown.logins == plain.logins == []


def test_a_wrong_password_is_not_tried_twice_nor_told(
    mail_server: Callable[..., MailServer], certificate: Path, login, monkeypatch
) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", "wrong-pa55word")
    server = mail_server(certificate)
    done = send_one(email(server, ca_file=str(certificate.with_suffix(".crt")), **login))
    assert done.problem == "SMTP 535"
    assert len(server.logins) == 1


@pytest.mark.parametrize("refuses", [550, 451])
def test_nobody_is_accepted(mail_server: Callable[..., MailServer], paths, refuses: int) -> None:
    done = send_one(email(mail_server(refuses=refuses), starttls=False))
    assert done.problem == f"SMTP {refuses}: nobody was accepted"


def test_a_mail_server_that_hangs_is_given_up(
    mail_server: Callable[..., MailServer], paths
) -> None:
    server = mail_server(hangs=True)
    started = time.monotonic()
    done = send_one(email(server, starttls=False, timeout_seconds=0.3))
    assert done.problem == "no answer in time"
    assert time.monotonic() - started < 5


def test_a_body_is_plain_json() -> None:
    assert json.loads(forms.body(MESSAGE, "slack"))["blocks"]
