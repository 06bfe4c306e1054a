"""The officer's desk of self-proofs: what was shown and waits to be read, and links that are to be handed over."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from inspector.domain.errors import InspectorError, Invalid, Refusal
from inspector.domain.selfproof import Material, ProofState, SelfProof, hears
from inspector.domain.viewing import Shown as What
from inspector.flows import selfproof
from inspector.labels import label, told
from inspector.store.tx import Tx, new_id
from inspector.web.caller import Caller
from inspector.web.desk import AtDesk, Desk, message
from inspector.web.fields import AfterName, Digest
from inspector.web.language import InLang, carried, language
from inspector.web.pages import NO_TROUBLE, Fields, Posted, Trouble, complete, page, read, refused, trouble
from inspector.web.roles import Role
from inspector.web.selfproofs import CallBackIn, ReadingIn, SelfProofShown, file_of, proof_shown
from inspector.web.selfproofs import read as read_so
from inspector.web.session import Visitor, to_login, unfit, written_by_officer
from inspector.web.signedin import guard, held_cookie
from inspector.web.viewings import shown_of
from inspector.web.whichcase import fact_name

router = APIRouter(include_in_schema=False)
SHOWN = 100
VERDICTS = ("match", "mismatch", "cannot_say")


@router.get("/proofs")
def show_all(request: Request, desk: AtDesk, caller: Visitor, after: AfterName = None) -> Response:
    """Self-proofs that are open, of the session's agencies, page by page; what waits to be read stands first."""
    if caller is None:
        return to_login(request)
    if (refusal := unfit(request, caller)) is not None:
        return refusal

    def look(tx: Tx) -> list[tuple[SelfProofShown, str]]:
        return [
            (proof_shown(one, caller), _fact(desk, tx, one)) for one in tx.selfproofs.open_of(caller.sees, SHOWN + 1, after or "")
        ]

    held = desk.look(look)
    shown_of(desk, caller, What.PROOF, (one.case_id for one, _ in held[:SHOWN]), "page")
    more = held[SHOWN - 1][0].id if len(held) > SHOWN else None
    return page(request, "proofs.html", caller=caller, rows=held[:SHOWN], more=more)


@router.get("/proofs/{proof_id}")
def show_one(request: Request, desk: AtDesk, caller: Visitor, proof_id: str) -> Response:
    """One of them: what was shown, and what an officer may do."""
    if caller is None:
        return to_login(request)
    return _page(request, desk, caller, proof_id)


@router.get("/proofs/{proof_id}/materials/{digest}")
def show_file(request: Request, desk: AtDesk, caller: Visitor, proof_id: str, digest: Digest) -> Response:
    """A file that was shown; who looked at it is on record."""
    if caller is None:
        return to_login(request)
    try:
        caller.reads()
        return file_of(desk, caller, proof_id, digest)
    except InspectorError as error:
        return refused(request, error)


@router.post("/proofs/{proof_id}")
def post_one(request: Request, desk: AtDesk, caller: Visitor, proof_id: str, form: Posted, lang: InLang) -> Response:
    """An officer says what was shown says, takes the link to hand it over, or calls it back."""
    if caller is None:
        return to_login(request)
    try:
        written_by_officer(request, desk, caller, form)
        if form.one("do") == "hand":  # the link is shown once, here, and lies in no row
            return _page(request, desk, caller, proof_id, link=desk.act(lambda tx, now: _hand(desk, tx, caller, proof_id, now)))
        _do(desk, caller, proof_id, form)
    except InspectorError as error:
        return _page(request, desk, caller, proof_id, form, trouble(error, form, lang))
    return RedirectResponse(request.url.path + carried(request), 303)


def _do(desk: Desk, caller: Caller, proof_id: str, form: Fields) -> None:
    match form.one("do"):
        case "read":
            complete(form, Invalid("reading_missing", field="verdict"))
            named = {name: form.one(name) for name in ("value", "reasons", "of_day") if form.one(name)}
            given = read(ReadingIn, verdict=form.one("verdict"), digests=tuple(form.one("digests").split()), **named)
            said = message(caller.source, form.message_id(), f"read {proof_id}", given)
            desk.once(said, lambda tx, now: proof_shown(read_so(desk, tx, caller, proof_id, given, now), caller))
        case "link":
            complete(form, Invalid("reason_missing", field="reason"))
            why = read(CallBackIn, reason=form.one("reason"))
            said = message(caller.source, form.message_id(), f"link {proof_id}", why)

            def call_back(tx: Tx, now: datetime) -> CallBackIn:
                caller.case(tx, tx.selfproofs.get(proof_id).case_id)
                selfproof.call_back(tx, proof_id, caller.name, why.reason, now)
                return why

            desk.once(said, call_back)
        case other:
            raise Refusal("action_unknown", action=other[:40])


def _newer(held: SelfProof, form: Fields) -> dict[int, Material]:
    """What was shown, by its number on the page, since the page was that the form is of."""
    seen = form.one("digests").split()
    return {number: one for number, one in enumerate(held.materials, start=1) if one.digest not in seen}


def _hand(desk: Desk, tx: Tx, caller: Caller, proof_id: str, now: datetime) -> str:
    caller.case(tx, tx.selfproofs.get(proof_id).case_id)
    return selfproof.hand(desk.office, tx, proof_id, caller.name, now)


def _fact(desk: Desk, tx: Tx, held: SelfProof) -> str:
    return fact_name(desk, tx.cases.get(held.case_id).pack, str(held.question["item"]), str(held.question["fact"]))


def _page(
    request: Request,
    desk: Desk,
    caller: Caller,
    proof_id: str,
    form: Fields | None = None,
    wrong: Trouble = NO_TROUBLE,
    *,
    link: str = "",
) -> Response:
    def ask(tx: Tx) -> tuple[SelfProof, str, bool]:
        held = tx.selfproofs.get(proof_id)
        case = caller.case(tx, held.case_id)
        return held, _fact(desk, tx, held), hears(case, held)

    try:
        caller.reads()
        held, fact, wanted = desk.look(ask)
        shown_of(desk, caller, What.PROOF, (held.case_id,), "page")
    except InspectorError as error:
        return refused(request, error)
    officer = caller.role is Role.OFFICER
    newer = _newer(held, form) if form is not None and wrong.code == "reading_of_others" else {}
    kept = form.kept() if form else {}
    if newer:  # whoever sends it again says so of what he has read now: no verdict is chosen for him
        lang = language(request)
        files = label("ui.sentence_gap", lang).join(
            label("ui.material_came", lang, number=number, at=f"{desk.office.calendar.local(one.at):%Y-%m-%d %H:%M}")
            for number, one in newer.items()
        )
        wrong = replace(wrong, text=told(Refusal("reading_of_newer", files=files), lang))
        kept = {**kept, "verdict": ""}
    context = {
        "caller": caller,
        "held": proof_shown(held, caller),
        "newer": {one.digest for one in newer.values()},
        "fact": fact,
        "reads": officer and held.state is ProofState.RECEIVED,
        "hands": officer and wanted,
        "link": link,
        "verdicts": VERDICTS,
        "kept": kept,
        "trouble": wrong,
        "message_id": new_id(),
        "guard": guard(desk, held_cookie(request)),
    }
    return page(request, "proof.html", status=wrong.status, **context)
