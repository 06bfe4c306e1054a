"""Self-proof over HTTP: the subject shows something by a link, whoever can reach the subject gets the link, an officer reads."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import Field
from starlette.responses import JSONResponse, Response

from inspector.domain.calendar import Counting
from inspector.domain.evidence import Verdict
from inspector.domain.material import MaterialKind
from inspector.domain.selfproof import ProofState, Reading, SelfProof, Unable
from inspector.domain.viewing import Shown as What
from inspector.flows import selfproof
from inspector.store.tx import Tx
from inspector.web.answers import Shown
from inspector.web.body import JsonRoute
from inspector.web.caller import Caller, Officer, allow
from inspector.web.desk import AtDesk, Desk, message
from inspector.web.errors import READS, WRITES
from inspector.web.fields import Day, Digest, Limit, MaybeLine, MessageId, NamePath, Strict, Text
from inspector.web.links import By, door
from inspector.web.material import SANDBOX, FileIn
from inspector.web.near import near
from inspector.web.roles import Role
from inspector.web.viewings import shown_of

router = APIRouter(prefix="/v1/self-proofs", tags=["self-proof"], route_class=JsonRoute)
Reader = Annotated[Caller, Depends(allow(Role.OFFICER, Role.AUDITOR))]
Reaching = Annotated[Caller, Depends(allow(Role.SYSTEM, Role.OFFICER))]
_FILES = {kind.value: {"schema": {"type": "string", "format": "binary"}} for kind in MaterialKind}


class MaterialIn(FileIn):
    """A file: JPEG, PNG or PDF, in base64; and what whoever shows it wants to say about it."""

    remark: Text = ""


class UnableIn(Strict):
    """Why nothing is shown; `OTHER` needs words."""

    unable: Unable
    reasons: Text = ""


class ReadingIn(Strict):
    """What an officer has read: `of_day` is the day that the material is of, `value` what it says, where that can be compared.

    `digests` are the files that were read; needed where there is more than one.
    """

    verdict: Literal["match", "mismatch", "cannot_say"]
    value: MaybeLine = ""
    of_day: Day | None = None
    reasons: Text = ""
    digests: Annotated[tuple[Digest, ...], Field(max_length=100)] = ()

    def reading(self, by: str, now: datetime) -> Reading:
        """The same as the domain reads it."""
        said, day = Verdict(self.verdict), self.of_day
        return Reading(verdict=said, value=self.value, on=day, reasons=self.reasons, by=by, at=now, of=self.digests)


class CallBackIn(Strict):
    """Why the link is called back."""

    reason: Text


class MaterialShown(Shown):
    """A file that was shown: SHA-256 of what is kept of it, and of the bytes as they came."""

    digest: str
    received: str
    kind: str
    size: int
    remark: str
    at: datetime


class ReadingShown(Shown):
    """What was read in it."""

    verdict: Verdict
    value: str
    on: date | None
    reasons: str
    by: str
    at: datetime
    late: bool


class SelfProofShown(Shown):
    """A question to the subject of a case. `readings` are told to the agency, not behind the link.

    The approving system hears how it was read, and neither in which words nor by whom.
    """

    id: str
    case_id: str
    claim: str
    fact: str
    claimed: str
    on: date
    shows: str
    basis: str
    state: ProofState
    opened_at: datetime
    due_at: datetime
    due_counted: Counting
    due_provisional: bool
    handed_at: datetime | None
    seen_at: datetime | None
    ended_at: datetime | None
    read_by: datetime | None
    materials: tuple[MaterialShown, ...]
    unable: Unable | None
    reasons: str
    readings: tuple[ReadingShown, ...] = Field(default=())


class SelfProofsShown(Shown):
    """Those that are open."""

    self_proofs: tuple[SelfProofShown, ...]


class LinkShown(Shown):
    """The subject's link, to be passed on and kept nowhere."""

    self_proof: str
    link: str
    due_at: datetime


def proof_shown(held: SelfProof, by: Caller | str) -> SelfProofShown:
    """A self-proof as it goes out: whole to the agency, without its readings behind the link."""
    told = {name: held.question[name] for name in ("fact", "claimed", "on")}
    plain = {name: getattr(held, name) for name in SelfProofShown.model_fields if name not in told}
    return near(SelfProofShown.model_validate(plain | told | ({"readings": ()} if isinstance(by, str) else {})), by)


@router.get("", responses=READS)
def list_self_proofs(desk: AtDesk, caller: Reader, limit: Limit = 50) -> SelfProofsShown:
    """Questions to subjects that are open, of the agencies of the token: what was shown and waits to be read first."""
    held = desk.look(lambda tx: tx.selfproofs.open_of(caller.sees, limit))
    shown_of(desk, caller, What.PROOF, (one.case_id for one in held))
    return SelfProofsShown(self_proofs=tuple(proof_shown(one, caller) for one in held))


@router.get("/{proof_id}", responses=READS)
def show_self_proof(desk: AtDesk, by: By, proof_id: NamePath) -> SelfProofShown:
    """A question to a subject. Reading it by the link uses nothing up; that the link has arrived is noted once."""

    def do(tx: Tx, now: datetime) -> SelfProofShown:
        _let_in(desk, tx, by, proof_id, Role.SYSTEM, Role.OFFICER, Role.AUDITOR)
        if isinstance(by, str):
            selfproof.open_page(tx, proof_id, now)
        return proof_shown(tx.selfproofs.get(proof_id), by)

    if not isinstance(by, str):
        desk.look(lambda tx: _let_in(desk, tx, by, proof_id, Role.SYSTEM, Role.OFFICER, Role.AUDITOR))
        shown_of(desk, by, What.PROOF, (desk.look(lambda tx: tx.selfproofs.get(proof_id)).case_id,))
    return desk.act(do)


