"""The data of a push in the wire reference: an example, and what each part means."""

from __future__ import annotations

from collections.abc import Mapping

PUSHED: Mapping[str, object] = {
    "visit": "V-1",
    "seat": "V-1:0:0",
    "accept_by": "2026-03-03T17:30:00+08:00",
    "facts": 2,
    "windows": [{"first": "2026-03-09", "last": "2026-03-20"}],
    "brief": {
        "items": ["劳务派遣经营场所证明"],
        "asked": [{"item": "劳务派遣经营场所证明", "fact": "经营场所实际使用并设有办公设施", "promised": "是"}],
        "proven": [{"item": "劳务派遣经营场所证明", "fact": "登记的经营场所地址"}],
        "basis": ["优化营商环境条例 第五十四条"],
        "checks": {"nth": 2, "own": 2, "cap": 4, "left": 2, "together": 3, "stop": 12},
        "recusal": "与当事人有直接利害关系的，应当回避。",
    },
}
PUSHED_MEANS: Mapping[str, str] = {
    "data.visit": "id of the visit",
    "data.seat": "name of the seat, for the API",
    "data.accept_by": "by when to accept; ISO 8601 with an offset",
    "data.facts": "how many facts of the inspector's agency are in question",
    "data.windows": "days on which nobody may go, from `first` to `last`; only where there are any; with what tells of another date, too",
    "data.brief.items": "what is checked, by the names of the pack. `brief` comes with what corrects a push, too, and says nothing "
    "of whom the visit is to; a second look has none",
    "data.brief.asked": "the facts in question, each with its `item` and what was `promised`: empty where its words may tell "
    "whose it is, which stand behind the link from the release on; `case` numbers the cases where the visit has several",
    "data.brief.proven": "what is proven and not to be asked again",
    "data.brief.basis": "the visit's legal basis, cited",
    "data.brief.checks.nth": "which of the agency's checks of this year it is; null: its kind counts towards no cap",
    "data.brief.checks.own": "how many count for the agency this year, this one among them",
    "data.brief.checks.cap": "how many there may be; null: no cap",
    "data.brief.checks.left": "how many of them are left; null: no cap",
    "data.brief.checks.together": "how many count for all agencies together",
    "data.brief.checks.stop": "how many of those there may be; null: no limit",
    "data.brief.recusal": "who must not go, and who decides, in the agency's language",
}
