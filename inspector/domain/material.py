"""Material that somebody shows: of which kind it is, whether it is whole, and what is kept of it (PIPL art. 6, 19: least data).

Nothing is executed or decoded: a file is a sequence of parts, and only those that make the picture are kept. Where and with what it was
taken (Exif, XMP, IPTC, comments, what lies behind the end) goes before anything is written down; which way up it is stays. A PDF is kept
as it came, for taking parts out would break a signature in it.
Sources: JPEG (ITU-T T.81 annex B), Exif 2.32 (4.6), PNG (W3C, third edition, 5 and 11), PDF (ISO 32000-1, 7.5).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from inspector.domain.errors import Invalid

PIXELS = 120_000_000
"""More than any phone takes in one picture, and what a browser can still show: a small file may name a picture that fills a memory."""

_SEGMENTS = 10_000
"""More than any picture has: each costs a look, and three million fit into a file of the size that is taken."""
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"bKGD", b"pHYs", b"cICP"}
)
_SOI, _EOI, _SOS, _COM, _TEM = 0xD8, 0xD9, 0xDA, 0xFE, 0x01
_RESTARTS = frozenset(range(0xD0, 0xD8))
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_APPS = frozenset(range(0xE0, 0xF0))
_EXIF = b"Exif\x00\x00"
_ORIENTATION, _SHORT = 0x0112, 3


class MaterialKind(StrEnum):
    """What is taken, known by its bytes and by nothing that its sender says about it."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    PDF = "application/pdf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is kept of a file."""

    kind: MaterialKind
    content: bytes


def kept(content: bytes) -> Kept:
    """What is kept of a file that came in.

    Raises Invalid: `material_empty`, `material_kind_unknown`, `material_damaged`, `material_huge`.
    """
    if not content:
        raise Invalid("material_empty", field="material")
    if content.startswith(b"\xff\xd8\xff"):
        return Kept(kind=MaterialKind.JPEG, content=b"".join(_jpeg(content)))
    if content.startswith(_SIGNATURE):
        return Kept(kind=MaterialKind.PNG, content=b"".join(_png(content)))
    if content.startswith(b"%PDF-"):
        if b"%%EOF" not in content[-1024:]:
            raise _damaged()
        return Kept(kind=MaterialKind.PDF, content=content)
    raise Invalid("material_kind_unknown", field="material", known="JPEG, PNG, PDF")


def _damaged() -> Invalid:
    return Invalid("material_damaged", field="material")


def _sized(width: int, height: int) -> None:
    if not width or not height:
        raise _damaged()
    if width * height > PIXELS:
        raise Invalid("material_huge", field="material", most=PIXELS // 1_000_000)


def _png(content: bytes) -> Iterator[bytes]:
    """The chunks that make the picture, each with its sum checked; what stands behind the end is dropped."""
    yield _SIGNATURE
    at, first, seen = len(_SIGNATURE), True, False
    while True:
        length = int.from_bytes(content[at : at + 4], "big")
        end = at + 12 + length
        name, data = content[at + 4 : at + 8], content[at + 8 : at + 8 + length]
        if len(name) < 4 or end > len(content) or zlib.crc32(name + data) != int.from_bytes(content[end - 4 : end], "big"):
            raise _damaged()
        if first:
            if name != b"IHDR" or length != 13:
                raise _damaged()
            _sized(int.from_bytes(data[:4], "big"), int.from_bytes(data[4:8], "big"))
        elif name[0] & 0x20 == 0 and name not in _PNG_KEPT:  # a critical part that nobody knows: not to be left out (PNG, 5.4)
            raise _damaged()
        first, seen = False, seen or name == b"IDAT"
        if name in _PNG_KEPT:
            yield content[at:end]
        if name == b"IEND":
            if not seen:
                raise _damaged()
            return
        at = end


def _jpeg(content: bytes) -> Iterator[bytes]:
    """The segments that make the picture, and which way up it is; what stands behind its end is dropped."""
    yield content[:2]
    exif = (body for marker, body, _, _ in _segments(content) if marker == 0xE1 and body.startswith(_EXIF))
    if turned := _turned(next(exif, b"")):  # the first one is the picture's (Exif 4.5.4): a thousand more are nobody's
        yield _upright(turned)
    sized = False
    for marker, body, first, last in _segments(content):
        if marker in _FRAMES:
            if len(body) < 6:
                raise _damaged()
            _sized(int.from_bytes(body[3:5], "big"), int.from_bytes(body[1:3], "big"))
            sized = True
        if marker == _SOS and not sized:
            raise _damaged()
        if marker not in _APPS | {_COM} or _makes_picture(marker, body):
            yield content[first:last]
    if not sized:
        raise _damaged()


def _makes_picture(marker: int, body: bytes) -> bool:
    """Whether an application's segment says how the picture is to be read: JFIF without a thumbnail, a colour profile, Adobe's colours."""
    return (
        (marker == 0xE0 and body.startswith(b"JFIF\x00") and len(body) == 14)
        or (marker == 0xE2 and body.startswith(b"ICC_PROFILE\x00"))
        or (marker == 0xEE and body.startswith(b"Adobe") and len(body) == 12)
    )


def _segments(content: bytes) -> Iterator[tuple[int, bytes, int, int]]:
    """(marker, body, first byte, byte behind the last) of every segment to the end of the picture; that of a scan with its data.

    Raises Invalid (`material_damaged`) where the end is not there: a file that was cut off on its way.
    """
    at = 2
    for _ in range(_SEGMENTS):
        if at + 1 >= len(content) or content[at] != 0xFF:
            raise _damaged()
        start = at
        while at + 1 < len(content) and content[at + 1] == 0xFF:  # fill bytes (B.1.1.2)
            at += 1
        if at + 1 >= len(content):
            raise _damaged()
        marker = content[at + 1]
        at += 2
        if marker == _EOI:
            yield marker, b"", start, at
            return
        if marker in (_SOI, 0x00):
            raise _damaged()
        if marker in _RESTARTS or marker == _TEM:
            yield marker, b"", start, at
            continue
        length = int.from_bytes(content[at : at + 2], "big")
        body = content[at + 2 : at + length]
        if length < 2 or at + length > len(content):
            raise _damaged()
        at += length
        if marker == _SOS:
            at = _behind_scan(content, at)
        yield marker, body, start, at
    raise _damaged()


def _behind_scan(content: bytes, at: int) -> int:
    """Where the data of a scan end: at the next marker that is neither a restart nor a stuffed byte (B.1.1.5)."""
    while (at := content.find(b"\xff", at)) >= 0 and at + 1 < len(content):
        following = content[at + 1]
        if following == 0xFF:
            at += 1
        elif following == 0 or following in _RESTARTS:
            at += 2
        else:
            return at
    raise _damaged()


def _turned(body: bytes) -> int:
    """Which way up a picture was taken (Exif orientation 2 to 8); 0 where it stands upright or nothing readable says so."""
    tiff = body.removeprefix(_EXIF)
    if len(tiff) == len(body) or len(tiff) < 8 or tiff[:2] not in (b"II", b"MM"):
        return 0
    little = tiff[:2] == b"II"

    def number(at: int, size: int) -> int:
        return int.from_bytes(tiff[at : at + size], "little" if little else "big")

    where = number(4, 4)
    for entry in range(where + 2, min(where + 2 + 12 * number(where, 2), len(tiff) - 11), 12):
        if number(entry, 2) == _ORIENTATION and number(entry + 2, 2) == _SHORT:
            told = number(entry + 8, 2)
            return told if 2 <= told <= 8 else 0
    return 0


def _upright(turned: int) -> bytes:
    """An Exif segment that says which way up a picture is, and nothing else."""
    entry = (
        _ORIENTATION.to_bytes(2, "big") + _SHORT.to_bytes(2, "big") + (1).to_bytes(4, "big") + turned.to_bytes(2, "big") + b"\0\0"
    )
    body = _EXIF + b"MM\x00\x2a" + (8).to_bytes(4, "big") + (1).to_bytes(2, "big") + entry + b"\0\0\0\0"
    return b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body
