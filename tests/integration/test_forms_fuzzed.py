"""Whatever is typed into a form of the people on the way, the answer is a page: never a failure of the server."""

from __future__ import annotations

import random
import re
from urllib.parse import urlencode

import pytest

from inspector.settings import Web
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand
from tests.integration.test_forms import logged_in
from tests.living import Living, living

NAUGHTY = (
    *(
        "",
        " ",
        "0",
        "-1",
        "null",
        "None",
        "true",
        "1e999",
        "9" * 400,
        "\x00",
        "\r\n",
        "'; DROP TABLE work;--",
        "<script>1</script>",
    ),
    *(
        "2026-02-30",
        "0001-01-01",
        "9999-12-31T23:59:59Z",
        "２０２６－０３－０１",
        "%ff",
        "../../etc/passwd",
        "一" * 5_000,
        "\u202e\ufeff",
    ),
    *(
        "{}",
        "[]",
        "A" * 300,
        "match",
        "mismatch",
        "DATA_ERROR",
        "close",
        "serve",
        "hand",
        "decline",
        "answer",
        "accept",
        "2026-03-02",
    ),
)
FIELDS = (
    *(
        "do",
        "outcome",
        "reasons",
        "reason",
        "verdict",
        "value",
        "signer",
        "on",
        "way",
        "proof",
        "why",
        "words",
        "word",
        "remarks",
    ),
    *(
        "evidence",
        "act",
        "message",
        "lang",
        "code",
        "name",
        "kind",
        "found",
        "inspectors",
        "agency",
        "day",
        "until",
        "to",
        "unable",
    ),
)
TRIES = 10


def addresses(held: Living) -> dict[str, str]:
    """The forms, each of something that is there, by the part of the office they belong to."""

    def first(kind: str) -> str:
        return str(held.ids[kind][0][0])

    def link(purpose: str, about: str) -> str:
        return f"/{purpose}/{about}/{held.office.link_token(purpose, about)}"

    return {
        "review": f"/review/{first('case_id')}",
        "seat": link("seat", first("seats")),
        "assist": link("assist", first("request_id")),
        "show": link("show", first("proof_id")),
        "subject": link("subject", first("notice_id")),
        "notices": f"/notices/{first('notice_id')}",
        "assignments": "/assignments",
        "one assignment": f"/assignments/{first('seats')}",
        "tip-offs": "/tip-offs",
        "one tip-off": f"/tip-offs/{first('tip_id')}",
    }


@pytest.mark.alike
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_no_form_is_answered_by_a_failure_of_the_server_whatever_is_posted(store: Store) -> None:
    held, chance = living(store, Hand()), random.Random(19)
    failed: list[str] = []
    opened: set[str] = set()
    with serving(held.office, Web(port=0)) as edge, edge.client() as browser:
        logged_in(edge, browser)
        for part, path in addresses(held).items():
            for _ in range(TRIES):
                page = browser.get(path)
                if page.status_code == 200 and "<form" in page.text:
                    opened.add(part)
                asked = {*re.findall(r'name="([^"]+)"', page.text), *chance.sample(FIELDS, 4)}
                kept = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
                chosen = [name for name in sorted(asked - {*kept}) if chance.random() < 0.8]
                typed = [*kept.items(), *((name, chance.choice(NAUGHTY)) for name in chosen)]
                if chance.random() < 0.2:
                    typed += [(name, chance.choice(NAUGHTY)) for name, _ in typed]
                answer = browser.post(
                    path, content=urlencode(typed).encode(), headers={"Content-Type": "application/x-www-form-urlencoded"}
                )
                if answer.status_code >= 500:
                    failed.append(f"{part}: {answer.status_code} of {typed}")
    assert failed == []
    assert opened == {*addresses(held)}, "each form was really there"
