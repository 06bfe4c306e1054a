"""A platform's result brings the check sheet, the signature, the firm's words and photos: all of it or nothing, and once (issue 6).

The platform here stands behind a real socket: it signs what it sends, and gives a photo to nobody who does not sign the request.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.channels import supervision
from connectors.signers.webhook import Signer
from inspector.domain.errors import Invalid
from inspector.domain.fieldnote import Photo
from inspector.domain.visit import Visit
from inspector.flows.dispatch import seat_name
from inspector.flows.fetching import UNFETCHED
from inspector.store.store import Store
from inspector.testing.peer import Heard, Step, answer, peer
from inspector.web.roles import Role
from tests.carriers import SECRET
from tests.drawn import announced, carried_out, drawing
from tests.edge import WEB, Edge, serving
from tests.house import Hand, settle
from tests.integration.test_carriers import PLATFORM
from tests.integration.test_pushes import open_lanes
from tests.integration.test_returned import AGREED
from tests.materials import PLACE, jpeg
from tests.messengers import kept

pytestmark = [pytest.mark.alike, pytest.mark.slow]

BACK = {
    **PLATFORM,
    "returns": {
        "remarks": "data.bz",
        "visited_on": "data.jcrq",
        "seen": "data.jcjg",
        "signing": "data.qz.zt",
        "signer": "data.qz.xm",
        "signing_reason": "data.qz.yy",
        "witness": "data.qz.jzr",
        "statement": "data.dsryj",
    },
    "rows_field": "data.jcb",
    "rows": {"item": "sxbm", "outcomes": "jgdm", "modes": "fs", "follow_ups": "cl", "followed_on": "clrq", "words": "sm"},
    "outcomes": {"1": "none-found", "2": "corrected", "3": "moved"},
    "modes": {"A": "on-site", "B": "network"},
    "signings": {"已签": "SIGNED", "拒签": "REFUSED", "无人": "ABSENT"},
    "files_field": "data.fj",
    "files": {
        "number": "bh",
        "content": "nr",
        "digest": "sha256",
        "claim": "sxbm",
        "case_id": "ajbh",
        "captured_at": "sj",
        "place": "dd",
    },
    "fetch_path": "/file/{number}",
    "fetch_asks": {"X-Time": "seconds", "X-Nonce": "nonce", "X-Number": "number", "X-Sign": "sign"},
    "fetch_always": {"X-App": "office-7"},
    "fetch_in_headers": ["X-App", "X-Time", "X-Nonce", "X-Number", "X-Sign"],
    "fetch_signed": ["X-App", "X-Time", "X-Nonce", "X-Number"],
}


@dataclass
class Platform:
    """Keeps photos, and gives them to who signs; `fault`: what it says instead."""

    photos: dict[str, bytes] = field(default_factory=dict)
    fault: Step | None = None
    given: list[str] = field(default_factory=list)
    post: Callable[..., httpx.Response] = httpx.post

    def step(self, heard: Heard) -> Step:
        if not heard.path.startswith("/file/"):
            return answer(200, {"code": "0000"})  # a push
        told, number = heard.headers, heard.path.rpartition("/")[2]
        text = told["x-app"] + told["x-time"] + told["x-nonce"] + told["x-number"]
        sign = base64.b64encode(hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).digest()).decode()
        if told["x-sign"] != sign or abs(int(told["x-time"]) - time.time()) > 300 or told["x-number"] != number:
            return answer(401, {"code": "1001"})
        if self.fault is not None:
            return self.fault
        if number not in self.photos:
            return answer(404, {"code": "4004"})
        self.given.append(number)
        return answer(200, body=self.photos[number], Content_Type="image/jpeg")


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A visit that a platform was handed, and what it says of it."""

    edge: Edge
    visit: Visit
    seat: str
    item: str
    platform: Platform
    send: Callable[..., httpx.Response]

    def items(self, verdict: str = "1") -> list[dict[str, str]]:
        return [{"ajbh": one.case_id, "sxbm": one.claim, "jg": verdict, "sm": "查看"} for one in self.visit.doubts]

    def photos(self) -> list[Photo]:
        with self.edge.office.store.read() as tx:
            return list(tx.fieldnotes.photos(self.visit.id, "bureau"))

    def untouched(self) -> bool:
        """Whether nothing of a result that was refused has stayed."""
        with self.edge.office.store.read() as tx:
            held, rows = tx.visits.get(self.visit.id), tx.work.begun_so("photo.fetch:")
            return not (held.parts or tx.fieldnotes.notes(self.visit.id, "bureau") or self.photos() or rows)

    def matters(self) -> list[dict[str, Any]]:
        with self.edge.office.store.read() as tx:
            return [dict(row) for row in tx.attention.page(None) if row["kind"] == UNFETCHED and not row["closed_at"]]


