"""The page behind a subject's link: what is asked and why, what may be shown, and that nobody has to.

The link is the authority, so a foreign page cannot act through a visitor's browser: it does not know the address. Opening it uses
nothing up. It works without scripts; a file is read whole before anything is written.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from inspector.domain.errors import Forbidden, InspectorError, Invalid, Refusal
from inspector.domain.selfproof import SelfProof, Unable, hears
from inspector.flows import selfproof, wording
from inspector.store.tx import Tx, new_id
from inspector.web import bounds
from inspector.web.asked import name_of
from inspector.web.byhand import by_hand
from inspector.web.desk import AtDesk, Desk, desk_of, message
from inspector.web.fields import Digest, Strict, Text
from inspector.web.forms import again
from inspector.web.language import InLang, language
from inspector.web.material import fitting
from inspector.web.multipart import FORM, Sent, sent
from inspector.web.near import SUBJECT
from inspector.web.pages import NO_TROUBLE, Fields, Trouble, complete, fields, page, read, refused, trouble
from inspector.web.selfproofs import UnableIn, proof_shown
from inspector.web.whichcase import fact_name

router = APIRouter(include_in_schema=False)


class FileIn(Strict):
    """A file of a form, by its digest, and what was written beside it."""

    digest: Digest
    remark: Text = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    held: SelfProof
    hears: bool
    item: str
    fact: str
    cited: list[str]


async def posted(request: Request, desk: AtDesk, proof_id: str, token: str) -> Sent:
    """What was sent by a link that is ours: of anybody else not a byte of a file is waited for. Raises Forbidden."""
    await run_in_threadpool(lambda: desk.look(lambda tx: selfproof.by_link(desk.office, tx, proof_id, token)))
    stated, most = request.headers.get("content-length", ""), bounds.most(request.url.path, desk.settings)
    if stated.isdecimal() and int(stated) > most:  # not heard at all: the page says so beside its form
        too_large = Invalid("material_too_large", field="material", most=desk.settings.max_material_bytes // 1_000_000)
        return Sent(fields=Fields([("do", "show")], too_large), files={})
    content, kind = await request.body(), request.headers.get("content-type", "")
    if kind.partition(";")[0].strip().lower() == FORM:
        return await run_in_threadpool(sent, content, kind)
    return Sent(fields=fields(content, kind or "application/x-www-form-urlencoded"), files={})


@router.get("/show/{proof_id}/{token}", name="show_form")
def show(request: Request, desk: AtDesk, proof_id: str, token: str) -> Response:
    """The question, and the two ways to answer it. A preview that fetches the link has asked nobody: else our omission became a silence."""
    try:
        desk.look(lambda tx: selfproof.by_link(desk.office, tx, proof_id, token))
        if by_hand(request) and desk.look(lambda tx: tx.selfproofs.get(proof_id)).seen_at is None:
            desk.act(lambda tx, now: selfproof.open_page(tx, proof_id, now))
        return _page(request, desk, proof_id)
    except InspectorError as error:
        return refused(request, error)


@router.post("/show/{proof_id}/{token}")
def post(request: Request, proof_id: str, form: Annotated[Sent, Depends(posted)], lang: InLang) -> Response:
    """A file is shown, or it is said why none is; what does not fit is said beside what was typed."""
    desk = desk_of(request)
    try:
        form.fields.sound()
        _say(desk, proof_id, form)
    except InspectorError as error:
        return _page(request, desk, proof_id, form.fields, trouble(error, form.fields, lang))
    return again(request)


@router.api_route("/show/{rest:path}", methods=["GET", "POST"])
def cut_off(request: Request) -> Response:
    """A link of which a part was lost, as happens in chat and mail programs."""
    return refused(request, Forbidden("link_unknown"))


def _say(desk: Desk, proof_id: str, form: Sent) -> None:
    match form.fields.one("do"):
        case "show":
            content = fitting(form.files.get("material", b""), desk.settings.max_material_bytes)
            if not content:
                raise Invalid("material_empty", field="material")
            shown = read(FileIn, digest=hashlib.sha256(content).hexdigest(), remark=form.fields.one("remark"))
            given: Strict = shown
            taken = selfproof.take(content)

            def do(tx: Tx, now: datetime) -> Strict:
                return proof_shown(selfproof.receive(desk.office, tx, proof_id, taken, shown.remark, now), SUBJECT)

        case "decline":
            complete(form.fields, Invalid("unable_missing", field="unable"))
            said = read(UnableIn, unable=form.fields.one("unable"), reasons=form.fields.one("reasons"))
            given = said

            def do(tx: Tx, now: datetime) -> Strict:
                return proof_shown(selfproof.decline(desk.office, tx, proof_id, said.unable, said.reasons, now), SUBJECT)

        case other:
            raise Refusal("action_unknown", action=other[:40])
    told = f"form {form.fields.one('do')} {proof_id}"
    desk.once(message(f"show:{proof_id}"[:200], form.fields.message_id(), told, given), do)


def _page(request: Request, desk: Desk, proof_id: str, form: Fields | None = None, wrong: Trouble = NO_TROUBLE) -> Response:
    def ask(tx: Tx) -> _Read:
        held = tx.selfproofs.get(proof_id)
        case = tx.cases.get(held.case_id)
        policy = desk.office.book.get(case.pack)
        return _Read(
            held=held,
            hears=hears(case, held),
            item=policy.item(case.item).name,
            fact=fact_name(desk, case.pack, str(held.question["item"]), str(held.question["fact"])),
            cited=wording.quoted(policy, held.basis, language(request)),
        )

    told = desk.look(ask)
    held = told.held
    over = not told.hears and held.state.open
    context = {
        "held": proof_shown(held, SUBJECT),
        "now": "show_over" if over else f"show_{held.state.value.lower()}",
        "takes": told.hears,
        "may_decline": told.hears and held.state.asked,
        "agency": name_of(desk, held.agency),
        "item": told.item,
        "fact": told.fact,
        "cited": told.cited,
        "most": desk.settings.max_material_bytes // 1_000_000,
        "kept": form.kept() if form else {},
        "unables": list(Unable),
        "trouble": wrong,
        "message_id": new_id(),
    }
    return page(request, "show.html", status=wrong.status, **context)
