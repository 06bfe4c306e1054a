"""The verifiers that lie beside a bundle: whether they are ours, for a stranger judges by them, and anybody can lay another one there."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from inspector.domain.audit import AuditLine
from inspector.verifier import RELEASED, programs


def heard(files: Mapping[str, bytes]) -> list[AuditLine]:
    """What is to be said of verifiers in a bundle that are not those of this release: grave, unless an earlier release had them.

    They are no part of the proof, but who changed one would have a stranger hear what pleased.
    """
    told = []
    for name, own in programs().items():
        held = files.get(name, own)
        if held == own:
            continue
        digest, ours = hashlib.sha256(held).hexdigest(), hashlib.sha256(own).hexdigest()
        if (release := RELEASED.get(digest)) is not None:
            told.append(AuditLine(code="draw.program_older", facts={"file": name, "release": release}))
        else:
            told.append(AuditLine(code="draw.program_other", facts={"file": name, "digest": digest, "own": ours}, grave=True))
    return told
