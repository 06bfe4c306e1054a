"""Which case a fact is of, where a visit has several: else who finds one of three addresses empty could not say of which promise.

The facts of several cases of one item have one name. Behind it stands the number that the brief had, the case's own number, where its
premises are, and its item where there are several.
"""

from __future__ import annotations

from collections.abc import Iterable

from inspector.domain.errors import InspectorError
from inspector.domain.policy import Policy
from inspector.domain.visit import Visit
from inspector.flows.briefing import numbered
from inspector.labels import Lang, label
from inspector.store.tx import Tx
from inspector.web.desk import Desk

_MOST = 60
"""Signs of an address behind a fact: it is told beside each receipt, and stands whole once above."""


def which(desk: Desk, tx: Tx, held: Visit, agency: str, lang: Lang, others: Iterable[str] = ()) -> dict[str, str]:
    """By its id what tells a case of an agency from the visit's others (`others`: that may be answered beside); empty of one alone.

    For whoever may know whom the visit is to.
    """
    numbers = numbered(held, agency, others)
    cases = {case_id: tx.cases.get(case_id) for case_id in numbers}
    items = {case.item for case in cases.values()}
    told = {}
    for case_id, case in cases.items():
        policy = desk.office.book.get(case.pack)
        places = dict.fromkeys(one.claim.value for one in case.claims if _place(policy, case.item, one.claim.fact))
        parts = [case.reference, *(_short(one) for one in places), *([policy.item(case.item).name] if len(items) > 1 else [])]
        apart = [f"\u2068{one}\u2069" for one in parts if one.strip()]  # each in its own direction of writing
        told[case_id] = " · ".join([label("ui.case_number", lang, number=numbers[case_id]), *apart])
    return told


def _place(policy: Policy, item: str, fact: str) -> bool:
    try:
        return policy.item(item).fact(fact).place
    except InspectorError:
        return False


def _short(words: str) -> str:
    return words if len(words) <= _MOST else f"{words[: _MOST - 1]}…"
