"""Who approved a pack: a file of its own beside the pack, which names the version and the digest of the text that was approved.

The digest is that of the sheet which was sent (`policy render`), and covers what the pack builds on. It is in force as it was
approved, or this file is refused: an approval inside the pack would have changed the text by the very fact of being written down.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from inspector.domain.policy import Approval, Policy
from inspector.labels import toml
from inspector.policybook.flaws import Flaw
from inspector.policybook.part import Part, nearest

_INSIDE = "approval"
_DIGEST = re.compile(r"[0-9a-f]{64}")


def without_approval(content: Mapping[str, object]) -> Mapping[str, object]:
    """A pack's content without the section that packs of before had for it; the same object where there is none."""
    return {key: value for key, value in content.items() if key != _INSIDE} if _INSIDE in content else content


def approved(folder: Path, packs: Sequence[Policy], parsed: Iterable[str], flaws: list[Flaw]) -> tuple[Policy, ...]:
    """The packs, each with its approval where one lies in the folder: `<pack>/approval-<version>.toml`.

    `parsed` are the labels of all packs that are there, also of those whose flaws have been told already.
    """
    given = dict[str, Approval]()
    digests, labels = {pack.label: pack.digest for pack in packs}, sorted(parsed)
    for file in sorted(folder.glob("*/approval-*.toml")):
        name = f"{file.parent.name}/{file.name}"
        try:
            part = Part(name, "", toml.parsed(file.read_bytes()), flaws)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
            flaws.append(Flaw(code="file_unreadable", file=name, facts=toml.facts(error, "value")))
            continue
        label = f"{file.parent.name}@{file.stem.removeprefix('approval-')}"
        held = _approval(part, label, labels, digests)
        if part.clean:
            given[label] = held
    return tuple(replace(pack, approval=given.get(pack.label, pack.approval)) for pack in packs)


def _approval(part: Part, label: str, labels: Sequence[str], digests: Mapping[str, str]) -> Approval:
    part.keys(("pack", "sha256", "by", "document", "on"))
    stated, digest = part.text("pack"), part.text("sha256").lower()
    if stated and stated != label:
        part.flaw("pack_misplaced", "pack", value=stated, fix=label)
    elif stated and label not in labels:
        part.flaw(
            "approval_of_nothing", "pack", value=label, nearest=nearest(label, labels) or "-", known=", ".join(labels) or "-"
        )
    if digest and not _DIGEST.fullmatch(digest):
        part.flaw("digest_unreadable", "sha256", value=digest)
    elif digest and label in digests and digest != digests[label]:
        part.flaw("approval_of_other", "sha256", value=digest, pack=label, digest=digests[label])
    named = {field: part.text(field) for field in ("by", "document")}
    for field in (field for field, text in named.items() if text and not any(map(str.isalnum, text))):
        part.flaw("approval_blank", field, value=named[field])
    return Approval(by=named["by"], document=named["document"], on=part.day("on"))
