"""The sending systems of a load: they open cases over HTTP, correct and withdraw some, and do not give up."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from inspector.demo.approving import CLAIMS
from inspector.demo.cast import firm, person
from inspector.domain.identity import uscc_check_digit
from tests.fault.chance import chance
from tests.fault.office import AGENCY, Site

MIX = ("business-licence", "hukou-housing", "business-licence", "relief-household", "dispatch-premises", "hr-agency-staff")
"""Online alone, a letter alone, online and then a letter, a visit, and all of them."""


def mixed_case(number: int) -> dict[str, Any]:
    """An application of the demo's people: by its number one that asks a source, an agency, or needs a visit."""
    item = MIX[number % len(MIX)]
    kind, matter, facts = CLAIMS[item]
    subject = firm(number) if kind == "FIRM" else person(number)
    claims = [
        {"key": f"c{place}", "fact": fact, "value": values[0], "on": "2025-03-03"}
        for place, (fact, values) in enumerate(facts.items(), 1)
    ]
    about = {"kind": kind, "code": subject.code, "name": subject.name}
    return {**case(number), "item": item, "matter": matter, "subject": about, "claims": claims}


def corrected_case(number: int) -> dict[str, Any]:
    """The same case when the applicant has seen that the first fact was wrong."""
    said = mixed_case(number)
    first, *rest = said["claims"]
    return {**said, "claims": [{**first, "value": CLAIMS[said["item"]][2][first["fact"]][-1]}, *rest]}


def case(number: int) -> dict[str, Any]:
    """The body of one application; the code is well-formed and nobody's."""
    first = f"91000000MA{number:07d}"
    return {
        "agency": AGENCY,
        "reference": f"R-{number:07d}",
        "route": "COMMITMENT",
        "matter": "LICENCE",
        "item": "business-licence",
        "subject": {"kind": "FIRM", "code": first + uscc_check_digit(first), "name": f"示例有限公司{number}"},
        "claims": [{"key": "c1", "fact": "registration-status", "value": "存续", "on": "2025-03-03"}],
        "letter": {"text": "承诺属实", "notice_version": "2025-01", "signed_by": "示例", "signed_on": "2025-03-03"},
    }


@dataclass(frozen=True, kw_only=True)
class Errand:
    """One thing a sender does: `open` a case, open it `again`, `correct` it or `withdraw` it."""

    what: str
    number: int
    case_id: str = ""

    def call(self, *, mixed: bool) -> tuple[str, str, Any]:
        """(method, path, body)."""
        match self.what:
            case "correct":
                return "PUT", f"/v1/cases/{self.case_id}", corrected_case(self.number)
            case "withdraw":
                return "POST", f"/v1/cases/{self.case_id}/withdraw", {"reason": "申请人暂不办理该事项"}
            case _:
                return "POST", "/v1/cases", mixed_case(self.number) if mixed else case(self.number)

    def next(self, case_id: str) -> Errand | None:
        """What its sender does after a case was opened: nothing for most."""
        ways = {"correct": self.number % 9 == 4, "withdraw": self.number % 17 == 5, "again": self.number % 13 == 6}
        way = next((way for way, goes in ways.items() if goes and self.what == "open"), None)
        return Errand(what=way, number=self.number, case_id=case_id) if way else None


class Senders:
    """Hands that carry errands out until each is done; a dead daemon is waited for, under the same reference or message id."""

    def __init__(self, held: Site, numbers: list[int], seconds: float, errands: Iterable[Errand] = ()) -> None:
        self._held = held
        self._waiting = [*errands, *(Errand(what="open", number=number) for number in reversed(numbers))]
        self._guard = threading.Lock()
        self._deadline = time.monotonic() + seconds
        self._chance = chance(f"senders {numbers[:1]}")

    def send(self) -> None:
        """One hand with a connection of its own."""
        with closing(http.client.HTTPConnection("127.0.0.1", self._held.port, timeout=60)) as connection:
            while time.monotonic() < self._deadline and (errand := self._take()) is not None:
                try:
                    done = self._perform(connection, errand)
                except (OSError, http.client.HTTPException):
                    connection.close()
                    done = False
                if not done:
                    self._put(errand)
                    time.sleep(0.1)

    def _take(self) -> Errand | None:
        with self._guard:
            return self._waiting.pop() if self._waiting else None

    def _put(self, errand: Errand, *, behind: int = 0) -> None:
        with self._guard:
            self._waiting.insert(max(0, len(self._waiting) - behind), errand)

    def _perform(self, connection: http.client.HTTPConnection, errand: Errand) -> bool:
        """Whether the office has taken the errand, or refused it for good."""
        held = self._held
        method, path, body = errand.call(mixed=held.mixed)
        headers = {"Authorization": f"Bearer {held.token}", "Content-Type": "application/json"}
        if errand.case_id:
            headers["Idempotency-Key"] = f"{errand.what}-{errand.number}"
        connection.request(method, path, json.dumps(body).encode(), headers)
        reply = connection.getresponse()
        text = reply.read()
        try:
            told = json.loads(text)
        except ValueError:  # nothing that the office says is of that kind
            held.wrong.append(f"{errand} was answered {reply.status}: {text[:200]!r}")
            return False
        if reply.status == 503:
            return False
        if reply.status not in (200, 201):
            if reply.status >= 500 or errand.what in ("open", "again"):
                held.wrong.append(f"{errand} was answered {reply.status}: {told}")
            return True
        if errand.what == "again" and told["id"] != errand.case_id:
            held.wrong.append(f"{errand} was given another case, {told['id']}")
        if errand.what == "withdraw":  # too late to take back what was decided against somebody, it is a wish (decision 157)
            (held.wished if told["heard"] else held.withdrawn).add(errand.case_id)
        else:
            held.accepted[told["id"]] = told["reference"]
        if errand.what in ("open", "correct"):
            held.claimed[told["id"]] = tuple(claim["value"] for claim in body["claims"])
        following = errand.next(told["id"]) if held.mixed else None
        if following is not None:
            self._put(following, behind=self._chance.randrange(40))
        return True


def post(held: Site, numbers: list[int], threads: int = 8, patience: float = 600) -> None:
    """Send cases until each has been accepted, and see to what their senders do next."""
    senders = Senders(held, numbers, patience + len(numbers) / 2)
    hands = [threading.Thread(target=senders.send, daemon=True) for _ in range(threads)]  # who is stopped waits for none
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()


def sending(held: Site, numbers: range) -> threading.Thread:
    """Senders that have begun."""
    sender = threading.Thread(target=post, args=(held, list(numbers)))
    sender.start()
    return sender
