"""A vendor on this machine: pages, limits and faults as the vendors' documentation describes them.

Nothing of a vendor is contacted. Requests are kept, so that a test can say what was asked for.
"""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

Record = dict[str, Any]


@dataclass
class FakeVendor:
    """Records by path; `faults` are the statuses of the next answers, `dies_after` so many answers
    the line is cut; what goes on after the id `refuses` is refused."""

    records: dict[str, list[Record]] = field(default_factory=dict)
    page: int = 2
    faults: list[int] = field(default_factory=list)
    dies_after: int | None = None
    secret: str = ""
    refuses: str = ""
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    url: str = ""
    answered: int = 0

    def paths_asked(self, path: str) -> list[dict[str, str]]:
        return [query for one, query in self.asked if one == path]

    def answer(self, path: str, query: dict[str, str]) -> tuple[int, dict[str, Any]]:
        raise NotImplementedError


class Zendesk(FakeVendor):
    """Cursor exports, time-based exports and lists with links."""

    def answer(self, path: str, query: dict[str, str]) -> tuple[int, dict[str, Any]]:
        name = path.split("/")[-1].removesuffix(".json")
        is_cursor = name == "cursor"
        if is_cursor:
            name = path.split("/")[-2]
        found = self.records.get(name, [])
        if "incremental" in path:
            return 200, self._exported(path, name, found, query, is_cursor)
        start = int(query.get("page[after]", 0))
        part = found[start : start + self.page]
        more = start + self.page < len(found)
        if name == "survey_responses":
            # the Help Center's lists say what follows, and no link to it
            return 200, {
                name: part,
                "meta": {"has_more": more, "after_cursor": str(start + self.page)},
            }
        link = self._link(path, {**query, "page[after]": str(start + self.page)})
        return 200, {name: part, "meta": {"has_more": more}, "links": {"next": link}}

    def _exported(
        self, path: str, name: str, found: list[Record], query: dict[str, str], is_cursor: bool
    ) -> dict[str, Any]:
        key = (
            next(
                one
                for one in ("generated_timestamp", "timestamp", "stamp")
                if any(one in record for record in found)
            )
            if found
            else "stamp"
        )
        if "cursor" in query:
            start = int(query["cursor"])
        else:
            since = int(query["start_time"])
            start = sum(record[key] < since for record in found)
        part = found[start : start + self.page]
        end = start + self.page >= len(found)
        # the link goes on after the last page: the next export begins there
        if is_cursor:
            link = self._link(path, {"cursor": str(start + len(part))})
            return {name: part, "after_url": link, "end_of_stream": end}
        since = found[start + self.page][key] if not end else (part[-1][key] if part else 0)
        link = self._link(path, {"start_time": str(since)})
        return {name: part, "next_page": link, "end_of_stream": end, "count": len(part)}

    def _link(self, path: str, query: dict[str, str]) -> str:
        return f"{self.url}{path}?{urlencode(query)}"


class Stripe(FakeVendor):
    """Lists, newest first, that go on after the last id."""

    def answer(self, path: str, query: dict[str, str]) -> tuple[int, dict[str, Any]]:
        name = path.split("/")[-1]
        found = sorted(self.records.get(name, []), key=lambda one: -one["created"])
        found = [one for one in found if one["created"] >= int(query.get("created[gte]", 0))]
        ids = [one["id"] for one in found]
        if "starting_after" in query and query["starting_after"] not in ids:
            return 404, {"error": {"code": "resource_missing"}}
        if self.refuses and query.get("starting_after") == self.refuses:
            return 400, {"error": {"code": "invalid_request_error"}}
        start = ids.index(query["starting_after"]) + 1 if "starting_after" in query else 0
        part = found[start : start + self.page]
        more = start + self.page < len(found)
        return 200, {"object": "list", "data": part, "has_more": more, "url": path}


@contextmanager
def serving(vendor: FakeVendor) -> Iterator[FakeVendor]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
            vendor.asked.append((parts.path, query))
            if vendor.dies_after is not None and vendor.answered >= vendor.dies_after:
                self.close_connection = True
                self.connection.close()
                return
            status, body = 200, {}
            if vendor.secret and vendor.secret not in _said(self.headers["Authorization"]):
                status, body = 401, {"error": f"Couldn't authenticate {vendor.secret}"}
            elif vendor.faults:
                status, body = vendor.faults.pop(0), {"error": "later"}
            else:
                status, body = vendor.answer(parts.path, query)
                vendor.answered += 1
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            if status == 429:
                self.send_header("Retry-After", "1")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    vendor.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield vendor
    finally:
        server.shutdown()
        server.server_close()


def _said(header: str | None) -> str:
    """What an authorization header says, decoded where it is basic."""
    kind, _, value = (header or "").partition(" ")
    return base64.b64decode(value).decode() if kind == "Basic" else value
