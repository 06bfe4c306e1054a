"""No page that an inspector's phone or a firm's phone opens weighs 100 kB with all that it brings along (issue 6, show 3): every template.

Read by a client without scripts; `python -m pytest -s tests/browser/test_weight.py` tells the figures.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace

import httpx
import pytest

from inspector.flows import dispatch
from inspector.flows.seated import by_name
from inspector.labels import Lang
from inspector.signin import Entrance
from inspector.store.admissions import Admission
from inspector.store.store import Store
from inspector.web import pages
from tests.browser.scenes import OPEN_OPS, Visit, link
from tests.browser.test_many_items import serving_many
from tests.browser.test_seatstates import LANGUAGES
from tests.edge import Edge, serving
from tests.house import ROOT, Hand
from tests.integration.test_draw_way import visits
from tests.integration.test_secondlook import drawn_again, looking
from tests.integration.test_signin import SAYS, gateway
from tests.integration.test_subscribing import Browsers

pytestmark = [pytest.mark.browser, pytest.mark.slow]
MOST = 100_000
TEMPLATES = ROOT / "inspector" / "web" / "templates"
WAITS = {file.name for file in TEMPLATES.glob("*.html") if "outbox(" in file.read_text(encoding="utf-8")} - {"parts.html"}
"""The pages that tell what waits on a phone."""
OTHERS = {"visitcode.html", "notice.html", "codecheck.html", "login.html", "signedin.html", "sessions.html"}
BROUGHT = re.compile(r'(?:<link rel="(?:icon|stylesheet|manifest|apple-touch-icon)"[^>]*? href|<script src)="([^"]+)"')
WORKERS = {"seat.js": "/seat/worker.js", "ring.js": "/seat/worker.js", "codecheck.js": "/code/worker.js"}


class Scale:
    """What pages weigh, by template: the heaviest of each."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.most: defaultdict[str, int] = defaultdict(int)
        self._rendered = ""
        render = pages.fragment

        def noted(*told: object, **context: object) -> str:
            self._rendered = str(told[2])
            return render(*told, **context)  # type: ignore[arg-type]

        monkeypatch.setattr(pages, "fragment", noted)

    def put(self, client: httpx.Client, answer: httpx.Response) -> httpx.Response:
        """Weigh a page with what it brings along; its worker too."""
        brought = set(BROUGHT.findall(answer.text))
        brought |= {worker for script, worker in WORKERS.items() if f"/static/{script}" in brought}
        told = len(answer.content) + sum(len(client.get(one).content) for one in brought)
        self.most[self._rendered] = max(self.most[self._rendered], told)
        assert told < MOST, (answer.url, told)
        return answer


@pytest.fixture
def scale(monkeypatch: pytest.MonkeyPatch) -> Scale:
    return Scale(monkeypatch)


def assignments(scale: Scale, phone: httpx.Client, visit: Visit, lang: Lang) -> None:
    """What stands behind a link, accepted, with twelve items, refused and not; and behind one that is none."""
    for path in (
        visit.first,
        f"{visit.first}/code",
        f"{visit.first}/notice",
        f"{visit.first[:-4]}none",
        "/seat/waiting",
        "/code/check",
    ):
        scale.put(phone, phone.get(f"{path}?lang={lang}"))
    for do in ("result", "attempt", "arrive", "challenge", "decline"):
        typed = {"do": do, "remarks": "备" * 200, "words": "", "reason": ""}
        assert scale.put(phone, phone.post(f"{visit.first}?lang={lang}", data=typed)).status_code == 422, do


def own(scale: Scale, edge: Edge, lang: Lang) -> None:
    """The way in, the list of one's own with a browser that may be registered, and the sessions."""
    with edge.client(**SAYS) as phone:
        scale.put(phone, phone.get(f"/login?lang={lang}"))
        assert scale.put(phone, phone.post(f"/signin/gateway?lang={lang}")).status_code == 200
        assert 'id="ring"' in scale.put(phone, phone.get(f"/mine?lang={lang}")).text
        scale.put(phone, phone.get(f"/sessions?lang={lang}"))
    with edge.client() as desk:
        assert desk.post("/login", data={"token": edge.token("officer", name="李四")}).status_code == 303
        scale.put(desk, desk.get(f"/assignments?lang={lang}"))


@pytest.fixture
def admitted(visit: Visit) -> Visit:
    """The first inspector is let in by the gateway, and the register asks for a browser."""
    edge, store = visit.edge, visit.edge.office.store
    now = visit.edge.office.store.clock.now()
    with store.begin() as tx:
        _, seat = by_name(tx, visit.first.split("/")[2])
        told = {
            "id": "",
            "via": "gateway",
            "issuer": "",
            "subject": "u-7",
            "name": "李四",
            "agency": "bureau",
            "role": "inspector",
        }
        tx.admissions.admit(Admission(**told, inspector=seat.inspector, expires_at=now.replace(year=now.year + 1)), now)
        person = tx.rosters.inspector("bureau", seat.inspector)
        tx.rosters.put_inspectors([replace(person, channel="phones,browser", address=f"{person.address},-")])
    office = replace(edge.office, entrance=Entrance(gateway=gateway("127.0.0.1/32")))
    channels = {**office.connectors.channels, "browser": Browsers("browser")}
    return replace(visit, edge=replace(edge, office=replace(office, connectors=replace(office.connectors, channels=channels))))


def test_no_page_of_an_inspector_weighs_a_hundred_kilobytes(scale: Scale, admitted: Visit) -> None:
    with serving(admitted.edge.office, OPEN_OPS) as edge:
        for lang in LANGUAGES:
            own(scale, edge, lang)
    with serving_many(admitted) as edge, edge.client() as phone:
        for lang in LANGUAGES:
            assignments(scale, phone, admitted, lang)
    assert set(scale.most) == WAITS | OTHERS, "each template, and no other"
    print({name: round(told / 1000, 1) for name, told in sorted(scale.most.items())})


def test_nor_does_one_of_a_second_look(scale: Scale, store: Store, hand: Hand) -> None:
    office, _ = looking(store, hand, share="1/8")
    (look,) = visits(office, drawn_again(office, hand).number)
    with store.begin() as tx:
        names = [dispatch.seat_name(seat) for seat in tx.visits.team(look.id)]
        for name in names:
            dispatch.accept(tx, name, hand())
    with serving(office, OPEN_OPS) as edge, edge.client() as phone:
        for lang in LANGUAGES:
            scale.put(phone, phone.get(f"{link(office, 'seat', names[0])}?lang={lang}"))
