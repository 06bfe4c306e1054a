"""A pack by which another agency's result may prove that a licence stands, beside the query on line (handbook 1.2.34, 1.2.35)."""

from __future__ import annotations

from tests.packs import POLICIES, edited

DEMO = (POLICIES / "demo" / "pack.toml").read_text(encoding="utf-8")
LICENCE = 'code = "business-licence"'
FACT = 'code = "registration-status"'
RESULT = 'result = { source = "peer", valid_for = "30d", basis = "S5:14" }'
SOURCE = 'S5 = "《企业信息公示暂行条例》（2014年）"'
WAYS = 'methods = ["ONLINE_QUERY", "OTHER_RESULT"]'


def pack(*edits: tuple[str, str], ways: str = WAYS) -> str:
    """The demo pack with it: for the item, for its fact and in every row of its profile."""
    text = edited(("[sources]\n", f"[sources]\n{SOURCE}\n"), text=DEMO)
    text = _after(text, LICENCE, 'methods = ["ONLINE_QUERY"]', WAYS)
    text = _after(text, FACT, 'compare = "exact"', f'compare = "exact"\n{RESULT}')
    head, *rows = text.split("\n[[strategy]]\n")
    rows = [_row(row, ways) if 'profile = "normal"' in row else row for row in rows]
    return edited(*edits, text="\n[[strategy]]\n".join([head, *rows]))


def _row(row: str, ways: str) -> str:
    line = next(line for line in row.splitlines() if line.startswith("methods"))
    others = [one for one in ("ASSISTANCE", "ON_SITE") if one in line]
    return row.replace(line, ways[:-1] + "".join(f', "{one}"' for one in others) + "]", 1)


def _after(text: str, anchor: str, old: str, new: str) -> str:
    at = text.index(anchor)
    return text[:at] + edited((old, new), text=text[at:])
