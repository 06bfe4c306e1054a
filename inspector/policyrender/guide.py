"""The public guide (办事指南): for each published item what is to be proven, both ways to do so, and how to turn back (the plan, item 6).

A page in Chinese, Markdown or HTML, that stands by itself. What it says of law is the pack's, cited with its articles: no proposal and
no practice of elsewhere is given as a basis, and no article for a number that only such a one has. While nobody has approved the pack,
the page says that it is a draft.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from inspector.domain.case import Method, Outcome
from inspector.domain.catalogue import Entry
from inspector.domain.duty import Rule
from inspector.domain.policy import Item, Policy
from inspector.domain.reapply import After
from inspector.domain.repeal import Ended, Rereview, titles
from inspector.policyrender import UNAPPROVED, conduct, legaltime
from inspector.policyrender.caveats import binding, whole
from inspector.policyrender.words import FACTORS, WORDS, graded, term

UNTRUE = (Outcome.UNTRUE_CURABLE, Outcome.UNTRUE_INCURABLE, Outcome.FALSE_KNOWING)
"""What may be found of a commitment that does not hold."""

OWN = "有的内容由该文件确定，并非引自法律、法规"
UNFOUNDED = "有的内容是建议或者未经核对，批准之前不得作为规定引用"
"""What is said of a sentence that a proposal, a practice of elsewhere or a report stands behind, though in part: with an approval, and
without one."""

_STYLE = (
    "body{max-width:46em;margin:2em auto;padding:0 1em;font-family:sans-serif;line-height:1.7;color:#1a1a1a;background:#fff}"
    "h1{font-size:1.5em}h2{font-size:1.2em;margin-top:2em;border-bottom:1px solid #888}dt{font-weight:bold;margin-top:.6em}dd{margin:0}"
)


Cite = Callable[[Iterable[str], Mapping[str, str]], str]
"""Citations such as `S0:9;P:2.4` in words, by the titles of the sources."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One item of the guide: its name, its place in the catalogue, and what is told of it, each under a head."""

    code: str
    name: str
    told: Mapping[str, str]


def parts(policy: Policy, entries: Iterable[Entry], cite: Cite, on: date, gone: Sequence[Rereview] = ()) -> tuple[Part, ...]:
    """What the guide of a day says of the published items that the pack has, in the pack's order; `cite` puts citations in words.

    `gone`: the re-reviews of the agency and of those above it: a document that is repealed is never shown as if it were in force.
    """
    public = {entry.content.item: entry for entry in entries}
    return tuple(
        _part(policy, item, public[code], _Bases(policy, cite, on), gone) for code, item in policy.items.items() if code in public
    )


def marks(gone: Iterable[Rereview], on: date) -> Mapping[str, str]:
    """What is said behind a repealed document wherever it is cited, by its whole title."""
    return {one.title: f"（{_since(one, on)}）" for one in gone}


def _since(one: Rereview, on: date) -> str:
    return f"{'已' if one.repealed_on <= on else '将'}于 {one.repealed_on} 废止"


def _repealed(policy: Policy, item: Item, entry: Entry, gone: Sequence[Rereview], on: date) -> dict[str, str]:
    """That a document which the item rests on is repealed, and who has said that the item stands all the same."""
    cited = titles(item, policy.sources) | frozenset(entry.content.sources.values())
    told = {}
    for one in (one for one in gone if one.title in cited):
        own = next((held for held in gone if (held.item, held.title) == (item.code, one.title) and held.confirmation), None)
        stands = (
            f"经{own.confirmation}确认，本事项继续实行"
            if own and own.ended is Ended.CONFIRMED
            else "本事项是否继续实行，正在复审"
        )
        told[one.title] = f"{one.title}{_since(one, on)}；{stands}"
    return {"依据变动": "。".join(told.values())} if told else {}


def markdown(agency: str, policy: Policy, held: Sequence[Part], on: date) -> str:
    """The guide as Markdown."""
    lines = [f"# {_plain(_title(agency, policy, on))}", "", _plain(_head(policy, on)), ""]
    for part in held:
        lines += [f"## {_plain(part.name)}（{_plain(part.code)}）", ""]
        lines += [f"- **{head}**：{_plain(text)}" for head, text in part.told.items()]
        lines.append("")
    return "\n".join(lines)


