"""How the outside calls the office: plain HTTP with the standard library, one call in one thread, and what came back.

Every address of the office's API that the outside world uses is in this file, as one function each.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import quote, urlsplit

LINK_HEADER = "X-Link-Token"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What the office said. `status` 0: it could not be reached."""

    status: int
    data: Mapping[str, Any]

    @property
    def well(self) -> bool:
        """Whether the office took it."""
        return 200 <= self.status < 300

    @property
    def later(self) -> bool:
        """Whether trying again is of use: not reached, busy, down."""
        return self.status in (0, 408, 425, 429) or self.status >= 500

    @property
    def code(self) -> str | None:
        """The code of the error it said, or None."""
        error = self.data.get("error")
        return str(error.get("code")) if isinstance(error, dict) else None

    def rows(self, name: str) -> list[Mapping[str, Any]]:
        """A page's rows."""
        found = self.data.get(name, [])
        return found if isinstance(found, list) else []

    def day(self) -> date | None:
        """The office's day as far as this answer tells it, from `opened_at`."""
        text = self.data.get("opened_at")
        return date.fromisoformat(text[:10]) if isinstance(text, str) and len(text) >= 10 else None


def fetch(url: str, headers: Mapping[str, str], *, method: str = "GET", body: bytes | None = None) -> tuple[int, bytes]:
    """One blocking call; (status, body), and (0, b"") when there is no connection."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "127.0.0.1", parts.port or 80, timeout=10)
    try:
        connection.request(method, parts._replace(scheme="", netloc="").geturl(), body=body, headers=dict(headers))
        reply = connection.getresponse()
        return reply.status, reply.read()
    except (OSError, HTTPException):
        return 0, b""
    finally:
        connection.close()


def call(
    url: str, said: Mapping[str, Any] | None = None, *, method: str = "POST", token: str = "", link: str = "", turn: int = 0
) -> Heard:
    """Say something to the API, or ask it (GET, when nothing is said), as the holder of a token or a link.

    The message id follows from what is said, so that the same thing said again after a lost reply counts once; who means it anew
    says so by another `turn`.
    """
    headers = {"Accept": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    if link:
        headers[LINK_HEADER] = link
    body = None
    if said is not None:
        headers["Content-Type"] = "application/json"
        body = json.dumps(said, ensure_ascii=False).encode()
        headers["Idempotency-Key"] = hashlib.sha256(f"{url}\n{turn}\n".encode() + body).hexdigest()[:32]
    status, content = fetch(url, headers, method="GET" if said is None else method, body=body)
    try:
        data = json.loads(content) if content else {}
    except ValueError:
        data = {}
    return Heard(status=status, data=data if isinstance(data, dict) else {"items": data})


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The office as one caller sees it: its base address, and the caller's token."""

    base: str
    token: str = ""

    async def open_case(self, application: Mapping[str, Any]) -> Heard:
        """Hand a commitment case in."""
        return await self._say("/v1/cases", application)

    async def correct_case(self, case_id: str, application: Mapping[str, Any]) -> Heard:
        """Correct a case's content."""
        return await asyncio.to_thread(
            call, f"{self.base}/v1/cases/{quote(case_id)}", application, method="PUT", token=self.token
        )

    async def withdraw_case(self, case_id: str, reason: str) -> Heard:
        """Tell that the applicant takes the commitment back."""
        return await self._say(f"/v1/cases/{quote(case_id)}/withdraw", {"reason": reason})

    async def conclude_case(self, case_id: str) -> Heard:
        """Tell that the matter is concluded (办结)."""
        return await self._say(f"/v1/cases/{quote(case_id)}/conclude", {})

    async def cases_in_review(self, after: str = "") -> Heard:
        """The cases that wait for an officer, behind one of them."""
        return await self._ask("/v1/cases?state=REVIEW&limit=100" + (f"&after={quote(after)}" if after else ""))

    async def case(self, case_id: str) -> Heard:
        """One case with its evidence."""
        return await self._ask(f"/v1/cases/{quote(case_id)}")

    async def review_case(self, case_id: str, said: Mapping[str, Any], turn: int) -> Heard:
        """Decide a case, for the n-th time: one that comes back to review may be decided as before."""
        return await self._say(f"/v1/cases/{quote(case_id)}/review", said, turn)

    async def consequences(self) -> Heard:
        """What officers have still to do about proposals, the next date first."""
        return await self._ask("/v1/consequences?limit=100")

    async def consequence(self, about: str, what: str, said: Mapping[str, Any]) -> Heard:
        """Do a step of a proposal."""
        return await self._say(f"/v1/consequences/{quote(about)}/{what}", said)

    async def notices(self) -> Heard:
        """The notices to subjects that are on their way."""
        return await self._ask("/v1/subject-notices?limit=100")

    async def notice_came(self, notice: str, said: Mapping[str, Any]) -> Heard:
        """Tell by which proof a notice has come."""
        return await self._say(f"/v1/subject-notices/{quote(notice)}/served", said)

    async def publications(self, state: str) -> Heard:
        """The duties to publish that stand so."""
        return await self._ask(f"/v1/publications?state={state}&limit=100")

    async def posted(self, duty: str, what: str, said: Mapping[str, Any]) -> Heard:
        """Tell since when a result is public (`published`), or gone (`removed`)."""
        return await self._say(f"/v1/publications/{quote(duty)}/{what}", said)

    async def visit_filings(self) -> Heard:
        """The visits on which no visit code was read and that are to be filed."""
        return await self._ask("/v1/visit-filings?limit=100")

    async def visit_filed(self, visit: str, said: Mapping[str, Any]) -> Heard:
        """Enter the proof that such a visit was filed."""
        return await self._say(f"/v1/visits/{quote(visit)}/filed", said)

    async def matters(self, kind: str = "") -> Heard:
        """What waits for a person, of one kind where it is said."""
        return await self._ask("/v1/attention?limit=100" + (f"&kind={quote(kind)}" if kind else ""))

    async def strike(self, entry: str, said: Mapping[str, Any]) -> Heard:
        """Strike a credit entry, or the second word of it."""
        return await self._say(f"/v1/credit/records/{quote(entry)}/annulment", said)

    async def recusals(self, visit: str) -> Heard:
        """The applications that one of a visit's inspectors be recused."""
        return await self._ask(f"/v1/visits/{quote(visit)}/recusals")

    async def decide_recusal(self, visit: str, inspector: str, said: Mapping[str, Any], number: int) -> Heard:
        """Decide, as the head, the n-th application about an inspector."""
        return await self._say(f"/v1/visits/{quote(visit)}/recusals/{quote(inspector)}", said, number)

    async def take_link(self, proof: str) -> Heard:
        """Take the link of a self-proof, to pass it on to its subject."""
        return await self._say(f"/v1/self-proofs/{quote(proof)}/handover", {})

    async def self_proofs(self) -> Heard:
        """What subjects are asked to show, what waits to be read first."""
        return await self._ask("/v1/self-proofs?limit=100")

    async def read_material(self, proof: str, said: Mapping[str, Any]) -> Heard:
        """Enter what was read in what a subject has shown."""
        return await self._say(f"/v1/self-proofs/{quote(proof)}/reading", said)

    async def draws(self, after: str) -> Heard:
        """The draws behind a number."""
        return await self._ask(f"/v1/draws?limit=100&after={quote(after)}")

    async def type_figures(self, draw: str, what: str, figures: str) -> Heard:
        """Type the figures of a public ceremony."""
        return await self._say(f"/v1/draws/{quote(draw)}/figures", {"figures": figures, "party": what, "minutes": f"M-{draw}"})

    async def _say(self, path: str, said: Mapping[str, Any], turn: int = 0) -> Heard:
        return await asyncio.to_thread(call, self.base + path, said, token=self.token, turn=turn)

    async def _ask(self, path: str) -> Heard:
        return await asyncio.to_thread(call, self.base + path, token=self.token)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A capability link as it came in a letter or a push: `{base}/{purpose}/{about}/{token}`."""

    base: str
    purpose: str
    about: str
    token: str

    @classmethod
    def read(cls, url: str) -> Link:
        """Take a link apart. Raises ValueError."""
        base, _, rest = url.rpartition("/")
        base, _, about = base.rpartition("/")
        base, _, purpose = base.rpartition("/")
        if not (base and purpose and about and rest):
            raise ValueError("no link of the form base/purpose/about/token")
        return cls(base=base, purpose=purpose, about=about, token=rest)

    @property
    def url(self) -> str:
        """The link as it came."""
        return f"{self.base}/{self.purpose}/{self.about}/{self.token}"

    def at(self, office: str) -> Link:
        """The same link at the office's address of now: a demo that is started again may have got another port."""
        return replace(self, base=office or self.base)

    async def answer(self, said: Mapping[str, Any]) -> Heard:
        """An agency's answer to a request for assistance."""
        return await self._say(f"/v1/assistance/{quote(self.about)}/answer", said)

    async def refuse(self, said: Mapping[str, Any]) -> Heard:
        """An agency's refusal of a request."""
        return await self._say(f"/v1/assistance/{quote(self.about)}/decline", said)

    async def request(self) -> Heard:
        """What an agency sees behind the link of a letter."""
        return await asyncio.to_thread(call, f"{self.base}/v1/assistance/{quote(self.about)}", link=self.token)

    async def show(self, content: bytes, remark: str) -> Heard:
        """Show a file to whoever has asked for it."""
        said = {"content": b64encode(content).decode(), "remark": remark}
        return await self._say(f"/v1/self-proofs/{quote(self.about)}/materials", said)

    async def show_nothing(self, unable: str) -> Heard:
        """Say that nothing is shown, and why."""
        return await self._say(f"/v1/self-proofs/{quote(self.about)}/decline", {"unable": unable})

    async def seat(self) -> Heard:
        """What an inspector sees behind the link: the object and the facts in question."""
        return await asyncio.to_thread(call, f"{self.base}/v1/seats/{quote(self.about)}", link=self.token)

    async def accept(self) -> Heard:
        """Accept the assignment."""
        return await self._say(f"/v1/seats/{quote(self.about)}/accept", {})

    async def decline(self, reason: str) -> Heard:
        """Decline the assignment with a reason."""
        return await self._say(f"/v1/seats/{quote(self.about)}/decline", {"reason": reason})

    async def report(self, findings: list[dict[str, str]], remarks: str) -> Heard:
        """Enter the visit's result; beside the facts in question nothing is ever found here."""
        said = {"findings": findings, "seen": "NOTHING", "remarks": remarks}
        return await self._say(f"/v1/seats/{quote(self.about)}/result", said)

    async def _say(self, path: str, said: Mapping[str, Any]) -> Heard:
        return await asyncio.to_thread(call, self.base + path, said, link=self.token)
