"""A letter of the assistance procedure (协助核查函) as a page that needs nothing beside it and prints on A4 (decisions 57 and 251)."""

from __future__ import annotations

from html import escape

from inspector.ports import Letter

_STYLE = """
@page { size: A4; margin: 25mm 26mm 20mm 28mm; }
body { margin: 0 auto; max-width: 42rem; color: #000; background: #fff; }
body { font: 12pt/1.75 "Noto Serif CJK SC", "Source Han Serif SC", FangSong, SimSun, serif; }
h1 { margin: 0 0 8mm; font-size: 18pt; font-weight: 700; text-align: center; }
.letter { white-space: pre-wrap; overflow-wrap: anywhere; }
article + article { break-before: page; }
.slip { break-inside: avoid; margin-top: 12mm; padding-top: 6mm; border-top: 1px dashed #000; }
dl { margin: 0; }
dt { margin-top: 2mm; }
dd { margin: 0; height: 10mm; border-bottom: 1px solid #000; }
@media screen { body { padding: 2rem 1rem; } }
"""


def page(letter: Letter) -> str:
    """The letter's words, and the slip to answer on; of a digest each letter on a page of its own.

    No link: nobody types one off paper.
    """
    title = escape(letter.words.title or letter.request_id)
    sheets = "\n".join(_sheet(one) for one in letter.enclosed or (letter,))
    return (
        f'<!doctype html>\n<html lang="{escape(letter.words.language)}">\n<head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head>\n<body>\n{sheets}\n</body>\n</html>\n"
    )


def _sheet(letter: Letter) -> str:
    told = letter.words
    title = escape(told.title or letter.request_id)
    body = escape("\n\n".join(filter(None, (told.body, told.posted, letter.text))))
    slip = "".join(f"<dt>{escape(one)}</dt><dd></dd>" for one in told.slip)
    slip = f'<section class="slip"><h2>{escape(told.slip_title)}</h2><p>{title}</p><dl>{slip}</dl></section>' if slip else ""
    return f'<article><h1>{title}</h1>\n<div class="letter">{body}</div>\n{slip}</article>'
