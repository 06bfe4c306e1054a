"""Pictures and a document as phones and scanners make them, written after their standards by hand: no library of ours reads or writes them.

`tests/browser/test_show.py` lets Chromium decode what is kept of them.
"""

from __future__ import annotations

import zlib

PLACE = b"31.25N 121.47E"
"""Where the photo was taken: it must be nowhere in what is kept."""
CAMERA = b"Example Phone 9"
SECRET = b"the whole photo before it was cut"


def segment(marker: int, body: bytes) -> bytes:
    """A JPEG segment (T.81, B.1.1.4)."""
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body


def exif(turned: int = 6) -> bytes:
    """An Exif segment as a phone writes it: camera, orientation, and where it was (little-endian, Exif 2.32, 4.6.2)."""
    entries = b"".join(
        tag.to_bytes(2, "little") + kind.to_bytes(2, "little") + count.to_bytes(4, "little") + value.to_bytes(4, "little")
        for tag, kind, count, value in ((0x010F, 2, len(CAMERA), 50), (0x0112, 3, 1, turned), (0x8825, 4, 1, 80))
    )
    tiff = b"II\x2a\x00" + (8).to_bytes(4, "little") + (3).to_bytes(2, "little") + entries + b"\0\0\0\0" + CAMERA + PLACE
    return segment(0xE1, b"Exif\0\0" + tiff)


def jpeg(turned: int = 6, *, width: int = 16, height: int = 8) -> bytes:
    """A grey picture of two blocks, with everything around it that a phone adds and a viewer does not need."""
    table = bytes((1,)) * 64
    lengths = bytes((1, *([0] * 15)))
    frame = b"\x08" + height.to_bytes(2, "big") + width.to_bytes(2, "big") + b"\x01\x01\x11\x00"
    return b"".join(
        (
            b"\xff\xd8",
            exif(turned),
            segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x>" + PLACE + b"</x>"),
            segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
            segment(0xED, b"Photoshop 3.0\0" + PLACE),
            segment(0xFE, PLACE),
            segment(0xDB, b"\x00" + table),
            segment(0xC0, frame),
            segment(0xC4, b"\x00" + lengths + b"\x00"),
            segment(0xC4, b"\x10" + lengths + b"\x00"),
            segment(0xDA, b"\x01\x01\x00\x00\x3f\x00"),
            b"\x0f",
            b"\xff\xd9",
            SECRET + PLACE,
        )
    )


def chunk(name: bytes, data: bytes) -> bytes:
    """A PNG chunk (PNG, 5.3)."""
    return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")


def png(width: int = 3, height: int = 2) -> bytes:
    """A grey picture with words, a time and a place in it."""
    rows = b"".join(b"\0" + bytes((128,)) * width for _ in range(height))
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\0\0\0\0"
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", head),
            chunk(b"tEXt", b"Comment\0" + PLACE),
            chunk(b"eXIf", b"II" + PLACE),
            chunk(b"tIME", b"\x07\xea\x03\x02\x09\0\0"),
            chunk(b"IDAT", zlib.compress(rows)),
            chunk(b"IEND", b""),
            SECRET,
        )
    )


def pdf(word: str = "paid") -> bytes:
    """A document, as far as anybody here looks into one."""
    return f"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n% {word}\ntrailer<</Root 1 0 R>>\n%%EOF\n".encode()
