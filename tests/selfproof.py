"""A pack by which a subject may be asked to show that premises are in use, before anybody is sent there."""

from __future__ import annotations

from tests.packs import POLICIES, edited

DEMO = (POLICIES / "demo" / "pack.toml").read_text(encoding="utf-8")
PREMISES = 'code = "dispatch-premises"'
FACT = 'code = "office-in-use"'
SHOWS = "近三个月的水电费缴费单，或者门牌和室内的照片"
PROOF = f'self_proof = {{ shows = "{SHOWS}", basis = "S0:7" }}'
TERMS = """
[[term]]
id = "term-self-proof"
timer = "self_proof" # 当事人自证
term = "5wd"
basis = "H:42"

[[term]]
id = "term-self-proof-remind"
timer = "self_proof_remind" # 期满前提醒
term = "2wd"
basis = "H:43"
"""


def pack(*edits: tuple[str, str], ways: str = '"ONLINE_QUERY", "ASSISTANCE", "DOCUMENT", "ON_SITE"') -> str:
    """The demo pack with it: for the item, for its fact, in every row of its profile, and the terms."""
    text = _after(DEMO, PREMISES, '"ONLINE_QUERY", "ON_SITE"', '"ONLINE_QUERY", "DOCUMENT", "ON_SITE"')
    text = _after(text, FACT, 'compare = "exact"', f'compare = "exact"\n{PROOF}')
    head, *rows = text.split("\n[[strategy]]\n")
    rows = [
        edited(('"ONLINE_QUERY", "ASSISTANCE", "ON_SITE"', ways), text=row) if 'profile = "normal"' in row else row
        for row in rows
    ]
    return edited(*edits, text="\n[[strategy]]\n".join([head, *rows]) + TERMS)


def _after(text: str, anchor: str, old: str, new: str) -> str:
    at = text.index(anchor)
    return text[:at] + edited((old, new), text=text[at:])
