"""Servers on this machine that record what comes, refuse it, or never answer."""

import base64
import json
import socket
import socketserver
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from orchestration.system.paths import DataPaths


class Hook(ThreadingHTTPServer):
    """A webhook that answers with `statuses` in turn, the last one again and again."""

    daemon_threads = True

    def __init__(self, statuses: tuple[int, ...]) -> None:
        super().__init__(("127.0.0.1", 0), _Posted)
        self.statuses = list(statuses)
        self.bodies: list[Any] = []
        self.released = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook/s3cret-token"


class _Posted(BaseHTTPRequestHandler):
    server: Hook

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.bodies.append(json.loads(raw))
        status = self.server.statuses[0]
        if len(self.server.statuses) > 1:
            self.server.statuses.pop(0)
        if status == HANGS:
            self.server.released.wait(30)
            return
        self.send_response(status)
        if status == 302:
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/elsewhere")
        self.end_headers()

    do_GET = do_POST

    def log_message(self, *_: object) -> None:
        pass


HANGS = 0


@pytest.fixture
def hook() -> Iterator[Callable[..., Hook]]:
    """Start webhooks that answer with these statuses in turn; `HANGS` is no answer at all."""
    with ExitStack() as stack:

        def start(*statuses: int) -> Hook:
            server = Hook(statuses or (200,))
            stack.callback(server.server_close)
            stack.callback(server.shutdown)
            stack.callback(server.released.set)
            threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
            return server

        yield start


class MailServer(socketserver.ThreadingTCPServer):
    """A mail server that offers STARTTLS (with a certificate) and a login, as far as it is told."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, certificate: Path | None, refuses: int | None, hangs: bool) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.tls: ssl.SSLContext | None = None
        if certificate:
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.tls.load_cert_chain(certificate)
        self.refuses, self.hangs = refuses, hangs
        self.mails: list[EmailMessage] = []
        self.logins: list[tuple[str, str]] = []
        self.was_safe: list[bool] = []
        self.to: list[str] = []
        self.released = threading.Event()

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Session(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        if self.server.hangs:
            self.server.released.wait(30)
            return
        self.is_safe = False
        self.say("220 here")
        while line := self.rfile.readline():
            words = line.decode().split()
            match words[0].upper() if words else "":
                case "EHLO":
                    self.greet()
                case "STARTTLS":
                    self.say("220 go")
                    assert self.server.tls
                    try:
                        wrapped = self.server.tls.wrap_socket(self.connection, server_side=True)
                    except OSError:
                        return
                    self.connection, self.is_safe = wrapped, True
                    self.rfile, self.wfile = wrapped.makefile("rb"), wrapped.makefile("wb", 0)
                case "AUTH":
                    _, user, password = base64.b64decode(words[2]).decode().split("\0")
                    self.server.logins.append((user, password))
                    self.server.was_safe.append(self.is_safe)
                    self.say("235 welcome" if password == "pa55word" else "535 no")
                case "RCPT" if self.server.refuses:
                    self.say(f"{self.server.refuses} no")
                case "RCPT":
                    self.server.to.append(line.decode().partition("<")[2].partition(">")[0])
                    self.say("250 ok")
                case "DATA":
                    self.say("354 go")
                    self.server.mails.append(self.read_mail())
                    self.say("250 taken")
                case "QUIT":
                    self.say("221 bye")
                    return
                case _:
                    self.say("250 ok")

    def greet(self) -> None:
        offers = ["localhost", "AUTH PLAIN"]
        if self.server.tls and not self.is_safe:
            offers.insert(1, "STARTTLS")
        for offer in offers[:-1]:
            self.say(f"250-{offer}")
        self.say(f"250 {offers[-1]}")

    def read_mail(self) -> EmailMessage:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return message_from_bytes(b"".join(lines), policy=policy.default)  # type: ignore[return-value]

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate of localhost in one file, signed by itself."""
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    asked = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    names = ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    target = ["-keyout", str(path), "-out", str(path.with_suffix(".crt"))]
    subprocess.run(["openssl", "req", *asked, *names, *target], check=True, capture_output=True)
    with path.open("a") as file:
        file.write(path.with_suffix(".crt").read_text())
    return path


@pytest.fixture
def mail_server() -> Iterator[Callable[..., MailServer]]:
    with ExitStack() as stack:

        def start(
            certificate: Path | None = None, refuses: int | None = None, hangs: bool = False
        ) -> MailServer:
            server = MailServer(certificate, refuses, hangs)
            stack.callback(server.server_close)
            stack.callback(server.shutdown)
            stack.callback(server.released.set)
            threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
            return server

        yield start


@contextmanager
def nobody_listens() -> Iterator[int]:
    """Yield a port that is taken, and at which nobody answers a call."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataPaths:
    monkeypatch.setenv("PILOTAGE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PILOTAGE_LANGUAGE", "en")
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    # a second attempt follows at once
    monkeypatch.setattr("orchestration.notify.send.PAUSE_SECONDS", 0.0)
    return DataPaths(tmp_path)