@contextmanager
def handed(store: Store, hand: Hand, folder: Path, **more: object) -> Iterator[Sent]:
    """An assignment that the platform was handed; both of the team have accepted."""
    office, _, _ = drawing(store, hand)
    there = Platform()
    with ExitStack() as opened:
        party = opened.enter_context(peer(through=lambda heard, _: there.step(heard)))
        told = {
            **BACK,
            "url": party.url,
            "key_file": kept(folder, SECRET, "key"),
            "reply_secret_file": kept(folder, AGREED, "replies"),
        }
        made = opened.enter_context(closing(supervision.connect("phones", {**told, "tries": 1, **more})))
        _, held = announced(office, hand, cases=1)
        carried_out(office, hand, held.number)
        with store.read() as tx:
            (visit,) = tx.visits.of_draw(held.number)
            seat, mate = (seat_name(one) for one in tx.visits.team(visit.id))
            item = tx.cases.get(visit.doubts[0].case_id).item
        office = replace(office, connectors=replace(office.connectors, channels={"phones": made}))
        edge = opened.enter_context(serving(office, WEB.model_copy(update={"max_photos": 3, "max_material_bytes": 1_000_000})))
        for name in (seat, mate):
            with edge.client(X_Link_Token=office.link_token("seat", name)) as phone:
                assert phone.post(f"/v1/seats/{name}/accept").status_code == 200
        client = opened.enter_context(edge.client(X_Link_Token=office.link_token("seat", seat), Content_Type="application/json"))
        signer = Signer(str(folder / "replies"), "platform")

        def send(number: str, **data: object) -> httpx.Response:
            body = json.dumps({"data": data}, ensure_ascii=False).encode()
            headers = signer.headers(number, body, datetime.now(UTC))
            return client.post(f"/v1/seats/{seat}/result/phones", content=body, headers=headers)

        yield Sent(edge=edge, visit=visit, seat=seat, item=item, platform=there, send=send)


def file(number: str, content: bytes, *, inline: bool = False, **more: object) -> dict[str, object]:
    told = {"bh": number, "sha256": hashlib.sha256(content).hexdigest().upper(), **more}
    return {**told, "nr": base64.b64encode(content).decode()} if inline else told