def html(agency: str, policy: Policy, held: Sequence[Part], on: date) -> str:
    """The guide as one HTML file without scripts or anything from elsewhere."""
    title = escape(_title(agency, policy, on))
    body = [f"<h1>{title}</h1>", f"<p>{escape(_head(policy, on))}</p>"]
    for part in held:
        body.append(f'<section id="{escape(part.code)}"><h2>{escape(part.name)}（{escape(part.code)}）</h2><dl>')
        body += [f"<dt>{head}</dt><dd>{escape(text)}</dd>" for head, text in part.told.items()]
        body.append("</dl></section>")
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>'
    return "\n".join(
        ["<!doctype html>", f'<html lang="zh-Hans"><head>{head}<style>{_STYLE}</style></head><body>', *body, "</body></html>", ""]
    )


def _title(agency: str, policy: Policy, on: date) -> str:
    return f"{'' if policy.approved(on) else '【草案】'}{agency}证明事项告知承诺制办事指南"


def _head(policy: Policy, on: date) -> str:
    approval = policy.approval
    told = (
        f"（{policy.label}），经{approval.by} {approval.on} 以{approval.document}批准" if approval and policy.approved(on) else ""
    )
    draft = f"（{policy.label}），{UNAPPROVED}：本指南是草案，批准之前不得对外发布"
    return f"编制日期 {on}；依据 {policy.title}{told or draft}。"


@dataclass(frozen=True, slots=True)
class _Bases:
    """How the guide of a day cites. No article is given for a number that only a proposal beside it has.

    What rests on a proposal, though in part, rests on the document by which the pack was approved; while there is none, on nothing.
    Either is said, so that nobody takes the number for a statute's.
    """

    policy: Policy
    cite: Cite
    on: date

    def of(self, *bases: str) -> str:
        """The sentence that ends what they speak of."""
        stated, sources = [basis for basis in bases if basis], self.policy.sources
        if not stated:
            return ""
        if all(whole(basis, sources, self.policy.statutes) for basis in stated):
            return f"。依据：{self.cite(stated, sources)}"
        approved = self.approved()
        return f"。依据：{approved}（{OWN}）" if approved else f"。{UNFOUNDED}"

    def founded(self, basis: str, sources: Mapping[str, str]) -> str:
        """What provides for an item, in words: no number rests on it, so what may be given of it is; else the approval, if any."""
        held = binding(basis, sources, self.policy.statutes)
        return self.cite([held], sources) if held else self.approved()

    def approved(self) -> str:
        """The document by which the pack was approved; empty while there is none."""
        approval = self.policy.approval
        return f"{approval.by}{approval.document}" if approval and self.policy.approved(self.on) else ""


def _part(policy: Policy, item: Item, entry: Entry, bases: _Bases, gone: Sequence[Rereview]) -> Part:
    """The heads stand in the order in which an applicant asks."""
    public = entry.publication
    assert public is not None, "only what is public is guided to"
    choice, withdrawal = (bases.of(policy.basis(rule)) for rule in (Rule.CERTIFICATE, Rule.WITHDRAW))
    content = entry.content
    founded = bases.founded(content.basis, content.sources)
    check = {"免予核查": f"{_exempt(item)}{bases.of(item.exempt_basis or '')}"}
    if not item.exempt:
        check = {"核查": f"{verified(policy, item)}{bases.of(item.verify_basis)}"}
        for head, text, rows in legaltime.clock(policy):
            check[head] = f"{text}{bases.of(*rows)}"
    told = {
        "目录": f"第 {entry.content.edition} 版，{public.on} 公布于{public.reference}",
        "适用": f"{_listed(item.matters)}；{_listed(item.subjects)}",
        "证明内容": f"{'、'.join(fact.name for fact in item.facts)}。标准：{item.standard}",
        "设定依据": founded or "目录没有载明法律、法规或者文件",
        **_repealed(policy, item, entry, gone, bases.on),
        "选择": f"是否采用告知承诺制由申请人自主选择，选择与否均不影响办理，也不因此受到区别对待{choice}",
        "方式一 告知承诺": _commitment(item),
        **({"此前的告知书": "；".join(_former(item, bases))} if item.notices and not item.exempt else {}),
        **({"承诺书公开": f"{legaltime.public(item.publicity)}{bases.of(item.publicity.basis)}"} if item.publicity else {}),
        "方式二 提交证明": "不愿承诺或者无法承诺的，提交法律、法规或者国务院决定要求的证明，按原程序办理",
        **check,
        **_drawn(policy, item, bases),
        "承诺不实的后果": _untrue(policy, bases),
        "中途退出": f"办结之前有合理理由的，可以撤回承诺，撤回后按方式二办理；撤回不记入信用记录{withdrawal}"
        f"{_withdrawn(policy, item, bases)}",
    }
    return Part(code=item.code, name=item.name, told=told)


