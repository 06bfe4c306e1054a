"""Whom the keys of a frame stand for. Private: it never leaves the house."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from inspector.domain.case import SubjectKind
from inspector.domain.identity import IdentityKind, pseudonym


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """What the frame's key stands for, and the stratum it stands in. `pooled`: under daily supervision whatever its cases do.

    Where each list has rules of its own, `supervised` are the agencies of whose supervision that is true.
    """

    kind: SubjectKind
    code: str
    name: str
    cases: tuple[str, ...]
    pooled: bool = False
    stratum: str = ""
    supervised: tuple[str, ...] = ()


def object_id(secret: bytes, kind: SubjectKind, code: str) -> str:
    """The frame's key: a firm's normalised code; a keyed pseudonym for a natural person, which never leaves the house."""
    return code if kind is SubjectKind.FIRM else pseudonym(secret, IdentityKind.CITIZEN_ID, code)


def dump_members(members: Mapping[str, Member]) -> bytes:
    """The private key of a frame, for the store."""
    told = {
        name: [one.kind.value, one.code, one.name, list(one.cases), one.pooled, one.stratum, list(one.supervised)]
        for name, one in members.items()
    }
    return json.dumps(told, ensure_ascii=False).encode()


def load_members(content: bytes) -> dict[str, Member]:
    """The private key of a frame."""
    told = json.loads(content)
    return {
        name: Member(
            kind=SubjectKind(kind),
            code=code,
            name=called,
            cases=tuple(cases),
            pooled=pooled,
            stratum=stratum,
            supervised=tuple(supervised),
        )
        for name, (kind, code, called, cases, pooled, stratum, supervised) in told.items()
    }
