"""Send a message to its channels, all at once, in bounded time. A failure is said, not raised."""

import os
import smtplib
import ssl
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from orchestration.notify import forms
from orchestration.notify.channels import Channel, Email, Webhook, is_this_machine
from orchestration.notify.message import Message

ATTEMPTS = 2
PAUSE_SECONDS = 1.0
# A second time helps against these; any other refusal stays one.
PASSING = {408, 425, 429}


class Refused(Exception):
    """The channel did not take the message. `is_passing` when it may take it a moment later."""

    def __init__(self, reason: str, is_passing: bool = False) -> None:
        super().__init__(reason)
        self.is_passing = is_passing


@dataclass
class Delivery:
    """What became of a message on one channel: `problem` is None when it was taken."""

    channel: str
    problem: str | None = None


def send(messages: Mapping[str, Message], channels: Sequence[Channel]) -> list[Delivery]:
    """Send each channel its message, by name; return what became of it.

    A channel has `timeout_seconds` for each of two attempts, whatever the other side does.
    """
    jobs = [
        _Job(channel, messages[channel.name]) for channel in channels if channel.name in messages
    ]
    for job in jobs:
        job.start()
    return [job.outcome() for job in jobs]


class _Job(threading.Thread):
    """One channel's delivery; a thread, because a time-out is only per answer of a socket."""

    def __init__(self, channel: Channel, message: Message) -> None:
        super().__init__(daemon=True, name=f"notify {channel.name}")
        self._channel, self._message = channel, message
        self._problem: str | None = "unfinished"
        limit = ATTEMPTS * channel.timeout_seconds + PAUSE_SECONDS + 1
        self._ends_at = time.monotonic() + limit

    def run(self) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                deliver(self._channel, self._message)
            except Refused as error:
                self._problem = str(error)
                if not error.is_passing or attempt == ATTEMPTS:
                    return
                time.sleep(PAUSE_SECONDS)
            except Exception as error:
                # its words may repeat an address that is a secret
                self._problem = f"{type(error).__name__}"
                return
            else:
                self._problem = None
                return

    def outcome(self) -> Delivery:
        self.join(max(self._ends_at - time.monotonic(), 0))
        problem = "no answer in time" if self.is_alive() else self._problem
        return Delivery(self._channel.name, problem)


def deliver(channel: Channel, message: Message) -> None:
    """Send a message once; Refused says why it was not taken, without a secret."""
    try:
        if isinstance(channel, Webhook):
            _post(channel, message)
        else:
            _mail(channel, message)
    except Refused:
        raise
    except ssl.SSLError as error:
        raise Refused(f"no safe connection ({error.reason or 'certificate'})") from None
    except TimeoutError:
        raise Refused("no answer in time", is_passing=True) from None
    except OSError as error:
        raise Refused(f"no connection ({error.strerror or type(error).__name__})", True) from None


def _secret(name: str) -> str:
    value = os.environ.get(name, "").strip()
    if not value:
        raise Refused(f"the environment variable {name} is not set")
    return value


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A message goes where the user said and nowhere else."""

    def redirect_request(self, *_: object) -> None:
        return None


def _post(channel: Webhook, message: Message) -> None:
    url = _secret(channel.url_env)
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_this_machine(parts.hostname)):
        raise Refused(f"{channel.url_env} holds no https address")
    request = urllib.request.Request(
        url,
        data=forms.body(message, channel.form),
        headers={"Content-Type": "application/json; charset=utf-8", "User-Agent": "pilotage"},
        method="POST",
    )
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        with opener.open(request, timeout=channel.timeout_seconds):
            pass
    except urllib.error.HTTPError as error:
        error.close()
        raise Refused(f"HTTP {error.code}", error.code >= 500 or error.code in PASSING) from None
    except urllib.error.URLError as error:
        # the cause says what it is: certificate, time-out, no connection
        if isinstance(error.reason, OSError):
            raise error.reason from None
        raise Refused("no connection", is_passing=True) from None


def _mail(channel: Email, message: Message) -> None:
    login = None
    if channel.user_env and channel.password_env:
        login = _secret(channel.user_env), _secret(channel.password_env)
    made = forms.mail(message, channel.sender, channel.to)
    try:
        with smtplib.SMTP(channel.host, channel.port, timeout=channel.timeout_seconds) as server:
            if channel.starttls:
                server.starttls(context=ssl.create_default_context(cafile=channel.ca_file))
            if login:
                server.login(*login)
            unknown = server.send_message(made)
    except smtplib.SMTPNotSupportedError:
        raise Refused("the server offers no STARTTLS or no login") from None
    except smtplib.SMTPResponseException as error:
        raise Refused(f"SMTP {error.smtp_code}", is_passing=error.smtp_code < 500) from None
    except smtplib.SMTPRecipientsRefused as error:
        codes = sorted({code for code, _ in error.recipients.values()})
        raise Refused(f"SMTP {codes[0]}: nobody was accepted", codes[0] < 500) from None
    except smtplib.SMTPServerDisconnected as error:
        if isinstance(error.__context__, TimeoutError):
            raise error.__context__ from None
        raise Refused("the server hung up", is_passing=True) from None
    if unknown:
        raise Refused(f"the server refused {len(unknown)} of {len(channel.to)} addresses")
