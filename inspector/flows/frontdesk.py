"""Where a subject turns to (联系方式): the telephone and address of the office, in the words of a notice or a push.

Who is told that there is something must be able to ask whether it is true, without opening what the message brings (PIPL art. 17).
"""

from __future__ import annotations

from inspector.flows.office import Office
from inspector.labels import Lang, label


def lines(office: Office, agency: str, lang: Lang) -> tuple[str, ...]:
    """By which telephone and where an agency is asked, a line each; none where nobody has said."""
    node = office.turned_to(agency)
    if node is None:
        return ()
    who = () if node.id == agency else (label("contact.who", lang, name=node.name),)
    rung = (label("contact.telephone", lang, telephone=node.telephone),) if node.telephone else ()
    return (*who, *rung, *((label("contact.address", lang, address=node.address),) if node.address else ()))


def sentence(office: Office, agency: str, lang: Lang) -> str:
    """The same behind the text of a push; nothing where nobody has said."""
    told = lines(office, agency, lang)
    return label("contact.behind", lang, told=label("contact.gap", lang).join(told)) if told else ""


def telephone(office: Office, agency: str) -> dict[str, object]:
    """The number alone, for a message of few signs."""
    node = office.turned_to(agency)
    return {"telephone": node.telephone} if node is not None and node.telephone else {}
