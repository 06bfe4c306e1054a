"""The rules of packs as pages cite them."""

from __future__ import annotations

from collections.abc import Callable

from inspector.domain.visit import Visit
from inspector.flows import wording
from inspector.flows.articles import articles
from inspector.labels import Lang, label
from inspector.store.tx import Tx
from inspector.web.desk import Desk


def cites(desk: Desk, tx: Tx, held: Visit, agency: str, lang: Lang) -> Callable[[str], str]:
    """What cites a basis of the pack by which an agency goes on a visit."""
    policy = desk.office.book.get(tx.draws.pack_of(held.draw, agency))
    return lambda basis: label("ui.names_gap", lang).join(wording.cited(one, lang) for one in articles(policy, basis))
