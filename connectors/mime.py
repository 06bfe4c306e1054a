"""The text of a mail that anybody may have written (RFC 5322, 2045-2047): bounded in size, depth and parts, read in linear time.

The standard library's reader, its page reader and some of its charsets take time that grows with the square of what they are given,
or end by errors of their own; none of them is handed more than a line here (decision 72).
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr
from itertools import count
from operator import itemgetter

from connectors.webpage import plain
from inspector.incoming import CROSSED_OUT, HIDDEN

DEEPEST = 10
"""Parts within parts."""
MOST_PARTS = 100
LONGEST_HEAD = 256_000
"""Bytes of a header that are looked at; what is behind them says nothing."""
LONGEST_FIELD = 1_000
MOST_TEXT = 500_000
"""Characters of the text; a filled form is no longer, whatever is attached to it."""
MOST_ANSWERED = 20
"""Mails that one says it answers."""
MOST_RETURNED = 100
"""Addressees that one report is read for."""

_ABOUT = frozenset({"from", "message-id", "in-reply-to", "references", "auto-submitted"})
_MACHINES = {"x-autoreply": "", "x-autorespond": "", "precedence": "auto_reply"}
"""What absence notices say of themselves besides RFC 3834, as older programs write it; empty: whatever stands there, but no."""
_WANTED = _ABOUT | {*_MACHINES} | {"content-type", "content-transfer-encoding", "content-disposition"}
_CHARSETS: Mapping[str, str] = {
    **dict.fromkeys(("utf-8", "utf8", "us-ascii", "ascii", "ansi_x3.4-1968"), "utf-8"),
    **dict.fromkeys(("gb2312", "gbk", "x-gbk", "cp936", "gb18030", "gb_2312-80"), "gb18030"),
    **dict.fromkeys(("big5", "big5-hkscs", "cp950"), "big5hkscs"),
    **{name: name for name in ("hz-gb-2312", "iso-2022-jp", "shift_jis", "euc-jp", "euc-kr", "utf-16", "utf-16le", "utf-16be")},
    **{f"iso-8859-{part}": f"iso-8859-{part}" for part in (*range(1, 12), *range(13, 17))},
    **{f"{name}{part}": f"cp{part}" for name in ("windows-", "cp") for part in range(1250, 1259)},
    **{name: name for name in ("koi8-r", "koi8-u")},
}
"""The sets that mail is written in, each with the one it is read by: programs name the small Chinese sets and use the large one.

No others: among Python's there are some that take the square of a text's length, and some that are no sets of characters.
"""

_FOLD = re.compile(r"\n[ \t]+")
_STRANGE = re.compile(r"[^!-~]")
_STATUS = re.compile(r"[45]\.\d{1,3}\.\d{1,3}")
_REPORTS = frozenset({"message/delivery-status", "message/global-delivery-status"})
_BROUGHT_BACK = frozenset({"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"})
_ADDRESSEES = ("original-recipient", "final-recipient")
_NUMBER = re.compile(r"<[!-;=?-~]+>")
_NO_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A part of a mail: its kind, how it is encoded, its bytes, or the parts that it holds."""

    kind: Message
    encoding: str
    told: bytes
    inside: tuple[_Part, ...] = ()

    @property
    def beside(self) -> bool:
        """Whether it lies beside the text and is none that is shown."""
        return not _is_text(self.kind) or self.kind.get_content_subtype() not in ("plain", "html")


class NotRead(ValueError):
    """It is not read: `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """What a mail server reports to have failed for good (RFC 3464): the number of the mail, its addressee, and the status (RFC 3463).

    `address` as the sender wrote it, where the report says so, and `behind` it the one that failed, where that is another (a list, a box
    passed on); it is the report's word, and so is all the rest.
    """

    number: str
    address: str
    status: str
    behind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Who wrote a mail and what. `number`: its Message-ID; `automatic`: a machine wrote it (RFC 3834, RFC 3462).

    `answers`: the numbers of the mails that it answers, the nearest first (RFC 5322, 3.6.4). `attached`: name and bytes of what lies
    beside the text, without a page's own pictures and the sender's signature. `returned`: what it reports as undeliverable.
    """

    sender: str
    number: str
    automatic: bool
    text: str
    answers: tuple[str, ...] = ()
    attached: tuple[tuple[str, int], ...] = ()
    returned: tuple[Returned, ...] = ()


def read(content: bytes) -> Written:
    """A mail. Raises NotRead (`mail_parts`, `mail_charset`, `mail_too_large`); the same bytes always end the same way.

    A report of deliveries is one whatever is written above it for people, in whichever set.
    """
    head, body = _parted(_lines(content))
    told, whole = _about(head), _part(head, body, count(1))
    returned = _returned(whole, told)
    try:
        text = _bounded(_text(whole))
    except NotRead:
        if not returned:
            raise
        text = ""
    return replace(told, text=text, attached=tuple(_attached(whole)), returned=returned)


