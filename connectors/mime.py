"""The text of a mail that anybody may have written (RFC 5322, 2045-2047): bounded in size, depth and parts, read in linear time.

The standard library's reader, its page reader and some of its charsets take time that grows with the square of what they are given,
or end by errors of their own; none of them is handed more than a line here (decision 72).
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr
from html import unescape

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
_SMALL = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
_BREAKS = frozenset({"br", "p", "div", "tr", "li", "blockquote", "table", "ul", "ol", "h1", "h2", "h3", "h4", "hr", "pre"})
_KEPT = re.compile(r"white-space\s{0,9}:\s{0,9}(?:pre|break)")
_UNSHOWN = frozenset({"script", "style", "title"})
_TAG = re.compile(r"/?([a-z][a-z0-9]{0,20})(?=[\s/>]|\Z)")


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
    beside the text, without a page's own pictures. `returned`: what it reports as undeliverable.
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
    told = _about(head)
    returned = _returned(head, body, told)
    try:
        text = _text(head, body)
    except NotRead:
        if not returned:
            raise
        text = ""
    return replace(told, text=text, attached=tuple(_attached(head, body)), returned=returned)


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


def _text(head: Mapping[str, str], body: bytes) -> str:
    """The plain text if there is one, else the page's; nothing where there is neither. What is attached is passed over."""
    pages: list[str] = []
    for kind, encoded, told in _leaves(head, body):
        if kind.get_content_disposition() == "attachment" or kind.get_content_maintype() != "text":
            continue
        subtype = kind.get_content_subtype()
        if subtype not in ("plain", "html") or (subtype == "html" and pages):
            continue
        text = _decoded(kind, encoded, told)
        if subtype == "plain":
            return _bounded(text)
        pages.append(text)
    return _bounded(plain(pages[0])) if pages else ""


def _attached(head: Mapping[str, str], body: bytes) -> Iterator[tuple[str, int]]:
    """Name and size of each part that is no text of the mail's, as far as the parts can be told apart."""
    with suppress(NotRead):
        for kind, encoded, told in _leaves(head, body):
            if kind.get_content_disposition() == "attachment" or kind.get_content_maintype() != "text":
                signs = len(told) - told.count(b"\n") - told.rstrip(b"\n")[-2:].count(b"=")
                yield _named(kind), signs * 3 // 4 if encoded == "base64" else len(told)


def _returned(head: Mapping[str, str], body: bytes, told: Written) -> tuple[Returned, ...]:
    """What a report of deliveries says of a mail that it names, by the head that it brings back or as the one that it answers.

    Nothing but `failed` is one: what is `delayed` is still tried, and `relayed`, `expanded` and `delivered` are no failures.
    """
    kind = _kind(head)
    if kind.get_content_type() != "multipart/report" or str(kind.get_param("report-type", "")).lower() != "delivery-status":
        return ()
    number, failed = "", dict[tuple[str, str], str]()
    for part, encoded, held in _leaves(head, body):
        if part.get_content_type() in _REPORTS:
            failed |= dict(_failed(_bytes(encoded, held).decode("utf-8", "replace")))
        elif part.get_content_type() in _BROUGHT_BACK:
            number = number or _parted(_lines(_bytes(encoded, held)))[0].get("message-id", "")
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


def _leaves(head: Mapping[str, str], body: bytes) -> Iterator[tuple[Message, str, bytes]]:
    """The parts that hold no others, in their order: kind, transfer encoding, bytes."""
    waiting, count = [(head, body, 0)], 0
    while waiting:
        here, held, depth = waiting.pop()
        kind = _kind(here)
        count += 1
        if count > MOST_PARTS or depth > DEEPEST:
            raise NotRead("mail_parts")
        if kind.get_content_maintype() != "multipart":
            yield kind, here.get("content-transfer-encoding", "").strip().lower(), held
            continue
        inside = _parts(held, kind.get_boundary() or "")
        if kind.get_content_subtype() == "related":
            inside = inside[:1]  # the others are its pictures (RFC 2387)
        waiting += [(*_parted(part), depth + 1) for part in reversed(inside)]


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


def plain(page: str) -> str:
    """The text of a page, a line for each block and a stroke before each cell; comments and what is not shown are left out.

    Each sign is looked at once or twice.
    Where the page's own text breaks into lines is a blank, but in `pre`, and in a page that asks for its lines to be kept.
    """
    small, told, at, end = page.translate(_SMALL), list[str](), 0, len(page)
    kept, pre = _KEPT.search(small) is not None, False
    while at < end:
        begins = page.find("<", at)
        begins = end if begins < 0 else begins
        text = page[at:begins]
        told.append(text if kept or pre else text.replace("\n", " "))
        if begins == end:
            break
        if small.startswith("<!--", begins):
            at = _behind(small, "-->", begins + 4)
            continue
        found = _TAG.match(small, begins + 1, begins + 40)
        if found is None and page[begins + 1 : begins + 2] not in ("!", "?", "/"):
            told.append("<")  # a sign of its own
            at = begins + 1
            continue
        at = _behind(small, ">", begins + 1)
        if found is not None and found[1] in _BREAKS:
            told.append("\n")
        if found is not None and found[1] in ("td", "th") and small[begins + 1] != "/":
            told.append("|")
        if found is not None and found[1] == "pre":
            pre = small[begins + 1] != "/"
        if found is not None and found[1] in _UNSHOWN and small[begins + 1] != "/":
            ends = small.find(f"</{found[1]}", at)
            at = end if ends < 0 else ends
    return unescape("".join(told)).replace("\xa0", " ")


def _behind(text: str, mark: str, at: int) -> int:
    """Behind the next mark; the end where there is none, so that nobody looks for it again."""
    found = text.find(mark, at)
    return len(text) if found < 0 else found + len(mark)
