"""A message in the form that a channel takes: Slack, Teams, JSON, or a mail.

Slack: incoming webhooks take blocks, a section of 3,000 characters at most, and read `&`, `<` and
`>` as markup. Teams: the webhook of a workflow takes an Adaptive Card as the attachment of a
message, 28 KB in all; text runs are shown as they are, where text blocks would read Markdown.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Any

from orchestration.notify.message import Message, Section

SLACK_TITLE, SLACK_SECTION, SLACK_BLOCKS = 150, 2900, 45
TEAMS_BYTES = 24_000
CARD = "http://adaptivecards.io/schemas/adaptive-card.json"
CUT = "…"


def slack(message: Message) -> dict[str, Any]:
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": _cut(message.title, SLACK_TITLE)}}
    ]
    for section in message.sections:
        for text in _slack_texts(section):
            blocks.append({"type": "section", "text": {"type": "mrkdwn", "text": text}})
    if len(blocks) > SLACK_BLOCKS:
        cut = {"type": "section", "text": {"type": "mrkdwn", "text": CUT}}
        blocks = [*blocks[:SLACK_BLOCKS], cut]
    # what a notification shows, and readers that show no blocks
    return {"text": _escaped(message.title), "blocks": blocks}


def _slack_texts(section: Section) -> Iterator[str]:
    """Yield the texts of a section, each within Slack's limit, cut between lines."""
    text = f"*{_escaped(section.heading)}*" if section.heading else ""
    for line in section.lines:
        said = _escaped(_cut(f"• {line}" if section.heading else line, SLACK_SECTION // 5))
        if text and len(text) + len(said) + 1 > SLACK_SECTION:
            yield text
            text = said
        else:
            text = f"{text}\n{said}" if text else said
    if text:
        yield text


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def teams(message: Message) -> dict[str, Any]:
    body = [_run(message.title, size="large", weight="bolder")]
    for section in message.sections:
        lines = [_run(section.heading, weight="bolder")] if section.heading else []
        lines += [_run(f"• {line}" if section.heading else line) for line in section.lines]
        for line in lines:
            if len(_bytes(_card([*body, line]))) > TEAMS_BYTES:
                return _card([*body, _run(CUT)])
            body.append(line)
    return _card(body)


def _run(text: str | None, **look: str) -> dict[str, Any]:
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, **look}]}


def _card(body: list[dict[str, Any]]) -> dict[str, Any]:
    content = {
        "$schema": CARD,
        "type": "AdaptiveCard",
        "version": "1.4",
        "msteams": {"width": "Full"},
        "body": body,
    }
    kind = "application/vnd.microsoft.card.adaptive"
    attachment = {"contentType": kind, "contentUrl": None, "content": content}
    return {"type": "message", "attachments": [attachment]}


def plain_json(message: Message) -> dict[str, Any]:
    return {
        "kind": message.kind,
        "title": message.title,
        "text": message.text,
        "sections": [
            {"heading": one.heading, "lines": list(one.lines)} for one in message.sections
        ],
        "sent_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


FORMS = {"slack": slack, "teams": teams, "json": plain_json}


def body(message: Message, form: str) -> bytes:
    """Return what is posted to a webhook of this form."""
    return _bytes(FORMS[form](message))


def mail(message: Message, sender: str, to: tuple[str, ...]) -> EmailMessage:
    """Return the mail: its text, and its HTML where it has any."""
    made = EmailMessage()
    made["Subject"] = _cut(" ".join(message.title.split()), SLACK_TITLE)
    made["From"], made["To"] = sender, ", ".join(to)
    made["Date"], made["Message-ID"] = format_datetime(datetime.now(UTC)), make_msgid()
    # no answer of an absent reader
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(f"{message.title}\n\n{message.text}\n")
    if message.html:
        made.add_alternative(message.html, subtype="html")
    return made


def _bytes(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode()


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + CUT
