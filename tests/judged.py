"""A case in a random history whose notices come or do not, in whatever words and by whatever proof, and which is decided whenever."""

from __future__ import annotations

from datetime import timedelta

from inspector.domain.case import Outcome
from inspector.domain.consequence import UNDECIDED, Agreement, ConsequenceState, Notice
from inspector.domain.proposal import Proposal
from inspector.domain.serving import NoticeKind
from inspector.domain.wayto import PROVEN, ServiceWay
from inspector.flows import proceedings, reached, spoken
from tests.property.test_falling_properties import NAMES, Life

NOTICED = {"bring": 3, "notice": 2, "proof": 4, "word": 4, "rules": 3, "agrees": 2}
"""Steps of a history beside those: notices in whatever words, come by whatever proof, answered by whatever word, decided whenever."""
ACTS = {
    Outcome.UNTRUE_CURABLE: "act-untrue-curable",
    Outcome.UNTRUE_INCURABLE: "act-untrue-incurable",
    Outcome.FALSE_KNOWING: "act-false",
}


class Judged(Life):
    """A case whose officer names the dishonest act, as the catalogue asks, and whose notices come, or do not, as they happen to."""

    def decide(self, number: int) -> None:
        outcome = [*ACTS][number % len(ACTS)]
        self.case.decide(outcome, act=ACTS[outcome])

    def brings(self, number: int) -> bool:
        """Of its decisions one in three comes later than it was made."""
        return number % 3 != 0

    def bring(self, number: int) -> None:
        """A decision comes to its subject, perhaps long after it, or after it fell."""
        office, hand = self.case.office, self.case.hand
        with office.store.begin() as tx:
            on_their_way = [
                one for one in tx.servings.of_case(self.case.case) if one.kind is NoticeKind.DECISION and one.state.open
            ]
            notice = self.pick(on_their_way, number)
            reached.served(office, tx, notice.id, hand().date(), ServiceWay.PAPER, "回证3", "李四", hand())

    def notice(self, number: int) -> None:
        """A notice is given, now and then in words that say too little."""
        held, case = self.one(number, ConsequenceState.PROPOSED), self.case
        told = Notice(
            given=case.by(NAMES[number % 4]),
            facts=("登记状态为吊销",),
            reasons=" " if number % 5 == 4 else "与承诺不符",
            rights=("陈述、申辩",) if number % 3 == 2 else ("陈述、申辩，可以要求听证",),
            basis=("某条例第8条",),
            content="罚款三万元" if held.proposal is Proposal.PENALTY else "",
        )
        case.act(lambda tx: proceedings.give(case.office, tx, held.id, told, held.grading, case.hand()))

    def proof(self, number: int) -> None:
        """Somebody enters by which proof a notice came, whichever it is, on a day that may lie long ago, or ahead."""
        case, days = self.case, (0, 0, 2, 9, 40, -1)
        with case.office.store.begin() as tx:
            notice = self.pick([one for one in tx.servings.of_case(case.case) if one.state.open], number)
            on = case.hand().date() - timedelta(days=days[number % len(days)])
            told = on, PROVEN[number % len(PROVEN)], "回证", NAMES[number % 4], case.hand()
            reached.served(case.office, tx, notice.id, *told, agreed=number % 2 == 0)

    def word(self, number: int) -> None:
        """The subject says something by the link of a notice of its own, whichever it is."""
        case = self.case
        with case.office.store.begin() as tx:
            notice = self.pick(tx.servings.of_case(case.case), number)
            kind = self.pick(spoken.may_say(case.office, tx.cases.get(case.case), notice, case.hand()), number)
            spoken.say(case.office, tx, notice.id, kind, f"不同意{number % 2}", (), case.hand(), bar_known=True)

    def rules(self, number: int) -> None:
        """An officer decides, whether it is time for it or not, and by words that may say too little."""
        case, held = self.case, self.one(number, *UNDECIDED)
        told = {"law": "某条例第8条", "public_interest": " " if number % 5 == 4 else "不损害公共利益"}
        until = case.hand().date() + timedelta(days=14)
        case.rule(
            held, NAMES[number % 4], brought=False, until=until if held.proposal is Proposal.ORDER_RECTIFY else None, **told
        )

    def agrees(self, number: int) -> None:
        """Somebody agrees to what is written, as whom he or she may not be."""
        held = self.one(number // 4, *UNDECIDED)
        self.case.agree(held, (Agreement.SECOND, Agreement.LEGAL)[number % 2], NAMES[number % 4])