def about(content: bytes) -> Written:
    """What the head of a mail says, where its text cannot be read."""
    return _about(_parted(_lines(content))[0])


def _lines(content: bytes) -> bytes:
    return content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _about(head: Mapping[str, str]) -> Written:
    number = head.get("message-id", "")
    return Written(
        sender=_STRANGE.sub("", parseaddr(head.get("from", "")[:1_000])[1]).lower()[:320],
        number="" if _STRANGE.search(number) else number[:200],
        automatic=_automatic(head) or _kind(head).get_content_type() == "multipart/report",
        text="",
        answers=_answered(head),
    )


def _automatic(head: Mapping[str, str]) -> bool:
    said = {name: head.get(name, "no").strip().lower() for name in ("auto-submitted", *_MACHINES)}
    return any(told != "no" and _MACHINES.get(name, "") in ("", told) for name, told in said.items())


def _answered(head: Mapping[str, str]) -> tuple[str, ...]:
    found = _NUMBER.findall(f"{_words(head.get('in-reply-to', ''))} {_words(head.get('references', ''))}")
    return tuple(dict.fromkeys(found))[:MOST_ANSWERED]


def _words(told: str) -> str:
    """A field whose writer has folded it as words (RFC 2047), as some libraries do with every long one."""
    if "=?" not in told:
        return told
    with suppress(ValueError, LookupError, MessageError):  # no such text, no such set, no such encoding
        return str(make_header(decode_header(told)))
    return told


def _parted(content: bytes) -> tuple[dict[str, str], bytes]:
    """The fields that are looked at, each by its first line, and what they stand above."""
    if content.startswith(b"\n"):
        return {}, content[1:]
    head, _, body = content.partition(b"\n\n")
    held: dict[str, str] = {}
    for line in _FOLD.sub(" ", head[:LONGEST_HEAD].decode("utf-8", "replace")).split("\n"):
        name, colon, told = line[:LONGEST_FIELD].partition(":")
        if colon and (known := name.strip().lower()) in _WANTED:
            held.setdefault(known, told.strip())
    return held, body


def _kind(head: Mapping[str, str]) -> Message:
    """The kind of a part with its parameters, as the standard library reads them off one line."""
    held = Message()
    for name in ("content-type", "content-disposition"):
        if name in head:
            held[name] = head[name]
    return held


def _text(part: _Part) -> str:
    """All that a person is shown of a mail's text, in its order: a picture between two texts parts the mail, and nobody's words."""
    subtype = part.kind.get_content_subtype()
    if part.inside and subtype == "alternative":
        return _chosen(part.inside)
    if part.inside:
        return "\n".join(filter(str.strip, map(_text, part.inside)))
    if part.beside:
        return ""
    text = _decoded(part.kind, part.encoding, part.told)
    return plain(text) if subtype == "html" else text


def _chosen(ways: Sequence[_Part]) -> str:
    """Of several ways to show one text the plain one, unless it is blank, or another shows that some of it was crossed out or hidden."""
    texts = [(one.kind.get_content_type() != "text/plain", _text(one)) for one in ways]
    marked = [text for _, text in texts if CROSSED_OUT in text or HIDDEN in text]
    return next((text for text in (*marked, *(text for _, text in sorted(texts, key=itemgetter(0)))) if text.strip()), "")


def _attached(part: _Part, *, way: bool = False) -> Iterator[tuple[str, int]]:
    """Name and size of each part that is no text of the mail's. `way`: it is one of several ways to show a text, and no other text."""
    for one in part.inside:
        yield from _attached(one, way=part.kind.get_content_subtype() == "alternative")
    if part.beside and part.kind.get_content_maintype() != "multipart" and not (way and _is_text(part.kind)):
        signs = len(part.told) - part.told.count(b"\n") - part.told.rstrip(b"\n")[-2:].count(b"=")
        yield _named(part.kind), signs * 3 // 4 if part.encoding == "base64" else len(part.told)


def _is_text(kind: Message) -> bool:
    return kind.get_content_maintype() == "text" and kind.get_content_disposition() != "attachment"


def _returned(whole: _Part, told: Written) -> tuple[Returned, ...]:
    """What a report of deliveries says of a mail that it names, by the head that it brings back or as the one that it answers.

    Nothing but `failed` is one: what is `delayed` is still tried, and `relayed`, `expanded` and `delivered` are no failures.
    """
    kind = whole.kind
    if kind.get_content_type() != "multipart/report" or str(kind.get_param("report-type", "")).lower() != "delivery-status":
        return ()
    number, failed = "", dict[tuple[str, str], str]()
    for part in _leaves(whole):
        if part.kind.get_content_type() in _REPORTS:
            failed |= dict(_failed(_bytes(part.encoding, part.told).decode("utf-8", "replace")))
        elif part.kind.get_content_type() in _BROUGHT_BACK:
            number = number or _parted(_lines(_bytes(part.encoding, part.told)))[0].get("message-id", "")
    numbers = (number,) if _NUMBER.fullmatch(number) else told.answers
    return tuple(
        Returned(number=one, address=address, status=status, behind=behind)
        for one in numbers
        for (address, behind), status in [*failed.items()][:MOST_RETURNED]
    )


