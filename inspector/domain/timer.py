"""The terms a pack states, by what they are for."""

from __future__ import annotations

from enum import StrEnum


class Timer(StrEnum):
    """Every term the case path uses; a pack must give each a row, but those of `OPTIONAL`."""

    VERIFY = "verify"
    ONLINE = "online"
    ASSIST_ACK = "assist_ack"
    ASSIST_REPLY = "assist_reply"
    ASSIST_URGENT = "assist_urgent"
    ASSIST_PLATFORM = "assist_platform"
    ASSIST_PUBLISH = "assist_publish"
    ASSIST_REMIND = "assist_remind"
    ASSIST_LAST = "assist_last"
    ASSIST_LIAISON = "assist_liaison"
    ASSIST_HEAD = "assist_head"
    ASSIST_ESCALATE = "assist_escalate"
    ASSIST_END = "assist_end"
    ASSIST_EXTEND = "assist_extend"
    ASSIST_DISPUTE = "assist_dispute"
    ASSIST_LONGEST = "assist_longest"
    ASSIST_WORD = "assist_word"
    ASSIST_WORD_HEAD = "assist_word_head"
    ACCEPT = "accept"
    VISIT = "visit"
    ENTRY = "entry"
    RELEASE = "release"
    CREDIT = "credit"
    CREDIT_RETRACT = "credit_retract"
    CALLBACK = "callback"
    REVEAL = "reveal"
    SEED = "seed"
    REVIEW = "review"
    REVIEW_REMIND = "review_remind"
    SELF_PROOF = "self_proof"
    SELF_PROOF_REMIND = "self_proof_remind"


OPTIONAL = frozenset(
    {
        *(Timer.ASSIST_ACK, Timer.ASSIST_URGENT, Timer.ASSIST_PLATFORM, Timer.ASSIST_PUBLISH),
        *(Timer.ASSIST_LAST, Timer.ASSIST_LIAISON, Timer.ASSIST_HEAD),
        *(Timer.ASSIST_EXTEND, Timer.ASSIST_LONGEST, Timer.ASSIST_DISPUTE, Timer.ASSIST_WORD, Timer.ASSIST_WORD_HEAD),
        *(Timer.SELF_PROOF, Timer.SELF_PROOF_REMIND),
        Timer.ENTRY,
    }
)
"""Terms without which a pack stands: the step, the class or the right that has no row is not taken, or not there."""
