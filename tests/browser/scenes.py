"""What lies open in the bureau when a browser comes: a letter, a drawn visit, a case in doubt. All persons and firms are invented."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlsplit

from inspector.domain.case import MatterKind, SubjectKind
from inspector.flows import dispatch, replylink
from inspector.flows.office import Office
from inspector.labels import Lang, label
from inspector.store.store import Store
from tests import gate
from tests.browser.visitor import Visitor
from tests.drawn import announced, carried_out, drawing
from tests.edge import WEB, Edge, serving
from tests.house import ROOT, Hand, Table, application, open_office, post, settle
from tests.integration.test_acts import catalogued
from tests.integration.test_draw_way import FACTS, Phones
from tests.integration.test_way import Post

FIRM = "示例商贸有限公司"
CLERK: Mapping[Lang, tuple[str, str, str, str]] = {
    "zh-Hans": ("不一致", "贵机关掌握的数据", "签署人", "提交答复"),
    "en": ("Contradicts", "The value you hold", "Signed by", "Send the answer"),
}
"""The words of the reply page that a clerk goes by who contradicts: the answer, its value, the signature, the button."""
OPEN_OPS = WEB.model_copy(update={"open_ops": True})


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A visit that was drawn: the paths of the links pushed to its two inspectors, and the channel that has taken these pushes."""

    edge: Edge
    hand: Hand
    first: str
    second: str
    phones: Phones


@contextmanager
def doubting(store: Store, hand: Hand) -> Iterator[Edge]:
    """A house whose register contradicts what was promised, and where the housing agency is asked by letter."""
    sources, agencies = {"registers": Table(default="吊销")}, {"housing": Post("housing")}
    with serving(open_office(store, hand, sources=sources, agencies=agencies), OPEN_OPS) as edge:
        yield edge


@contextmanager
def grading(store: Store, hand: Hand) -> Iterator[Edge]:
    """The same with a catalogue of dishonest acts in its pack."""
    office = open_office(store, hand, sources={"registers": Table(default="吊销")})
    with serving(catalogued(office), OPEN_OPS) as edge:
        yield edge


@contextmanager
def visiting(store: Store, hand: Hand, **changes: object) -> Iterator[Visit]:
    """A house that has drawn two inspectors for a visit to a firm, and pushed their links."""
    office, phones, _ = drawing(store, hand)
    post(office, application(1, "dispatch-premises", FACTS, **{"subject_name": FIRM} | changes))
    _, held = announced(office, hand, cases=0)
    carried_out(office, hand, held.number)
    pushed = {str(message.data["seat"]): urlsplit(message.link).path for message in phones.messages}
    with store.read() as tx:
        (visit,) = tx.visits.of_draw(held.number)
        first, second = map(dispatch.seat_name, tx.visits.team(visit.id))
    with serving(gate.signed(office), OPEN_OPS) as edge:
        yield Visit(edge=edge, hand=hand, first=pushed[first], second=pushed[second], phones=phones)


def link(office: Office, purpose: str, about: str) -> str:
    """The path of a link as it stands in a letter or a push."""
    return f"/{purpose}/{about}/{office.link_token(purpose, about)}"


def letter(office: Office, number: int = 101, value: str = "王某某", **changes: object) -> tuple[str, str]:
    """A request to the housing agency: its id and the path of its link."""
    facts = {"matter": MatterKind.CONFIRMATION, "subject_kind": SubjectKind.PERSON, "subject_code": "110105194912310021"}
    case_id = post(office, application(number, "hukou-housing", {"home-title": value}, **(facts | changes)))
    with office.store.read() as tx:
        (request,) = tx.assistance.of_case(case_id)
    return request.id, link(office, replylink.LINK, request.id)


def doubt(office: Office, number: int = 1, name: str = FIRM, value: str = "存续", **changes: object) -> str:
    """A case that a register contradicts: the path of its page."""
    case_id = post(office, application(number, "business-licence", {"registration-status": value}, subject_name=name, **changes))
    settle(office)
    return f"/review/{case_id}"


BEHIND = ROOT / "docs" / "pictures" / "assist.json"
"""What the pictures of the reply page say, by state and language: a page that says something else has pictures to be made anew."""


def unnumbered(text: str) -> str:
    """A page's text without the numbers of its day."""
    return re.sub(r"[0-9a-f]{32}|(?<=简号 )[0-9A-Z]{6}|(?<=short number )[0-9A-Z]{6}", "…", text)


def answering(visitor: Visitor, path: str, lang: Lang) -> Iterator[str]:
    """The reply page in turn as a clerk finds it, fills it in, and gets it back for what it lacks; nothing is answered by it."""
    answer, value, signer, send = CLERK[lang]
    visitor.open(f"{path}?lang={lang}")
    yield "empty"
    visitor.choose(answer)
    visitor.fill(value, "李某某")
    visitor.fill(signer, "赵六")
    yield "populated"
    visitor.fill(value, "")
    visitor.press(send)
    yield "error"


def answered(visitor: Visitor, path: str, lang: Lang) -> None:
    """The reply page as it is when the answer was taken."""
    _, value, _, send = CLERK[lang]
    for _ in answering(visitor, path, lang):
        pass
    visitor.fill(value, "李某某")
    visitor.press(send)


DAY = ROOT / "docs" / "pictures" / "seat.json"
"""The same of the inspector's page."""


def anybody(text: str) -> str:
    """A page's text without who was drawn."""
    return re.sub(r"(检查员|Z00|证号 C|certificate C)[0-9]", r"\1…", unnumbered(text))


def assigned(phone: Visitor, mate: Visitor, visit: Visit, lang: Lang) -> Iterator[str]:
    """The inspector's page in turn: before accepting, accepted and filled in, lacking something, the firm's notice, without signal."""
    store, number = visit.edge.office.store, visit.first.split("/")[2].split(":", maxsplit=1)[0]

    def known(*, released: bool) -> None:
        with store.begin() as tx:
            held = tx.visits.get(number, lock=True)
            tx.visits.put(replace(held, released=released, release_at=visit.hand.now + timedelta(days=1)))

    known(released=False)
    phone.open(f"{visit.first}?lang={lang}")
    phone.page.locator("#outbox-kept", has_text=label("phone.ready", lang)).wait_for()
    yield "asked"
    known(released=True)
    for one, path in ((mate, visit.second), (phone, visit.first)):
        one.open(f"{path}?lang={lang}")
        one.press(label("ui.accept", lang))
    phone.page.locator("#outbox-kept", has_text=label("phone.ready", lang)).wait_for()
    phone.choose(label("Verdict.MATCH", lang))
    yield "accepted"
    phone.page.get_by_role("button", name=label("ui.send_attempt", lang), exact=True).click()
    phone.alert().first.wait_for()
    phone.page.locator("#outbox-kept", has_text=label("phone.ready", lang)).wait_for()
    yield "error"
    phone.open(f"{visit.first}/notice?lang={lang}")
    yield "notice"
    phone.open(f"{visit.first}?lang={lang}")
    phone.page.locator("#outbox-kept", has_text=label("phone.ready", lang)).wait_for()
    phone.page.context.set_offline(True)
    phone.choose(label("Verdict.MATCH", lang))
    phone.choose(label("Seen.NOTHING", lang))
    phone.page.get_by_role("button", name=label("ui.send_result", lang), exact=True).click()
    phone.page.locator("#outbox-list li").first.wait_for()
    yield "waiting"
    phone.page.context.set_offline(False)