def test_it_brings_sheet_signature_words_and_photos_and_each_photo_has_its_receipt(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    with handed(store, hand, tmp_path) as sent:
        there, far, taken = jpeg(), jpeg(width=24), (hand() - timedelta(minutes=10)).isoformat()
        day = sent.edge.office.calendar.local_date(hand())
        sent.platform.photos["F-2"] = far
        (doubt,) = sent.visit.doubts
        told = {
            "items": sent.items(),
            "bz": "门面整洁",
            "jcjg": "未发现问题",
            "jcrq": day.isoformat(),
            "jcb": [{"sxbm": sent.item, "jgdm": "2,3", "fs": ["A", "B"], "clrq": "2026-03-02", "sm": "已搬至隔壁"}],
            "qz": {"zt": "拒签", "xm": "张三 店长", "yy": "认为与事实不符", "jzr": "李四 居委会"},
            "dsryj": "已按要求整改",
            "fj": [
                file("F-1", there, inline=True, ajbh=doubt.case_id, sxbm=doubt.claim, sj=taken, dd="东门"),
                file("F-2", far, sj=taken),
            ],
        }
        first, again = sent.send("r-1", **told), sent.send("r-1", **told)
        assert first.status_code == 200, first.text
        assert first.json()["became"] == "RESULT"
        assert again.json() == first.json(), "a repeated delivery is answered as before"
        assert [(one["number"], one["state"], bool(one["receipt"])) for one in first.json()["files"]] == [
            ("F-1", "KEPT", True),
            ("F-2", "AWAITED", False),
        ]
        settle(sent.edge.office)
        photos = {one.received: one for one in sent.photos()}
        assert {*photos} == {hashlib.sha256(one).hexdigest() for one in (there, far)}
        assert photos[hashlib.sha256(there).hexdigest()].receipt == first.json()["files"][0]["receipt"]
        assert photos[hashlib.sha256(there).hexdigest()].about == (doubt.case_id, doubt.claim)
        assert photos[hashlib.sha256(there).hexdigest()].place.words == "东门"
        assert [one.times.late for one in photos.values()] == [False, False], "what the platform gave late was not taken late"
        assert all(one.receipt for one in photos.values())
        assert sent.platform.given == ["F-2"], "fetched once"
        with sent.edge.as_(Role.OFFICER) as officer:
            field = officer.get(f"/v1/seats/{sent.seat}/notes").json()
            seen = officer.get(f"/v1/seats/{sent.seat}/photos/{photos[hashlib.sha256(far).hexdigest()].digest}")
        assert PLACE not in seen.content
        assert {one["line"]: one["said"] for one in field["sheet"]["lines"]} == {
            f"outcomes~{sent.item}": ["corrected", "moved"],
            f"modes~{sent.item}": ["on-site", "network"],
            "signature": ["REFUSED"],
        }
        (signature,) = field["sheet"]["signatures"]
        assert (signature["signer"], signature["signing_reason"], signature["witness"]) == (
            "张三 店长",
            "认为与事实不符",
            "李四 居委会",
        )
        assert [one["words"] for one in field["sheet"]["statements"]] == ["已按要求整改"]
        with store.read() as tx:
            held = tx.visits.get(sent.visit.id)
        assert (held.state.value, held.parts[0].remarks, held.parts[0].on) == ("DONE", "门面整洁", day)
        assert sent.matters() == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_in_no_list_or_contradicts_itself_is_refused_by_row_and_field_in_its_own_names_and_nothing_is_half_taken(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    with handed(store, hand, tmp_path) as sent:
        good, row = file("F-1", jpeg(), inline=True), {"sxbm": sent.item}
        other = base64.b64encode(b"no picture").decode()
        url = "http://169.254.169.254/latest"
        wrong: tuple[tuple[dict[str, object], str, str], ...] = (
            ({"jcb": [row | {"jgdm": "1"}, row | {"jgdm": "2,9"}]}, "result_word_unknown", "data.jcb.1.jgdm"),
            ({"jcb": [row | {"fs": [True]}]}, "result_word_unknown", "data.jcb.0.fs"),
            ({"jcb": [row | {"cl": "none-such"}]}, "sheet_code_unknown", "data.jcb"),
            ({"jcb": [row | {"jgdm": "1,2"}]}, "sheet_codes_exclude", "data.jcb"),
            ({"jcb": [{"sxbm": "no-item", "jgdm": "1"}]}, "sheet_item_unknown", "data.jcb"),
            ({"jcb": "1"}, "result_field_missing", "data.jcb"),
            ({"qz": {"zt": "不详"}}, "result_word_unknown", "data.qz.zt"),
            ({"qz": {"zt": "拒签"}}, "signature_reasonless", "data.qz.yy"),
            ({"qz": {"xm": "张三"}}, "signature_unsaid", "data.qz.zt"),
            ({"fj": [good, good | {"bh": "F-2", "sha256": "0" * 64}]}, "photo_digest_differs", "data.fj.1.sha256"),
            ({"fj": [good, {"bh": "F-2", "nr": other}]}, "material_kind_unknown", "data.fj.1.nr"),
            ({"fj": [{"bh": url}]}, "result_file_elsewhere", "data.fj.0.bh"),
            ({"fj": [{"nr": other}]}, "result_field_missing", "data.fj.0.bh"),
            ({"fj": [good | {"ajbh": "f" * 32}]}, "photo_about_unknown", "data.fj.0.ajbh"),
            ({"fj": [file(f"F-{n}", jpeg()) for n in range(4)]}, "photos_too_many", "data.fj"),
        )
        for number, (more, code, place) in enumerate(wrong):
            told = sent.send(f"w-{number}", items=sent.items(), **more)
            error = told.json()["error"]
            assert (told.status_code, error["code"], error["facts"]["field"]) == (422, code, place), (number, error)
            assert error["message"]
            assert error["message_zh"]
            assert sent.untouched(), (number, "a part of it has stayed")
        day = sent.edge.office.calendar.local_date(hand())
        early = sent.send("w-day", items=sent.items(), jcrq=(day - timedelta(days=90)).isoformat())
        assert (early.status_code, early.json()["error"]["facts"]["field"]) == (422, "data.jcrq"), early.text
        assert sent.untouched()
        bare = sent.send("r-1", items=sent.items(), jcb=[row | {"jgdm": 2}])
        assert bare.status_code == 200, bare.text


def test_a_photo_that_does_not_come_is_a_matter_is_asked_for_again_and_is_never_held_against_anybody(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    with handed(store, hand, tmp_path) as sent:
        office, platform = sent.edge.office, sent.platform
        platform.fault = answer(503, {})
        told = sent.send("r-1", items=sent.items(), fj=[file("F-1", jpeg()), file("F-2", jpeg(width=24))])
        assert told.status_code == 200
        settle(office)
        (matter,) = sent.matters()
        assert (matter["about"], json.loads(matter["body"])["seat"]) == (sent.visit.id, sent.seat)
        with store.read() as tx:
            case = tx.cases.get(sent.visit.doubts[0].case_id)
        assert (case.state.value, case.outcome.value if case.outcome else "") == ("CLOSED", "TRUE"), (
            "the result stands without it"
        )
        platform.fault = None
        platform.photos = {"F-1": jpeg(), "F-2": jpeg(width=40)}
        hand.on(days=1)
        open_lanes(office)
        settle(office)
        assert [one.received for one in sent.photos()] == [hashlib.sha256(jpeg()).hexdigest()]
        (matter,) = sent.matters()
        assert json.loads(matter["body"])["error"] == "photo_digest_differs", "what is another photo is none of this result"
        platform.photos["F-2"] = jpeg(width=24)
        hand.on(days=1)
        open_lanes(office)
        settle(office)
        assert len(sent.photos()) == 2
        assert sent.matters() == [], "with the last of them it is over"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_photo_that_stays_away_for_a_month_waits_for_a_person_who_can_have_it_asked_for_anew(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    with handed(store, hand, tmp_path) as sent:
        office = sent.edge.office
        assert sent.send("r-1", items=sent.items(), fj=[file("F-1", jpeg())]).status_code == 200
        settle(office)
        (matter,) = sent.matters()
        assert json.loads(matter["body"])["error"] == "http_404"
        with store.read() as tx:
            assert [one.name for one in tx.lanes.all() if one.barred] == [], (
                "one file that is not there shuts no channel: pushes go on"
            )
        hand.on(days=31)
        open_lanes(office)
        settle(office)
        with store.read() as tx:
            (row,) = tx.work.page(kind="photo.fetch")
        assert row["state"] == "quarantined"
        assert len(sent.matters()) == 1
        sent.platform.photos["F-1"] = jpeg()
        with store.begin() as tx:
            tx.work.retry(row["id"], hand())
        settle(office)
        assert (len(sent.photos()), sent.matters()) == (1, [])
        assert not sent.photos()[0].times.late, "it came with the result, only sent behind it"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_reply_of_json_holds_the_photo_in_base64_and_a_code_in_a_200_is_no_photo(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    more = {"fetch_field": "data.nr", "code_field": "code", "retry_codes": ["9009"]}
    with handed(store, hand, tmp_path, **more) as sent:
        sent.platform.fault = answer(200, {"code": "9009"})
        assert sent.send("r-1", items=sent.items(), fj=[{"bh": "F-1"}]).status_code == 200
        settle(sent.edge.office)
        assert json.loads(sent.matters()[0]["body"])["error"] == "channel_busy"
        sent.platform.fault = answer(200, {"code": "0000", "data": {"nr": base64.b64encode(jpeg()).decode()}})
        hand.on(days=1)
        open_lanes(sent.edge.office)
        settle(sent.edge.office)
        assert (len(sent.photos()), sent.matters()) == (1, [])


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"rows_field": ""}, "rows"),
        ({"files_field": ""}, "files"),
        ({"rows": {"colour": "x"}}, "rows"),
        ({"files": {"colour": "x"}}, "files"),
        ({"signings": {"1": "YES"}}, "signings"),
        ({"between": ""}, "between"),
        ({"fetch_path": "file"}, "fetch_path"),
        ({"fetch_path": "/file", "fetch_asks": {}, "fetch_always": {}, "fetch_in_headers": [], "fetch_signed": []}, "fetch_path"),
        ({"fetch_bytes": 0}, "fetch_bytes"),
        ({"fetch_asks": {"X-Number": "seat", "X-Sign": "sign", "X-No": "nothing"}}, "asks"),
    ],
)
def test_settings_that_could_take_nothing_back_are_refused_by_key(change: dict[str, Any], key: str, tmp_path: Path) -> None:
    told = {**BACK, "url": "http://127.0.0.1:9", "key_file": kept(tmp_path, SECRET, "key")}
    with pytest.raises(Invalid, match=r"connector_(key_range|key_alone|sms|platform_link)") as refused:
        supervision.connect("phones", {**told, **change})
    assert refused.value.facts["key"] == key


@pytest.mark.parametrize(
    ("number", "path"),
    [
        ("F-1", "/file/F-1"),
        ("a/../b", "/file/a%2F..%2Fb"),
        ("..", None),
        ("https://platform.example/up/1.jpg?t=2", "/up/1.jpg?t=2"),
        ("https://platform.example.evil/1.jpg", None),
        ("https://platform.example@evil/1.jpg", None),
        ("https://platform.example//evil/1.jpg", None),
        ("https://platform.example/up/../../etc", None),
        ("https://platform.example/up/..", None),
        ("file:///etc/passwd", None),
    ],
)
def test_a_photo_is_fetched_from_the_platform_itself_and_from_nowhere_else(number: str, path: str | None, tmp_path: Path) -> None:
    told = {**BACK, "url": "https://platform.example", "key_file": kept(tmp_path, SECRET, "key")}
    with closing(supervision.connect("phones", told)) as made:
        assert made._files.place(number) == path
