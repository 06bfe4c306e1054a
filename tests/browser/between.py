"""What stands between a phone and the house: a proxy that hands on, answers in the house's place, or changes what was said."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

Fault = Callable[[str], int | None]
"""By method and path as they stand in a request: the status that the proxy answers with; None hands the request on."""
_OURS = ("transfer-encoding", "content-length", "connection", "date", "server")
_SAID = b"<html><title>gateway</title>not here</html>"


@contextmanager
def between(url: str, fault: Fault, **changed: str) -> Iterator[str]:
    """The address of a proxy before the house at `url`; `changed`: headers of the house's answers, with _ for -, as the phone gets them."""
    house = urlsplit(url)
    headers = {name.replace("_", "-").lower(): value for name, value in changed.items()}

    class Passing(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_told: object) -> None:
            """Nothing: the test says what it saw."""

        def handed(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            refused = fault(f"{self.command} {self.path}")
            if refused is not None:
                own = [("Content-Type", "text/html"), ("Content-Security-Policy", "default-src 'none'"), ("Location", "/gateway")]
                self.answer(refused, own, _SAID)
                return
            with closing(http.client.HTTPConnection(str(house.hostname), house.port)) as asked:
                asked.request(self.command, self.path, body or None, dict(self.headers.items()))
                told = asked.getresponse()
                heads = [(name, headers.get(name.lower(), value)) for name, value in told.getheaders()]
                said = told.read()
            self.answer(told.status, [one for one in heads if one[0].lower() not in _OURS], said)

        do_GET = do_POST = handed  # noqa: N815 - the names by which the library calls it

        def answer(self, status: int, heads: list[tuple[str, str]], body: bytes) -> None:
            self.send_response(status)
            for head in (*heads, ("Content-Length", str(len(body)))):
                self.send_header(*head)
            with suppress(OSError):  # the phone waits no longer
                self.end_headers()
                self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Passing)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
