"""A Superset of the pinned version on this machine alone, for as long as it is asked."""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration.system.paths import PROJECT_ROOT

BIN = PROJECT_ROOT / ".venv" / "bi" / "bin"
ADDRESS = "127.0.0.1"
USER = "admin"
PATIENCE_SECONDS = 240
CONFIGURATION = """\
SECRET_KEY = {secret!r}
SQLALCHEMY_DATABASE_URI = {metadata!r}
WTF_CSRF_ENABLED = False
TALISMAN_ENABLED = False
"""


@dataclass(frozen=True)
class Superset:
    """A running Superset, and the token of its one user."""

    url: str
    password: str
    token: str = ""

    def get(self, path: str) -> Any:
        return self._asked(path, None, {})

    def post(self, path: str, content: Any) -> Any:
        body = json.dumps(content).encode()
        return self._asked(path, body, {"Content-Type": "application/json"})

    def import_dashboard(self, archive: bytes) -> Any:
        """Send the file as the page under Dashboards does."""
        boundary = uuid.uuid4().hex
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="formData"; '
            'filename="dashboard.zip"\r\nContent-Type: application/zip\r\n\r\n'
        )
        body = head.encode() + archive + f"\r\n--{boundary}--\r\n".encode()
        return self._asked(
            "/api/v1/dashboard/import/",
            body,
            {"Content-Type": f"multipart/form-data; boundary={boundary}"},
        )

    def _asked(self, path: str, body: bytes | None, headers: Mapping[str, str]) -> Any:
        headers = {**headers, "Authorization": f"Bearer {self.token}"} if self.token else headers
        request = urllib.request.Request(self.url + path, body, dict(headers))
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            said = error.read().decode(errors="replace")[:2000]
            raise AssertionError(f"Superset answers {path} with {error.code}: {said}") from error


@contextmanager
def running(folder: Path) -> Iterator[Superset]:
    """Start a Superset whose own database stands in `folder`, and stop it at the end."""
    password = secrets.token_urlsafe(12)
    configuration = folder / "superset_config.py"
    configuration.write_text(
        CONFIGURATION.format(
            secret=secrets.token_urlsafe(42), metadata=f"sqlite:///{folder / 'metadata.db'}"
        ),
        encoding="utf-8",
    )
    environment = os.environ | {
        "FLASK_APP": "superset",
        "SUPERSET_CONFIG_PATH": str(configuration),
        "SUPERSET_HOME": str(folder),
    }
    log = folder / "superset.log"

    def superset(*arguments: str) -> None:
        with log.open("ab") as out:
            done = subprocess.run(
                [BIN / "superset", *arguments], env=environment, stdout=out, stderr=out, check=False
            )
        if done.returncode:
            raise AssertionError(f"superset {arguments[0]} failed:\n{log.read_text()[-3000:]}")

    superset("db", "upgrade")
    admin = ("--firstname", "Test", "--lastname", "Test", "--email", "test@example.org")
    superset("fab", "create-admin", "--username", USER, "--password", password, *admin)
    superset("init")
    port = _free_port()
    with log.open("ab") as out:
        server = subprocess.Popen(
            [BIN / "superset", "run", "-h", ADDRESS, "-p", str(port), "--with-threads"],
            env=environment,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        found = Superset(f"http://{ADDRESS}:{port}", password)
        _wait(found, server, log)
        login = {"username": USER, "password": password, "provider": "db"}
        token = found.post("/api/v1/security/login", login)["access_token"]
        yield Superset(found.url, password, token)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind((ADDRESS, 0))
        port: int = one.getsockname()[1]
        return port


def _wait(superset: Superset, server: subprocess.Popen, log: Path) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(superset.url + "/health", timeout=5):
                return
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"Superset does not answer:\n{log.read_text()[-3000:]}")


def picture(superset: Superset, slug: str, to: Path) -> bool:
    """Photograph a dashboard; False where the machine has no Chromium."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        return False
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1500, "height": 4200})
        page.goto(superset.url + "/login/")
        page.locator("input#username, input[name=username]").fill(USER)
        page.locator("input#password, input[name=password]").fill(superset.password)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/login" not in url)
        page.goto(f"{superset.url}/superset/dashboard/{slug}/")
        page.wait_for_selector(".dashboard-component-chart-holder")
        # each chart says so itself while it loads
        page.wait_for_function("document.querySelectorAll('.loading').length === 0", timeout=90_000)
        page.wait_for_timeout(2_000)
        page.screenshot(path=str(to))
        browser.close()
    return True
