"""A pack by which a subject may be asked to show that premises are in use, before anybody is sent there."""

from __future__ import annotations

from tests.packs import POLICIES, edited

DEMO = (POLICIES / "demo" / "pack.toml").read_text(encoding="utf-8")
PREMISES = 'code = "dispatch-premises"'
FACT = 'code = "office-in-use"'
SHOWS = "近三个月的水电费缴费单，或者门牌和室内的照片"
PROOF = f'self_proof = {{ shows = "{SHOWS}", basis = "S0:7" }}'
WAYS = '"ONLINE_QUERY", "ASSISTANCE", "DOCUMENT", "ON_SITE"'
TERM = 'timer = "self_proof" # 当事人自证：自链接交出之日起\nterm = "5wd"'
REMIND = 'timer = "self_proof_remind" # 自证期满前提醒（倒推工作日）\nterm = "2wd"'


def pack(*edits: tuple[str, str], ways: str = WAYS) -> str:
    """The demo pack with it: for the item and its fact, in every row of its profile, with terms of a week and two days."""
    text = _after(DEMO, PREMISES, '"ONLINE_QUERY", "ON_SITE"', '"ONLINE_QUERY", "DOCUMENT", "ON_SITE"')
    text = _after(text, FACT, 'compare = "exact"', f'compare = "exact"\n{PROOF}')
    text = edited((TERM.replace("5wd", "3wd"), TERM), (REMIND.replace("2wd", "1wd"), REMIND), text=text)
    return edited(*edits, text=text.replace(WAYS, ways))


def _after(text: str, anchor: str, old: str, new: str) -> str:
    at = text.index(anchor)
    return text[:at] + edited((old, new), text=text[at:])


BROKEN: tuple[tuple[str, str], ...] = (
    (pack((SHOWS, "劳务派遣经营场所证明")), "self_proof_certificate"),
    (pack((SHOWS, "有关材料")), "self_proof_vague"),
    (pack((PROOF, PROOF.replace("S0:7", "H:42"))), "self_proof_uncited"),
    (pack(('"ONLINE_QUERY", "DOCUMENT", "ON_SITE"', '"ONLINE_QUERY", "ON_SITE"')), "way_unreachable"),
    (pack((TERM, 'timer = "assist_urgent"\nterm = "1wd"')), "self_proof_untimed"),
    (pack((REMIND, REMIND.replace("2wd", "6wd"))), "term_beyond"),
    (pack(ways='"DOCUMENT", "ONLINE_QUERY", "ASSISTANCE", "ON_SITE"'), "document_before_query"),
    (pack(ways='"ONLINE_QUERY", "ASSISTANCE", "ON_SITE", "DOCUMENT"'), "visit_before_document"),
)
"""What such a pack must not say, with the flaw that it is told."""
