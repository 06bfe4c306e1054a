"""Whether the rights that a notice names offer a hearing (听证): what an officer has promised is owed, what is denied is none.

A person's words are read by a program here, so each doubt is decided for the subject: a line offers a hearing unless it plainly says that
there is none, and it names the right to one only where it says so without any negative. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_WORDS = ("听证", "hearing")
"""By one of these a clause speaks of a hearing."""
_SENTENCES, _CLAUSES = re.compile(r"[。；;！!？?\n]|\.(?:\s|$)"), re.compile("[，,]")
_REMARK = re.compile("[（(][^（）()]*[）)]")
_NEGATIVE = re.compile(r"[不无没未]|\b(?:no|not|nor|never|neither|without|cannot)\b|n't")
_CONDITION = re.compile(
    "的[，,]|的$|[如若倘除]|逾期|放弃|否则|视为|未.{0,6}(?:要求|申请|提出)"
    r"|\b(?:if|unless|until|should|otherwise|except|late|waive[sd]?|when|where|provided)\b"
)
"""A sentence that says what becomes of a hearing under a condition is none that there is none."""
_DENIED = re.compile(
    "不(?:适用|属于|符合|在).{0,30}听证"
    "|(?:不(?:予|举行|组织|进行|安排|召开|经|需|需要|必|享有|具有|具备)|无|没有|无[须需]|无权|不[能可得]|不可以)"
    "(?:的|要求|申请|提出|请求|举行|组织|进行)*听证"
    "|听证(?:程序|会|权|权利|的?规定)?(?:均|都|也|亦|依法)?不(?:予)?(?:适用|举行|组织|进行)"
    "|听证(?:程序|会|权|权利)?[：:](?:无|没有|否|不适用)$"
    r"|\bno (?:right to (?:an? |be )?)?(?:oral )?hearing"
    r"|\bnot (?:be )?(?:entitled to|have (?:a|the) right to|give (?:a|the) right to) (?:an? )?(?:oral )?hearing"
    r"|\b(?:may not|cannot) (?:ask for|request|apply for|demand) (?:an? )?hearing"
    r"|\bhearings?(?: procedure)? (?:is|are|does|do|will|shall) not (?:be )?(?:available|apply|held|provided|granted|open|offered)"
    r"|\bwithout (?:an? )?hearing"
)
"""How a clause says that there is none."""
_OF_ITS_MANNER = re.compile("公开|费|fee|cost|charge|public")
"""What is denied of a hearing that is held: that it is public, or costs anything."""


def offers(rights: Sequence[str]) -> bool:
    """Whether a notice's rights offer a hearing: one line speaks of one, and does not plainly say that there is none."""
    return any(not _plainly_denied(sentence, clause) for sentence, clause in _spoken(rights))


def names(rights: Sequence[str]) -> bool:
    """Whether they name the right to one, so that nobody could read the contrary."""
    said = [_REMARK.sub("", line) for line in rights]
    return any(not _NEGATIVE.search(clause) for _, clause in _spoken(said))


def _spoken(rights: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each clause that speaks of a hearing, behind its sentence; without the blanks that Chinese takes no notice of."""
    for line in rights:
        for sentence in _SENTENCES.split(re.sub(r"(?<=[^\x00-\x7f])\s+", "", line.lower())):
            for clause in _CLAUSES.split(sentence):
                if any(word in clause for word in _WORDS):
                    yield sentence.strip(), clause.strip()


def _plainly_denied(sentence: str, clause: str) -> bool:
    """By one negative, of the hearing itself, and under no condition."""
    if _CONDITION.search(sentence) or _OF_ITS_MANNER.search(clause):
        return False
    return _DENIED.search(clause) is not None and len(_NEGATIVE.findall(clause)) == 1