@router.post("/{proof_id}/materials", response_model=SelfProofShown, responses=WRITES)
def show_material(desk: AtDesk, by: By, proof_id: NamePath, given: MaterialIn, message_id: MessageId = None) -> JSONResponse:
    """The subject shows a file, or an officer enters what was brought to the counter. The same bytes twice are one file."""
    desk.look(lambda tx: _let_in(desk, tx, by, proof_id, Role.OFFICER))
    taken = selfproof.take(given.decoded(desk.settings.max_material_bytes))

    def do(tx: Tx, now: datetime) -> SelfProofShown:
        held = selfproof.receive(desk.office, tx, proof_id, taken, given.remark, now, door(by))
        return proof_shown(held, by)

    return desk.once(message(f"show:{proof_id}"[:200], message_id, f"show {proof_id}", given), do)


@router.post("/{proof_id}/decline", response_model=SelfProofShown, responses=WRITES)
def decline_self_proof(desk: AtDesk, by: By, proof_id: NamePath, given: UnableIn, message_id: MessageId = None) -> JSONResponse:
    """The subject cannot or will not show anything: the case takes its next way, and nothing is held against anybody."""
    desk.look(lambda tx: _let_in(desk, tx, by, proof_id, Role.OFFICER))

    def do(tx: Tx, now: datetime) -> SelfProofShown:
        held = selfproof.decline(desk.office, tx, proof_id, given.unable, given.reasons, now, door(by))
        return proof_shown(held, by)

    return desk.once(message(f"show:{proof_id}"[:200], message_id, f"decline {proof_id}", given), do)


@router.post("/{proof_id}/handover", responses=WRITES)
def hand_over(desk: AtDesk, caller: Reaching, proof_id: NamePath) -> LinkShown:
    """The link, for whoever can reach the subject to pass it on; that it was given out is on record. Asked again it is the same link."""

    def do(tx: Tx, now: datetime) -> LinkShown:
        caller.case(tx, tx.selfproofs.get(proof_id).case_id)
        link = selfproof.hand(desk.office, tx, proof_id, caller.name, now)
        return LinkShown(self_proof=proof_id, link=link, due_at=tx.selfproofs.get(proof_id).due_at)

    return desk.act(do)


@router.post("/{proof_id}/link", response_model=SelfProofShown, responses=WRITES)
def call_back_link(
    desk: AtDesk, caller: Officer, proof_id: NamePath, given: CallBackIn, message_id: MessageId = None
) -> JSONResponse:
    """An officer calls the link back: it opens nothing from now on, and the next one that is handed over is another."""

    def do(tx: Tx, now: datetime) -> SelfProofShown:
        caller.case(tx, tx.selfproofs.get(proof_id).case_id)
        return proof_shown(selfproof.call_back(tx, proof_id, caller.name, given.reason, now), caller)

    return desk.once(message(caller.source, message_id, f"link {proof_id}", given), do)


@router.post("/{proof_id}/reading", response_model=SelfProofShown, responses=WRITES)
def read_material(
    desk: AtDesk, caller: Officer, proof_id: NamePath, given: ReadingIn, message_id: MessageId = None
) -> JSONResponse:
    """An officer says what was shown says: it proves the promise, contradicts it (a lead for the review), or says neither."""
    said = message(caller.source, message_id, f"read {proof_id}", given)
    return desk.once(said, lambda tx, now: proof_shown(read(desk, tx, caller, proof_id, given, now), caller))


@router.get("/{proof_id}/materials/{digest}", response_class=Response, responses=READS | {200: {"content": _FILES}})
def look_at_material(desk: AtDesk, caller: Reader, proof_id: NamePath, digest: Digest) -> Response:
    """A file that was shown, as it is kept. Who looked at it is an entry of the ledger."""
    return file_of(desk, caller, proof_id, digest)


def read(desk: Desk, tx: Tx, caller: Caller, proof_id: str, given: ReadingIn, now: datetime) -> SelfProof:
    """A reading, by interface and by page alike."""
    caller.case(tx, tx.selfproofs.get(proof_id).case_id)
    return selfproof.read(desk.office, tx, proof_id, given.reading(caller.name, now), now)


def file_of(desk: Desk, caller: Caller, proof_id: str, digest: str) -> Response:
    """A stranger's file for an officer: to be saved, under a policy that carries nothing out."""

    def do(tx: Tx, now: datetime) -> tuple[bytes, str]:
        proof = tx.selfproofs.get(proof_id)
        caller.case(tx, proof.case_id)
        kind = next((one.kind.value for one in proof.materials if one.digest == digest), "application/octet-stream")
        return selfproof.looked(tx, proof, digest, caller.name, now), kind

    content, kind = desk.act(do)
    ending = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}.get(kind, "bin")
    headers = {"Content-Disposition": f'attachment; filename="{digest[:16]}.{ending}"', "Content-Security-Policy": SANDBOX}
    return Response(content, media_type=kind, headers=headers)


def _let_in(desk: Desk, tx: Tx, by: Caller | str, proof_id: str, *roles: Role) -> None:
    """Raise Forbidden or Missing unless the link is the one of this question, or the token may see its case and has one of the roles."""
    if isinstance(by, str):
        selfproof.by_link(desk.office, tx, proof_id, by)
        return
    by.may(*roles)
    by.case(tx, tx.selfproofs.get(proof_id).case_id)
