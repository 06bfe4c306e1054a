"""The text of a page as a mail holds it, which anybody may have written: what its reader is shown, in linear time (decision 72).

What it crosses out or hides is marked, so that nothing of it is read as it stands.
"""

from __future__ import annotations

import re
from html import unescape

from inspector.incoming import CROSSED_OUT, HIDDEN

_SMALL = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
_BREAKS = frozenset({"br", "p", "div", "tr", "li", "blockquote", "table", "ul", "ol", "h1", "h2", "h3", "h4", "hr", "pre"})
_KEPT = re.compile(r"white-space\s{0,9}:\s{0,9}(?:pre|break)")
_UNSHOWN = frozenset({"script", "style", "title"})
_CROSSING = frozenset({"s", "strike", "del"})
_HIDING = re.compile(r"(?:display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}hidden)|\shidden(?=[\s=>/])")
_LINE_THROUGH = "line-through"
_TAG = re.compile(r"/?([a-z][a-z0-9]{0,20})(?=[\s/>]|\Z)")


def plain(page: str) -> str:
    """The text of a page, a line for each block and a stroke before each cell; comments and what is not shown are left out.

    Each sign is looked at once or twice.
    Where the page's own text breaks into lines is a blank, but in `pre`, and in a page that asks for its lines to be kept.
    """
    small, told, at, end = page.translate(_SMALL), list[str](), 0, len(page)
    kept, pre = _KEPT.search(small) is not None, False
    while at < end:
        begins = page.find("<", at)
        begins = end if begins < 0 else begins
        text = page[at:begins]
        told.append(text if kept or pre else text.replace("\n", " "))
        if begins == end:
            break
        if small.startswith("<!--", begins):
            at = _behind(small, "-->", begins + 4)
            continue
        found = _TAG.match(small, begins + 1, begins + 40)
        if found is None and page[begins + 1 : begins + 2] not in ("!", "?", "/"):
            told.append("<")  # a sign of its own
            at = begins + 1
            continue
        at = _behind(small, ">", begins + 1)
        if found is not None and found[1] in _BREAKS:
            told.append("\n")
        if small[begins + 1] != "/":
            told.append(_unsaid(found[1] if found is not None else "", small[begins:at]))
        if found is not None and found[1] in ("td", "th") and small[begins + 1] != "/":
            told.append("|")
        if found is not None and found[1] == "pre":
            pre = small[begins + 1] != "/"
        if found is not None and found[1] in _UNSHOWN and small[begins + 1] != "/":
            ends = small.find(f"</{found[1]}", at)
            at = end if ends < 0 else ends
    return unescape("".join(told)).replace("\xa0", " ")


def _unsaid(name: str, tag: str) -> str:
    """What stands for a tag whose words are not said as they stand."""
    if name in _CROSSING or _LINE_THROUGH in tag:
        return CROSSED_OUT
    return HIDDEN if _HIDING.search(tag) else ""


def _behind(text: str, mark: str, at: int) -> int:
    """Behind the next mark; the end where there is none, so that nobody looks for it again."""
    found = text.find(mark, at)
    return len(text) if found < 0 else found + len(mark)
