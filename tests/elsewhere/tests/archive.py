"""The archive as its manual has it: a stand-in on a real socket, which answers nobody whose message is not rightly signed.

Run by itself it says its address, answers by the table it is given (JSON: subject code → fields), and logs what it heard.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

SECRET = "archive-secret-of-terminal-7"
Says = Callable[[list[str]], bytes | None]


def signed(fields: Sequence[str], secret: str = SECRET) -> bytes:
    """A message as the manual describes it, written without the connector's own code."""
    told = "|".join(fields).encode("gb18030")
    body = told + b"|" + hmac.digest(secret.encode(), told, hashlib.sha256).hex().encode()
    return b"%08d" % len(body) + body


def heard(line: socket.socket) -> list[str] | None:
    """The fields of a question that is rightly signed; None for anything else."""
    with line.makefile("rb") as incoming:
        head = incoming.read(8)
        body = incoming.read(int(head)) if head.isdigit() else b""
    told, _, code = body.rpartition(b"|")
    if hmac.digest(SECRET.encode(), told, hashlib.sha256).hex().encode() != code:
        return None
    fields = told.decode("gb18030").split("|")
    return fields if fields[0] == "QRY" and len(fields) == 7 else None


@contextmanager
def archive(says: Says) -> Iterator[str]:
    """An archive at its address; `says` gives the bytes that answer a question, or None for silence."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve(line: socket.socket) -> None:
            with line:
                question = heard(line)
                told = says(question) if question is not None else b""
                if told is None:
                    over.wait(30)
                else:
                    line.sendall(told)

        def accept() -> None:
            while not over.is_set():
                try:
                    line, _ = listening.accept()
                except OSError:
                    return
                threading.Thread(target=serve, args=(line,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        try:
            yield f"archive://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            over.set()
            listening.shutdown(socket.SHUT_RDWR)


def by(table: Mapping[str, Sequence[str]]) -> Says:
    """Answers from a table: subject code → status, value, date; no record for anybody else."""
    return lambda question: signed([question[1], *table.get(question[5], ("44", "", ""))])


if __name__ == "__main__":
    with archive(by(json.loads(sys.argv[1]))) as address:
        print(address, flush=True)
        sys.stdin.read()