def _failed(report: str) -> Iterator[tuple[tuple[str, str], str]]:
    """Address and status of each addressee whose group of fields says that it has failed; with the address the other one behind it."""
    for group in report[:LONGEST_HEAD].strip().split("\n\n")[1 : MOST_RETURNED + 1]:
        said: dict[str, str] = {}
        for line in _FOLD.sub(" ", group).split("\n"):
            name, _, text = line[:LONGEST_FIELD].partition(":")
            said.setdefault(name.strip().lower(), text.partition("(")[0].strip())
        named = [one for one in map(_addressee, (said.get(name, "") for name in _ADDRESSEES)) if one]
        status = said.get("status", "")
        if said.get("action", "").lower() == "failed" and _STATUS.fullmatch(status) and named:
            yield (named[0], next((one for one in named if one != named[0]), "")), status


def _addressee(field: str) -> str:
    kind, _, address = field.partition(";")
    return address.strip().strip("<>").lower()[:320] if kind.strip().lower() in ("rfc822", "utf-8") else ""


def _named(kind: Message) -> str:
    """What a part calls itself (RFC 2183; RFC 2047, where a program wrote that), as far as it can be shown."""
    try:
        name = _words(kind.get_filename() or "")
    except Exception:  # noqa: BLE001 - anybody may have written it, and it is a name and no more
        name = ""
    return "".join(sign for sign in name if sign.isprintable()).strip()[:120]


def _bounded(text: str) -> str:
    if len(text) > MOST_TEXT:
        raise NotRead("mail_too_large")
    return text


def _part(head: Mapping[str, str], body: bytes, count: Iterator[int], depth: int = 0) -> _Part:
    """A part with those within it. Raises NotRead (`mail_parts`) for more than anybody writes."""
    kind = _kind(head)
    if next(count) > MOST_PARTS or depth > DEEPEST:
        raise NotRead("mail_parts")
    several = kind.get_content_maintype() == "multipart"
    held = _parts(body, kind.get_boundary() or "") if several else []
    if several and not held and body.strip():
        raise NotRead("mail_parts")  # what stands there nobody is shown
    inside = [_part(*_parted(one), count, depth + 1) for one in held]
    match kind.get_content_subtype() if held else "":
        case "related":  # the pictures that its page shows (RFC 2387)
            inside = [*inside[:1], *(one for one in inside[1:] if one.kind.get_content_maintype() != "image")]
        case "signed":  # the others are its signature (RFC 1847)
            inside = inside[:1]
        case _:
            pass
    encoding = head.get("content-transfer-encoding", "").strip().lower()
    return _Part(kind=kind, encoding=encoding, told=b"" if several else body, inside=tuple(inside))


def _leaves(part: _Part) -> Iterator[_Part]:
    """The parts that hold no others, in their order."""
    for one in part.inside:
        yield from _leaves(one)
    if not part.inside:
        yield part


def _parts(body: bytes, boundary: str) -> list[bytes]:
    """What stands between the boundary's lines (RFC 2046, 5.1.1); the lines of another boundary that begins alike part nothing."""
    if not boundary:
        raise NotRead("mail_parts")
    mark = b"\n--" + boundary.encode("utf-8", "replace")
    chunks = (b"\n" + body).split(mark, MOST_PARTS + 1)
    if len(chunks) > MOST_PARTS + 1:
        raise NotRead("mail_parts")
    parts: list[list[bytes]] = []
    for chunk in chunks[1:]:
        rest, _, part = chunk.partition(b"\n")
        if rest.startswith(b"--"):
            break
        if rest.strip(b" \t"):
            if parts:
                parts[-1] += [mark, chunk]
        else:
            parts.append([part])
    return [b"".join(part) for part in parts]


def _bytes(encoding: str, told: bytes) -> bytes:
    if encoding == "base64":
        letters = _NO_BASE64.sub(b"", told)
        letters = letters[: len(letters) - (len(letters) % 4 == 1)]  # a sign alone says nothing
        told = binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))
    elif encoding == "quoted-printable":
        told = binascii.a2b_qp(told)
    return told


def _decoded(kind: Message, encoding: str, told: bytes) -> str:
    charset = _CHARSETS.get((kind.get_content_charset() or "utf-8").lower())
    if charset is None:
        raise NotRead("mail_charset")
    return _bytes(encoding, told).decode(charset, "replace")
