"""An office with waits of every kind open, come about by its own flows alone: what people did, what was away, when the daemon died."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from inspector import lawbook
from inspector.daemon.schedules import plan_order, schedules
from inspector.domain.assistance import Inability
from inspector.domain.case import Claim, SubjectKind
from inspector.domain.catalogue import Opinion
from inspector.domain.challenge import Applicant
from inspector.domain.consequence import MoreTime, StatementKind
from inspector.domain.creditlaw import RepairPaper
from inspector.domain.decision import OrderKind
from inspector.domain.evidence import Verdict
from inspector.domain.fieldnote import Place
from inspector.domain.finding import Finding
from inspector.domain.pause import Reason
from inspector.domain.proposal import Proposal
from inspector.domain.reached import Reach, Reached
from inspector.domain.serving import SubjectWord
from inspector.domain.visit import Visit
from inspector.flows import (
    announcing,
    assist,
    catalogue,
    dispatch,
    fetching,
    receipts,
    rectifying,
    recusing,
    repairs,
    review,
    selfproof,
    serving,
    spoken,
    suspension,
    trial,
)
from inspector.flows.fieldnotes import Shot
from inspector.settings import Schedules
from inspector.store.store import Store
from inspector.store.tx import Tx
from tests import livingsubjects
from tests.former.makers import END, PHONE, Makers
from tests.former.outside import FALSE
from tests.house import application, post
from tests.materials import png
from tests.proceedings import Proceeding, recorded

SHOPS = "TESTT0000000000099"


def make(store: Store, folder: Path) -> Makers:
    """The office on an empty, migrated store, as it was when its daemon was killed; `folder` holds its packs."""
    made = Makers(store, folder)
    made.registers()
    held = first_day(made)
    first_draw(made)
    made.until(END - timedelta(days=7))
    made.person(40, "hukou-housing", {"home-title": "王某"})
    made.until(END - timedelta(days=4))
    days_before(made, held)
    made.until(END)
    second = last_draws(made)
    subjects(made, held)
    inspectors(made, second)
    cases(made)
    made.work()
    almost_drawn(made)
    tick(made)
    return made


def first_day(made: Makers) -> list[Proceeding]:
    """Firms of whom an officer finds that they promised what was not so; four are entered to their discredit, one of them gravely."""
    held = [made.judged(number, grave=number == 1) for number in (*range(1, 9), 10, 11)]
    for case in held[:4]:
        recorded(made.office, made.hand, case.case)
    made.work()
    return held


def first_draw(made: Makers) -> None:
    """Visits of which one is made, some are promised and never heard of again, and the others left to the clock."""
    for number in range(21, 25):
        made.premises(number)
    made.work()
    visits = sorted(made.drawn("bureau"), key=lambda one: one.object_id.startswith(FALSE))
    for visit in visits[:3]:
        made.accepted(visit)
    made.until(made.hand.now + timedelta(days=1))
    entered(made, visits[0])


def entered(made: Makers, visit: Visit) -> None:
    """The team of a visit enters that all is so."""
    findings = [Finding(case_id=one.case_id, claim=one.claim, verdict=Verdict.MATCH) for one in visit.doubts]
    name = made.seats(visit)[0]
    made.act(lambda tx: dispatch.report(made.office, tx, name, findings, "属实", made.hand()))


def days_before(made: Makers, held: list[Proceeding]) -> None:
    """Some days before the end: letters are out and unanswered, subjects are asked, an order to correct is given, draws are announced."""
    office, hand, act = made.office, made.hand, made.act
    held[4].impose(held[4].the(Proposal.ORDER_RECTIFY))
    entry = held[6].give(held[6].the(Proposal.RECORD_CREDIT))
    notice = f"{entry.id}:notice"
    act(lambda tx: serving.failed(office, tx, notice, "邮寄退回，电话停机", "李四", hand()))
    act(lambda tx: announcing.announce(office, tx, notice, hand().date(), "区政府网站公告3号", "李四", hand()))
    for number in range(41, 45):
        made.person(number, "hukou-housing", {"home-title": "王某"}, agency="bureau" if number % 2 else "harbour")
    tick(made)  # as on every day: what is to be published has its dates from now on
    made.work()
    made.until(hand.now + timedelta(days=2))
    for number in range(45, 48):
        made.person(number, "exam-work-years", {"degree": "本科", "work-years": "5"})
    for number in range(25, 29):
        made.premises(number)
    made.work()
    for plan in ("bureau", "west", "east", "harbour"):
        made.announced(plan)
    made.work()
    items(made)


def items(made: Makers) -> None:
    """An item of the catalogue is published, and has to be filed."""
    office, now = made.office, made.hand()
    given = catalogue.Proposal(agency="bureau", item="stall", by="王科员", name="摆摊", basis="P:2.4")
    made.act(lambda tx: catalogue.apply(office, tx, given, now))
    seen = Opinion(by="李主任", bureau="区司法局", document="1号")
    made.act(lambda tx: catalogue.review(office, tx, "bureau", "stall", seen, now))
    made.act(lambda tx: catalogue.publish(office, tx, "bureau", "stall", by="赵科员", reference="平台", on=None, now=now))


def last_draws(made: Makers) -> list[Visit]:
    """In the last hour draws stand at each of their steps; the visits of the last one whose inspectors have heard of it."""
    away = made.outside.away
    with made.store.read() as tx:
        numbers = {one.plan: one.number for one in tx.draws.page(None) if one.state.value == "SEEDING"}
    for plan in ("bureau", "harbour"):
        made.figures(numbers[plan])
    made.firm(9, false=True)
    for number, agency in ((51, "bureau"), (52, "harbour")):
        made.person(number, "hukou-housing", {"home-title": "王某"}, agency=agency)
    made.person(53, "relief-household", {"household": "3", "insured-income": "1200"})
    for number in (48, 49):
        made.person(number, "exam-work-years", {"degree": "本科", "work-years": "5"})
    made.work()
    away |= {"phones", "sms"}
    made.figures(numbers["west"])  # nobody can be pushed
    made.work()
    for number in (29, 30):
        made.premises(number)
    made.work()
    for plan, gone in (("bureau", "phones"), ("south", "notary"), ("north", "justice")):
        away |= {gone}
        made.announced(plan)
        made.work()
    made.act(lambda tx: tx.work.order([plan_order(made.office.plans["shops"], made.hand(), made.hand())], made.hand()))
    made.work()  # behind the bureau's own
    made.person(50, "exam-work-years", {"degree": "本科", "work-years": "5"})
    made.work()  # he cannot be asked
    away |= {"registers", "social", "housing", "civil-affairs", "platform", "hall"}
    with made.store.read() as tx:
        return [one for one in tx.visits.of_draw(numbers["bureau"]) if one.state.open]


def almost_drawn(made: Makers) -> None:
    """One draw has its seed, and is not carried out: the daemon dies between."""
    away = set(made.outside.away)
    made.outside.away.clear()
    with made.store.read() as tx:
        number = next(one.number for one in tx.draws.page(None) if one.plan == "east")
    made.figures(number)
    for _ in range(2):  # who throws first, then the parties
        made.only(OrderKind.DRAW_REVEAL)
    made.outside.away |= away


def subjects(made: Makers, held: list[Proceeding]) -> None:
    """What subjects hear, say and ask in that hour; of what befalls entries the platform cannot be told."""
    office, hand, act = made.office, made.hand, made.act
    with made.store.read() as tx:
        names = [tx.cases.get(case.case).entry or "" for case in held[:4]]
    held[1].object(names[1])
    papers = tuple((one, "a" * 64) for one in RepairPaper)
    act(lambda tx: repairs.ask(office, tx, names[2], "已改正", papers, "hall", hand()))
    held[3].annul(held[3].the(Proposal.RECORD_CREDIT))
    heard = held[5].the(Proposal.RECORD_CREDIT)
    held[5].serve(held[5].give(heard))
    held[5].say(heard, StatementKind.HEARING, "请求听证")
    revoke = held[0].the(Proposal.REVOKE)
    held[0].serve(held[0].give(revoke))
    held[0].say(revoke, StatementKind.HEARING, "要求听证")
    held[0].fix(revoke)
    more_time(made, held[4])
    recorded(office, hand, held[7].case)
    recorded(office, hand, held[8].case, brought=False)  # waits for its service
    recorded(office, hand, held[9].case)
    entry = held[9].the(Proposal.RECORD_CREDIT).entry
    held[9].object(entry)  # before its receiver has heard of it, which waits for an officer's answer now
    livingsubjects.tips(office, SHOPS, 1)
    proofs = made.proofs()
    act(lambda tx: selfproof.receive(office, tx, proofs[0], selfproof.take(png()), "", hand()))


def more_time(made: Makers, case: Proceeding) -> None:
    """An order has got more time, and its subject asks for still more, which nobody has answered."""
    office, hand, act, order = made.office, made.hand, made.act, case.the(Proposal.ORDER_RECTIFY)
    assert order.rectification is not None, "it is in force"
    until = order.rectification.until.date() + timedelta(days=7)
    given = MoreTime(signed=case.by("李四"), until=until, was=hand(), reasons="供货延误", law="行政处罚法第28条")
    act(lambda tx: rectifying.more_time(office, tx, order.id, given, hand()))
    asked = f"{order.id}:decision", SubjectWord.MORE_TIME, "设备仍未到货", ()
    act(lambda tx: spoken.say(office, tx, *asked, hand()))


def inspectors(made: Makers, visits: list[Visit]) -> None:
    """What happens about inspectors in that hour: a test, a report of an unknown push, one not to go, a recusal, a filing, photos."""
    office, hand, act = made.office, made.hand, made.act
    firms = [one for one in visits if one.kind is SubjectKind.FIRM]  # whose visits are filed; of persons other agencies are asked
    act(lambda tx: trial.order(office, tx, "bureau", "B001", "clerk", hand()))
    unheard = [Reached(about="phones-unheard", reach=Reach.DELIVERED)]
    act(lambda tx: receipts.ordered(tx, "phones", unheard, hand()))
    act(lambda tx: review.withdraw(office, tx, firms[0].case_ids[0], "不再办理", "hall", hand()))
    made.accepted(firms[1])
    entered(made, firms[1])  # and no visit code was read
    shot = Shot(digest="", remark="", case_id="", claim="", place=Place(), captured_at=None, sent_at=None)
    named = fetching.Named(number="P-1", shot=shot)
    act(lambda tx: fetching.order(tx, tx.visits.team(firms[1].id)[0].name, "phones", [named], 20, hand()))
    said = {"by": "孙七", "reason": "kin", "evidence": "户籍档案", "applicant": Applicant.COLLEAGUE}

    def challenge(tx: Tx) -> None:
        (seat, *_) = tx.visits.team(visits[-1].id)
        recusing.apply(office, tx, visits[-1].id, seat.inspector, **said, now=hand())  # type: ignore[arg-type]

    act(challenge)


def cases(made: Makers) -> None:
    """What comes in or stands still in that hour."""
    office, hand, act = made.office, made.hand, made.act
    refused = made.requests()[-1]
    act(lambda tx: assist.refuse(office, tx, refused, "本机关没有该档案", "孙七", hand(), inability=Inability.NOT_HELD))
    act(lambda tx: assist.contest_refusal(office, tx, refused, "依法应当保存", "李四", hand()))
    made.firm(71)
    stopped = made.person(72, "hukou-housing", {"home-title": "王某"})
    made.person(74, "exam-work-years", {"degree": "本科", "work-years": "5"})
    made.person(73, "relief-household", {"household": "3", "insured-income": "1200"})
    until = hand().date() + timedelta(days=6)
    act(lambda tx: suspension.suspend(office, tx, stopped, Reason.TESTING, until, "送检单第5号", "李四", hand()))
    promised = Claim(key="registration-status", fact="registration-status", value="存续", on=hand().date() + timedelta(days=30))
    post(office, replace(application(61, "business-licence", {}), claims=(promised,), contact=PHONE))


def tick(made: Makers) -> None:
    """The clock's tick: every schedule's slot is ordered; behind the last one nothing of it is carried out."""
    office, now = made.office, made.hand()
    if now >= END:
        lawbook.note_calendar(made.store, office.calendar, now)
    for schedule in schedules(Schedules(), {}, now, ["platform"], ["platform"], ["notary"]).values():
        with made.store.begin() as tx:
            tx.work.order([schedule.order(now, now)], now)
