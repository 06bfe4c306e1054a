"""A Maildir that the office's mail server delivers into, read mail by mail; nothing in it is changed but by moving a mail from new to cur.

So no protocol and no password is needed to get mail: every mail server, and every fetcher of IMAP boxes, can deliver into one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import suppress
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import parseaddr
from html.parser import HTMLParser
from pathlib import Path

from inspector.incoming import Mail
from inspector.ports import Barred, Origin, Unavailable

MOST_BYTES = 2_000_000
AT_ONCE = 100
"""Mails taken in one look; the others wait for the next."""
_FIELD = re.compile(r"^[>|\s]*([^:：<>]{1,60}?)\s*[:：]\s*(\S.*?)\s*$")
_BRACKET = re.compile(r"[（(].*$")
_CONTROL = re.compile(r"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f]")
_NUMBER = re.compile(r"<[^<>]+>")
LONGEST_LINE = 1_000
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030"}
"""Mail programs name the small sets and use the large one."""


def waiting(folder: Path) -> Iterator[Mail]:
    """What lies in `new`, oldest name first. Raises Unavailable (`folder_failed`), Barred."""
    try:
        files = sorted(file for file in (folder / "new").iterdir() if file.is_file() and not file.name.startswith("."))[:AT_ONCE]
        for file in files:
            with suppress(FileNotFoundError):  # another daemon was quicker
                with file.open("rb") as held:
                    content = held.read(MOST_BYTES + 1)
                yield read(file.name, content)
    except PermissionError:
        raise Barred("unauthorised", detail="folder") from None
    except OSError as error:
        raise Unavailable("folder_failed", origin=Origin.US, detail=type(error).__name__) from None


def put_away(folder: Path, file: str, *, read: bool) -> None:
    """Into `cur`: seen, or flagged for a person. Raises Unavailable (`folder_failed`), Barred."""
    try:
        (folder / "cur").mkdir(mode=0o700, exist_ok=True)
        with suppress(FileNotFoundError):
            (folder / "new" / file).rename(folder / "cur" / f"{file.partition(':')[0]}:2,{'S' if read else 'F'}")
    except PermissionError:
        raise Barred("unauthorised", detail="folder") from None
    except OSError as error:
        raise Unavailable("folder_failed", origin=Origin.US, detail=type(error).__name__) from None


def read(file: str, content: bytes) -> Mail:
    """A mail's sender and its filled lines; whatever is wrong with it is its flaw, and never an error."""
    digest = hashlib.sha256(content).hexdigest()
    try:
        held = message_from_bytes(content, policy=policy.default)
        number = re.sub(r"[^!-~]", "", str(held["Message-ID"] or ""))[:200]
        sender = re.sub(r"[^!-~]", "", parseaddr(str(held["From"] or ""))[1]).lower()[:320]
        automatic = str(held["Auto-Submitted"] or "no").strip().lower() != "no" or held.get_content_type() == "multipart/report"
        text = _text(held)
    except (
        MessageError,
        LookupError,
        ValueError,
        AttributeError,
        IndexError,
        KeyError,
        TypeError,
    ):  # what the standard parser trips over
        return Mail(file=file, id=digest, digest=digest, sender="", fields={}, flaw="mail_unreadable")
    flaw = "mail_too_large" if len(content) > MOST_BYTES else "mail_automatic" if automatic else ""
    again = frozenset(name for name, values in _found(text).items() if len({*values}) > 1)
    return Mail(
        file=file,
        id=number if _NUMBER.fullmatch(number) else digest,
        digest=digest,
        sender=sender,
        fields=fields(text),
        again=again,
        flaw=flaw,
    )


def fields(text: str) -> dict[str, str]:
    """The lines `name: value`, also quoted ones; a name without what stands in brackets behind it. The first filled one counts."""
    return {name: values[0] for name, values in _found(text).items()}


def _found(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in _CONTROL.sub(" ", text).splitlines():
        told = _FIELD.match(line)
        if told is not None:
            found.setdefault(_BRACKET.sub("", told[1]).strip().casefold(), []).append(told[2][:LONGEST_LINE])
    return found


def _text(held: EmailMessage) -> str:
    body = held.get_body(("plain", "html"))
    if body is None:
        return ""
    content = body.get_payload(decode=True)
    charset = (body.get_content_charset() or "utf-8").lower()
    text = (content if isinstance(content, bytes) else b"").decode(_WIDER.get(charset, charset), "replace")
    if body.get_content_subtype() != "html":
        return text
    plain = _Plain()
    plain.feed(text)
    return "".join(plain.told)


class _Plain(HTMLParser):
    """The text of a page, a line for each block."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the base class's signature
        if tag in ("br", "p", "div", "tr", "li", "blockquote"):
            self.told.append("\n")

    def handle_data(self, data: str) -> None:
        self.told.append(data.replace("\xa0", " "))
