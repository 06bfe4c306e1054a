"""What is kept of a file that somebody shows: the picture, and nothing of where and with what it was taken."""

from __future__ import annotations

import random

import pytest

from inspector.domain import material
from inspector.domain.errors import Invalid
from inspector.domain.material import MaterialKind, kept
from tests.materials import CAMERA, PLACE, SECRET, chunk, jpeg, pdf, png, segment


@pytest.mark.parametrize("content", [jpeg(), jpeg(1), png()], ids=["turned photo", "upright photo", "png"])
def test_where_and_with_what_a_picture_was_taken_is_not_kept_nor_what_lies_behind_its_end(content: bytes) -> None:
    assert PLACE in content
    found = kept(content)
    assert not any(word in found.content for word in (PLACE, CAMERA, SECRET, b"tIME", b"xap", b"Photoshop"))
    assert kept(found.content) == found, "what is kept is kept as it is"


def test_which_way_up_a_photo_is_stays() -> None:
    assert kept(jpeg(6)).content[:4] == b"\xff\xd8\xff\xe1"
    assert kept(jpeg(1)).content[:4] == b"\xff\xd8\xff\xe0"
    assert kept(jpeg(9)).content[:4] == b"\xff\xd8\xff\xe0", "a number that says nothing is left out"
    assert material._turned(kept(jpeg(8)).content[6:]) == 8


def test_a_file_of_a_million_segments_or_of_entries_behind_its_end_costs_no_more_than_its_bytes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks: list[bytes] = []
    turned = material._turned

    def look(body: bytes) -> int:
        looks.append(body)
        return turned(body)

    monkeypatch.setattr(material, "_turned", look)
    beyond = b"\xff\xe1\x00\x10Exif\0\0MM\x00\x2a\xff\xff\xff\xff"
    photo = jpeg(6)
    content = photo[:2] + beyond * 5_000 + photo[2:]
    assert kept(content).content == kept(jpeg(1)).content, "the first says nothing, and the others are nobody's"
    assert len(looks) == 2
    with pytest.raises(Invalid, match="material_damaged"):
        kept(photo[:2] + b"\xff\xfe\x00\x02" * material._SEGMENTS + photo[2:])


def test_the_picture_itself_is_kept_to_the_byte() -> None:
    content = jpeg(1)
    start = content.index(b"\xff\xdb")
    assert kept(content).content.endswith(content[start : content.index(SECRET)])
    assert kept(png()).content == png().replace(chunk(b"tEXt", b"Comment\0" + PLACE), b"").replace(
        chunk(b"eXIf", b"II" + PLACE), b""
    ).replace(chunk(b"tIME", b"\x07\xea\x03\x02\x09\0\0"), b"").removesuffix(SECRET)


def test_a_document_is_kept_as_it_came_for_it_may_be_signed() -> None:
    assert kept(pdf()) == material.Kept(kind=MaterialKind.PDF, content=pdf())


WRONG: tuple[tuple[str, bytes, str], ...] = (
    ("nothing", b"", "material_empty"),
    ("a program", b"MZ\x90\0", "material_kind_unknown"),
    ("a page with a script", b"<html><script>alert(1)</script>", "material_kind_unknown"),
    ("a picture that is a program text", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "material_kind_unknown"),
    ("a photo cut off on its way", jpeg()[: jpeg().index(b"\xff\xd9")], "material_damaged"),
    ("a photo cut off in its head", jpeg()[:30], "material_damaged"),
    ("a photo without a size", jpeg().replace(segment(0xC0, b"\x08\0\x08\0\x10\x01\x01\x11\x00"), b""), "material_damaged"),
    ("a PNG cut off", png()[:-60], "material_damaged"),
    ("a PNG with a byte changed", png().replace(b"\x08\0\0\0\0", b"\x08\0\0\0\1", 1), "material_damaged"),
    (
        "a PNG with an unknown critical part",
        png().replace(chunk(b"IEND", b""), chunk(b"EVIL", b"") + chunk(b"IEND", b"")),
        "material_damaged",
    ),
    ("a PNG of nothing", png().replace(png()[png().index(b"IDAT") - 4 : png().index(b"IEND") - 4], b""), "material_damaged"),
    ("a photo that would fill a memory", jpeg(width=60_000, height=60_000), "material_huge"),
    ("a PNG that would fill a memory", b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"\0\1\0\0\0\1\0\0\x08\0\0\0\0"), "material_huge"),
    ("a document cut off", pdf()[:20], "material_damaged"),
)


@pytest.mark.parametrize(("content", "code"), [one[1:] for one in WRONG], ids=[one[0] for one in WRONG])
def test_what_is_no_whole_picture_or_document_is_refused_and_it_is_said_why(content: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        kept(content)
    assert refused.value.code == code


def test_whatever_comes_is_refused_in_words_or_kept_without_the_place() -> None:
    chance = random.Random(68)
    for _ in range(600):
        content = bytearray(chance.choice((jpeg(), png(), pdf())))
        for _ in range(chance.randrange(1, 4)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        whole = bytes(content[: chance.randrange(len(content)) if chance.random() < 0.3 else len(content)])
        try:
            found = kept(whole)
        except Invalid:
            continue
        assert kept(found.content) == found
        assert found.kind is MaterialKind.PDF or SECRET not in found.content