def _withdrawn(policy: Policy, item: Item, bases: _Bases) -> str:
    """For how long whoever has withdrawn applies with the certificate alone."""
    rows = [row for row in policy.reapplies if row.after is After.WITHDRAWN and item.code in row.items]
    told = (
        f"。撤回之后，{'至当年年底前' if row.term is None else f'{term(row.term)}内'}再次办理的，按方式二{bases.of(row.basis)}"
        for row in rows
    )
    return "".join(told)


def _commitment(item: Item) -> str:
    proxy = "可以代为承诺" if item.proxy_allowed else "须由本人承诺，不得代为承诺"
    return f"签署告知承诺书（告知书版本 {item.notice_version}），不再提交该项证明；{proxy}"


def _former(item: Item, bases: _Bases) -> Iterable[str]:
    """What was announced to whoever has signed before: no other way is used for those letters."""
    for held in item.notices:
        ways = "、".join(WORDS[method] for method in held.announced)
        yield f"所签承诺书写明告知书版本 {held.version}（{held.since} 至 {held.until}）的，核查方式只限{ways}{bases.of(held.basis)}"


def verified(policy: Policy, item: Item) -> str:
    """By which of the announced ways, in the pack's order, and by when; before the decision where every level's row says so."""
    rows = [row for row in policy.strategies if row.fits(item)]
    before = "作出决定之前" if rows and all(row.before_decision for row in rows) else "作出决定之后"
    if len({row.before_decision for row in rows}) > 1:
        before = "视情形在作出决定之前或者之后"
    ways = "、".join(WORDS[method] for method in Method if method in item.methods)
    return f"方式为{ways}，不采用未告知的方式；{before}进行，自{WORDS[item.verify_from]}之日起{term(item.verify)}内完成"


def _drawn(policy: Policy, item: Item, bases: _Bases) -> dict[str, str]:
    """That who commits may be drawn like everybody: daily supervision sends people whatever the notice announced of verification."""
    strata = {row.stratum for row in policy.strategies if row.fits(item) and row.stratum is not None}
    if item.exempt or not strata:
        return {}
    rows = [row.basis for row in policy.samplings if row.stratum in strata]
    return {"随机抽查": f"与未选择告知承诺制的一样属于日常监管的对象，被随机抽中的，可以到场检查{bases.of(*rows)}"}


def _exempt(item: Item) -> str:
    why = FACTORS.get(item.exempt_factor or "", "")
    reason = f"{why}：{item.factors.get(item.exempt_factor or '', '')}；" if why else ""
    return f"{reason}不逐件核查，纳入日常监管；{item.exempt_review_by} 前复审"


def _untrue(policy: Policy, bases: _Bases) -> str:
    """What an officer may be proposed to do, before and after the matter is concluded, and what is entered into the credit record.

    And what follows beyond it, by the act that is found: who commits is to know what it is that he or she is liable for (items 5 and 6).
    """
    rows = [row for outcome in UNTRUE if (row := policy.outcomes.get(outcome)) is not None]
    told = []
    for row in rows:
        before, after = ("、".join(WORDS[one] for one in stage) or "不作处理" for stage in row.stages)
        ends = before if before == after else f"未办结的{before}，已办结的{after}"
        grade = f"，记入信用记录（{graded(row)}）" if row.grade else ""
        told.append(f"{WORDS[row.outcome]}的，{ends}{grade}")
    acts = [act.basis for act in policy.acts if act.outcomes & set(UNTRUE)]
    told += conduct.consequences(policy, [row.outcome for row in rows])
    return f"{'；'.join(told)}。以上由工作人员查明后依法决定{bases.of(*(row.basis for row in rows), *acts)}"


def _listed(values: Iterable[str]) -> str:
    return "、".join(sorted(WORDS[value] for value in values))


def _plain(text: str) -> str:
    """Text that Markdown shows as it is, in one line."""
    for mark in "\\`*_[]<>#|":
        text = text.replace(mark, f"\\{mark}")
    return " ".join(text.split())
