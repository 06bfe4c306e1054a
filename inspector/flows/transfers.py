"""The transfer of a suspected crime: each step entered by a named person (domain.transfer)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from inspector.domain import transfer
from inspector.domain.bundle import Part
from inspector.domain.consequence import Consequence, ConsequenceState, Police, Signed
from inspector.domain.course import Setting
from inspector.domain.decision import Decision
from inspector.flows import deputies, headed
from inspector.flows.consequences import locked, settle
from inspector.flows.office import Office
from inspector.flows.shaken import setting
from inspector.store.tx import Tx


def report(office: Office, tx: Tx, consequence_id: str, words: str, signed: Signed, now: datetime) -> Consequence:
    """One of at least two officers reports to the head in writing."""
    case, held = locked(office, tx, consequence_id, now)
    close = _close(office, tx, held, now)
    return settle(office, tx, case, held, transfer.report(held, words, signed, setting(office, held, now), close), now)


def head(
    office: Office,
    tx: Tx,
    consequence_id: str,
    *,
    approves: bool,
    reasons: str,
    signed: Signed,
    now: datetime,
    at: datetime | None = None,
) -> Consequence:
    """The agency's head, or who stands in for one, approves, or refuses with reasons. Raises what `headed.signs` raises."""
    case, held = locked(office, tx, consequence_id, now)
    close = _close(office, tx, held, now)
    if held.state is ConsequenceState.REPORTED and not any(signed.is_of(one) for one in held.reporters):
        signed = headed.signs(office, tx, held, signed)
    told = setting(office, held, now)
    made = transfer.head(held, approves=approves, reasons=reasons, signed=signed, setting=told, close=close, at=at)
    _heard(office, tx, held, signed, now)
    return settle(office, tx, case, held, made, now)


def refuse(office: Office, tx: Tx, consequence_id: str, reasons: str, signed: Signed, now: datetime) -> Consequence:
    """The head, or who stands in for one, says no before two have reported. Raises what `headed.signs` raises."""
    return _ended(office, tx, consequence_id, reasons, signed, now, transfer.refuse)


def hand(
    office: Office,
    tx: Tx,
    consequence_id: str,
    bundle: Mapping[Part, str],
    receipt: str,
    signed: Signed,
    now: datetime,
    at: datetime | None = None,
) -> Consequence:
    """The bundle was handed to the police; `at` when, where that is entered later."""
    case, held = locked(office, tx, consequence_id, now)
    signed = deputies.signs(office, tx, held, signed, now)
    return settle(office, tx, case, held, transfer.hand(held, bundle, receipt, signed, setting(office, held, now), at), now)


def answered(office: Office, tx: Tx, consequence_id: str, said: Police, now: datetime) -> Consequence:
    """The police have filed it, or declined."""
    case, held = locked(office, tx, consequence_id, now)
    said = replace(said, signed=deputies.signs(office, tx, held, said.signed, now))
    return settle(office, tx, case, held, transfer.answered(held, said, setting(office, held, now)), now)


def contest(office: Office, tx: Tx, consequence_id: str, to: str, document: str, signed: Signed, now: datetime) -> Consequence:
    """Reconsideration is asked for, or the procurator."""
    case, held = locked(office, tx, consequence_id, now)
    signed = deputies.signs(office, tx, held, signed, now)
    return settle(office, tx, case, held, transfer.contest(held, to, document, signed, setting(office, held, now)), now)


def let_stand(office: Office, tx: Tx, consequence_id: str, reasons: str, signed: Signed, now: datetime) -> Consequence:
    """The head, or who stands in for one, leaves the police's refusal standing. Raises what `headed.signs` raises."""
    return _ended(office, tx, consequence_id, reasons, signed, now, transfer.let_stand)


def papers(office: Office, tx: Tx, consequence_id: str, receipt: str, signed: Signed, now: datetime) -> Consequence:
    """Goods and papers followed the case that the police have filed."""
    case, held = locked(office, tx, consequence_id, now)
    signed = deputies.signs(office, tx, held, signed, now)
    return settle(office, tx, case, held, transfer.papers(held, receipt, signed, setting(office, held, now)), now)


def _ended(
    office: Office,
    tx: Tx,
    consequence_id: str,
    reasons: str,
    signed: Signed,
    now: datetime,
    end: Callable[[Consequence, str, Signed, Setting, tuple[str, ...]], Decision[Consequence]],
) -> Consequence:
    """The head's word that there is no transfer, or no more of it, and what the head hears where another has said it."""
    case, held = locked(office, tx, consequence_id, now)
    close, at = _close(office, tx, held, now), setting(office, held, now)
    signed = headed.signs(office, tx, held, signed)
    made = end(held, reasons, signed, at, close)
    _heard(office, tx, held, signed, now)
    return settle(office, tx, case, held, made, now)


def _heard(office: Office, tx: Tx, held: Consequence, signed: Signed, now: datetime) -> None:
    if signed.stead:
        facts = {"officer": signed.stead, "case": held.case_id, "consequence": held.id}
        deputies.hear(office, tx, held.agency, held.id, signed.by, facts, now)


def _close(office: Office, tx: Tx, held: Consequence, now: datetime) -> tuple[str, ...]:
    return deputies.close(office, tx, held.agency, held.reporters, now)
