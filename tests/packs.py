"""The shipped policy packs, and ways to break a copy of one in exactly one place."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.domain.policy import Policy
from inspector.policybook import PacksInvalid, Policybook
from inspector.policybook.founding import DOCUMENTS

POLICIES = Path(__file__).resolve().parents[1] / "policies"
SHIPPED = (POLICIES / "maoji" / "pack.toml").read_text(encoding="utf-8")


def write(folder: Path, text: str, name: str = "pack.toml", pack: str = "maoji") -> Path:
    file = folder / pack / name
    file.parent.mkdir(exist_ok=True)
    if not (folder / DOCUMENTS).exists():
        (folder / DOCUMENTS).symlink_to(POLICIES / DOCUMENTS)
    file.write_text(text, encoding="utf-8")
    return file


def edited(*edits: tuple[str, str], text: str = SHIPPED) -> str:
    """The shipped pack with each text replaced once; a text that is not there would make the test prove nothing."""
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def without(start: str, text: str = SHIPPED) -> str:
    """The shipped pack without the section that holds this text."""
    head, section = text[: text.index(start)], text[text.index(start) :]
    first = head.rindex("\n[[")
    following = section.find("\n[[")
    return head[:first] + (section[following:] if following >= 0 else "\n")


def after(anchor: str, old: str, new: str, text: str = SHIPPED) -> str:
    """The shipped pack with the first `old` after an anchor replaced."""
    at = text.index(anchor)
    return text[:at] + edited((old, new), text=text[at:])


def loaded(folder: Path, text: str) -> Policy:
    write(folder, text)
    return Policybook.read(folder).packs[0]


def refused(folder: Path, text: str) -> PacksInvalid:
    write(folder, text)
    with pytest.raises(PacksInvalid) as caught:
        Policybook.load(folder)
    return caught.value


ITEM = 'code = "business-licence"'
PREMISES = 'code = "dispatch-premises"'
HRAGENCY = 'code = "hr-agency-staff"'
HOUSING = 'code = "hukou-housing"'
EXEMPT = 'code = "legal-aid"'
