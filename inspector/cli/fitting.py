"""How settings, packs and records fit each other: what runs and yet leads nowhere. Every finding is a warning."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from inspector.cli import words
from inspector.cli.finding import Finding
from inspector.cli.terminal import plain
from inspector.domain.errors import Missing

if TYPE_CHECKING:
    from inspector.domain.policy import Policy
    from inspector.flows.office import AgencyNode, Office
    from inspector.flows.required import Given
    from inspector.policybook import Policybook
    from inspector.settings import Settings
    from inspector.store.tx import Tx


REVIEW_AHEAD = timedelta(days=60)
"""So long before an exemption's review is due it is named: a new version of a pack needs its approval."""

NEXT_YEAR_FROM = 11
"""The month from which the next year's plan should be there: it is to be approved and published before the year begins."""


DELIVERED = ("files", "sftp")
"""Kinds of credit platforms that deliver levels and take no records."""


def settings(told: Settings, book: Policybook, tree: Mapping[str, AgencyNode], today: date) -> Iterator[Finding]:
    """What packs ask for and no section provides, and a credit platform that nobody asks."""
    from inspector.flows.office import pack_of

    for name, plan in told.plans.items():
        yield from _draws(told, name, _in_force(book, pack_of(tree, plan.agency), today))
    used = [pack for name in sorted({node.pack for node in tree.values() if node.pack}) if (pack := _in_force(book, name, today))]
    for pack in used:
        yield from _asked(told, pack)
        yield from _hasty(pack)
    levels = next((name for name, one in told.credit.items() if one.get("path_level") != ""), None)
    entries = next((name for name, one in told.credit.items() if one.get("kind") not in DELIVERED), None)
    for name in told.credit:
        if name not in (levels, entries, *told.reconciliation.copies) or not used:
            what = ("is never asked", "不会被查询")
            mend = (
                "keep one [credit.NAME], and give an agency a pack"
                if not used
                else "the first that tells levels and the first that takes records are used: name it in reconciliation.copies for it to "
                "have every entry too, or take this out once nothing of ours stands there",
                "请给机关指定政策包"
                if not used
                else "只使用第一个提供等级的和第一个接收记录的信用平台：要让它也接收每一条记录，请列入 reconciliation.copies；"
                "其中已没有本机关记录的，可以删除本节",
            )
            yield Finding.warn(f"credit.{name}", what, mend)


def excuses(given: Given, book: Policybook, today: date) -> Iterator[Finding]:
    """What is said to come and has come, or is not asked for: it would hide a row that is forgotten later."""
    from inspector.flows.required import idle

    for one in idle(given, book.packs, today):
        what = (f"{one} is there already, or nothing asks for it", f"{one} 已经具备，或者没有政策包需要它")
        yield Finding.warn("not_yet", what, (f'take "{one}" out of not_yet', f"请从 not_yet 中删去“{one}”"))


def exemptions(book: Policybook, tree: Mapping[str, AgencyNode], today: date) -> Iterator[Finding]:
    """Exempt items whose review is near or late; the exemption stands until somebody with the power to has decided."""
    for name in sorted({node.pack for node in tree.values() if node.pack}):
        pack = _in_force(book, name, today)
        for item in pack.items.values() if pack else ():
            by = item.exempt_review_by
            if pack is None or not item.exempt or by is None or by > today + REVIEW_AHEAD:
                continue
            late = item.unreviewed(today)
            what = (
                f"item {item.code}: its exemption {'was' if late else 'is'} to be reviewed by {by}",
                f"事项 {item.code}：免予核查{'应已' if late else '须'}于 {by} 前复审",
            )
            mend = (
                "ask the justice bureau whether it may go on, and write the new date into a new version of the pack",
                "请报司法行政部门确认是否继续，并在政策包新版本中写明新的复审日期",
            )
            yield Finding.warn(f"policies.{pack.label}.{item.code}", what, mend)


def approvals(book: Policybook, tree: Mapping[str, AgencyNode], today: date) -> Iterator[Finding]:
    """Versions that rule, or will rule, what an agency takes in, and that nobody has approved."""
    used = {node.pack for node in tree.values() if node.pack}
    for pack in (pack for pack in book.packs if pack.id in used and (pack.effective_to is None or pack.effective_to >= today)):
        if pack.approved(today):
            continue
        what = ("is in force, and nobody has approved it", "正在适用，但没有经过批准")
        if (begin := pack.effective_from) > today:
            what = (f"comes into force on {begin}, and nobody has approved it", f"{begin} 起适用，但没有经过批准")
        if pack.approval is not None:
            what = (f"is approved only from {pack.approval.on} on", f"批准日期 {pack.approval.on} 尚未到")
        sheet, file = f"policy render {pack.label} --out sheet.xlsx", f"approval-{pack.version}.toml"
        mend = (
            f"have the sheet approved ({sheet}), then write {file} beside the pack",
            f"以 {sheet} 送批，批准后在旁边写 {file}",
        )
        yield Finding.warn(f"policies.{pack.label}", what, mend)


def headless(tree: Mapping[str, AgencyNode], agencies: Iterable[str]) -> Iterator[Finding]:
    """Of these agencies those without a head, here or above, who could decide that one of their inspectors be recused."""
    from inspector.flows.office import line_of

    for name in sorted(set(agencies) & set(tree)):
        if any(tree[one].heads for one in line_of(tree, name)):
            continue
        what = (
            "sends inspectors and names no head, nor does any agency above it: nobody can decide that one of them be recused",
            "派出检查人员，但本机关及其上级都没有写明负责人：回避申请无人可以决定",
        )
        mend = (
            f'write heads = ["NAME"] under [agencies.{name}], as in the token of its head; of one who is away: deputy name',
            f'请在 [agencies.{name}] 中写 heads = ["姓名"]，与负责人令牌上的姓名一致；负责人不在时另以 deputy name 指定代行人',
        )
        yield Finding.warn(f"agencies.{name}", what, mend)


def sending(told: Settings) -> frozenset[str]:
    """The agencies whose inspectors plans of draws send."""
    return frozenset(agency for plan in told.plans.values() for agency in (plan.agency, *plan.partners))


def records(told: Settings, tx: Tx) -> Iterator[Finding]:
    """Agencies that work without a pack, and callbacks to nobody."""
    from inspector.flows.office import AgencyNode, pack_of

    tree = {name: AgencyNode(id=name, **node.model_dump()) for name, node in told.agencies.items()}
    systems = tx.tokens.systems(tx.machine_now())
    cases = tx.cases.agencies()
    for agency in sorted(cases | {agency for agency, _ in systems}):
        again = (f"add [agencies.{agency}] again", f"请恢复 [agencies.{agency}]")
        if agency not in tree and agency in cases:  # a daemon by these settings would quarantine the cases' open work
            what = ("has cases, and is not in the settings", "有办件，但不在配置中")
            yield Finding.fail(f"agencies.{agency}", what, again)
        elif agency not in tree:
            yield Finding.warn(f"agencies.{agency}", ("has tokens, and is not in the settings", "有令牌，但不在配置中"), again)
        elif pack_of(tree, agency) is None and not _below_has_pack(tree, agency):
            what = ("takes cases, and has no policy pack, nor has any above it", "受理办件，但本机关及其上级都没有政策包")
            mend = (f'write pack = "…" under [agencies.{agency}]', f'请在 [agencies.{agency}] 中写 pack = "…"')
            yield Finding.warn(f"agencies.{agency}", what, mend)
    names = {name for _, name in systems}
    for name in told.callbacks:
        if name not in names:
            what = (
                "no valid system token has this name: nothing will ever be sent to it",
                "没有同名的有效系统令牌：不会有任何回传",
            )
            mend = (
                f"name the section after the token, or: token issue {name} --role system --agency AGENCY",
                f"请将本节改为令牌的名称，或签发：token issue {name} --role system --agency 机关",
            )
            yield Finding.warn(f"callbacks.{name}", what, mend)


def moved(tree: Mapping[str, AgencyNode], tx: Tx) -> Iterator[Finding]:
    """Open requests whose agency the tree does not find: nobody is above it, and none of its officers may speak by a token."""
    from inspector.domain.assistance import AssistanceState
    from inspector.flows.office import behind

    held: dict[str, int] = {}
    for via, state, count in tx.assistance.counts():
        if AssistanceState(state).open and behind(tree, via) is None:
            held[via] = held.get(via, 0) + count
    for via, count in sorted(held.items()):
        what = (
            f"no agency of the tree is reached by it, and {count} open requests are with it: no superior is known, no token opens them",
            f"机关树中没有通过它联系的机关，而有 {count} 件未结请求由它发出：无法确定共同上级，对方人员的令牌也打不开",
        )
        mend = (
            f'under the section [agencies.NAME] of the agency that has moved from it: former = ["{via}"]; of one that is not there: add it',
            f'原通过它联系的机关已改用其他连接器的，请在其 [agencies.名称] 中写 former = ["{via}"]；机关不在树中的，请添加',
        )
        yield Finding.warn(f"assistance.{via}", what, mend)


def stopped(tx: Tx) -> Iterator[Finding]:
    """Work that lies in quarantine and waits for a person."""
    count = sum(count for _, state, _, count, _ in tx.work.counts(tx.machine_now()) if state == "quarantined")
    if count:
        what = (f"rows that lie in quarantine and wait for a person: {count}", f"隔离中待人工处理的工作：{count} 行")
        mend = ("see `work list`, then `work retry` or `work release`", "请看 work list，再用 work retry 或者 work release")
        yield Finding.warn("work", what, mend)


def maintenance(tx: Tx, now: datetime, zone: tzinfo) -> Iterator[Finding]:
    """Whether nothing leaves the house at present, by an operator's word."""
    from inspector.flows.maintenance import lasting

    if (held := lasting(tx, now)) is not None:
        until = plain(held.until.astimezone(zone))
        what = (
            f"nothing leaves the house until {until}, by {held.by or '-'}: {held.reason or '-'}; legal dates go on",
            f"至 {until} 暂停一切对外发送，由 {held.by or '-'} 设定：{held.reason or '-'}；法定期限照常计算",
        )
        yield Finding.warn("maintenance", what, ("maintenance end, once it is over", "完成后执行 maintenance end"))


def lanes(told: Settings, tx: Tx) -> Iterator[Finding]:
    """Connectors that are not called at present: paused by a person, or resting behind an open breaker."""
    from inspector.cli.reaching import configured
    from inspector.flows.valve import paused

    now, held = tx.machine_now(), {lane.name: lane for lane in tx.lanes.all()}
    stopped = paused(tx, held)
    for one in configured(told):
        lane = held.get(one.name)
        name = f"{one.section}.{one.name}"
        if lane is None:
            continue
        error = lane.error or "-"
        if lane.paused:
            since, why = plain(lane.paused_at), stopped[one.name]
            what = (
                f"paused since {since} by {why.by or '-'}: {why.reason or '-'}; its work waits (last error: {error})",
                f"自 {since} 起由 {why.by or '-'} 暂停：{why.reason or '-'}；工作等待中（最近的错误：{error}）",
            )
            yield Finding.warn(name, what, (f"connector resume {one.name}", f"connector resume {one.name}"))
        elif lane.barred:
            since = plain(lane.failing_since)
            what = (
                f"we are not let in since {since}: {error}; its work waits",
                f"自 {since} 起对方不允许接入：{error}；工作等待中",
            )
            renewed = "renew the credential in its file: the daemon lets itself in by it, with its next try"
            mend = (
                f"{renewed} (at once: connector resume {one.name}); what stands in the settings themselves is read anew at a restart",
                f"请更新凭证文件：守护进程下次重试时自行使用新凭证（立即重试：connector resume {one.name}）；配置文件本身的改动需重新启动",
            )
            yield Finding.warn(name, what, mend)
        elif lane.open_until > now:
            since = plain(lane.failing_since)
            what = (
                f"failing since {since}, {lane.failures} in a row; next try {plain(lane.open_until)} (last error: {error})",
                f"自 {since} 起失败，连续 {lane.failures} 次；{plain(lane.open_until)} 再试（最近的错误：{error}）",
            )
            mend = (f"connector check {one.name} says whether it can be reached", f"用 connector check {one.name} 查看能否连接")
            yield Finding.warn(name, what, mend)


def annual(office: Office) -> Iterator[Finding]:
    """Plans whose draws of this year, or late in it of the next one, wait for an annual plan. Days are those of the office."""
    from inspector.flows.planning import crowded, unplanned

    today = office.now().date()
    years = (today.year, today.year + 1) if today.month >= NEXT_YEAR_FROM else (today.year,)
    for name, plan in sorted(office.plans.items()):
        try:
            policy = office.policy(plan.agency, today)
        except Missing:
            continue  # told already: no pack is in force
        with office.store.read() as tx:
            found = [unplanned(tx, plan, policy, tx.annual.last(name, year), year) for year in years]
        for why in filter(None, found):
            what, what_zh = (words.told(why, lang) for lang in ("en", "zh-Hans"))
            year = why.facts["year"]
            mend = f"plan create {name} --year {year}", f"plan create {name} --year {year}"
            if why.code == "second_look_unruled":
                mend = "write [second_look] into the pack's next version", "请在政策包的下一版本中写明 [second_look]"
            elif why.code != "plan_not_published":
                mend = f"plan show {name} --year {year}", f"plan show {name} --year {year}"
            yield Finding.warn(f"plans.{name}", (what, what_zh), mend)
        if (short := crowded(office, name, office.now())) is not None:
            told = (words.told(short, "en"), words.told(short, "zh-Hans"))
            yield Finding.warn(f"plans.{name}", told, ("let the trigger leave that long", "请拉长计划的触发间隔"))


def catalogue(office: Office) -> Iterator[Finding]:
    """Items of packs in force that a catalogue which is kept does not hold as published, and those that rest on a repealed document."""
    from inspector.flows import catalogue as kept
    from inspector.flows import repeals
    from inspector.labels import of

    today = office.now().date()
    with office.store.read() as tx:
        lacking, resting = list(kept.lacking(office, tx, today)), list(repeals.resting(office, tx, today))
    for policy, item, told in lacking:
        what = (
            f"item {item.code} is not published in the catalogue ({of(told.standing, 'en')})",
            f"事项 {item.code} 未在目录中公布（{of(told.standing, 'zh-Hans')}）",
        )
        mend = (
            f"catalogue apply {item.code}, or take it out in a new version of the pack",
            f"catalogue apply {item.code}，或者在政策包新版本中删去",
        )
        yield Finding.warn(f"policies.{policy.label}.{item.code}", what, mend)
    for policy, item, gone in resting:
        what = (
            f"item {item.code} rests on {gone.title}, repealed on {gone.repealed_on}",
            f"事项 {item.code} 依据的{gone.title}已于 {gone.repealed_on} 废止",
        )
        mend = (
            f"write a new version of the pack, or: catalogue confirm {item.code}",
            f"请另写政策包新版本，或者：catalogue confirm {item.code}",
        )
        yield Finding.warn(f"policies.{policy.label}.{item.code}", what, mend)


def _looked_up(section: Mapping[str, object]) -> bool:
    """Whether everybody can look up what a seed source will say, so that it may be a further one."""
    return section.get("kind") in ("drand", "nist") or bool(section.get("balls") and section.get("official"))


def _draws(told: Settings, plan: str, pack: Policy | None) -> Iterator[Finding]:
    """The parties and the witness of a plan's draws."""
    if pack is None:
        return
    name, row = f"plans.{plan}", pack.draw
    where = f"pack {pack.label}, [draw] {row.row}", f"政策包 {pack.label} [draw] {row.row}"
    lacking = [party for party in row.seeds if party not in told.seeds]
    if lacking:
        parties = ", ".join(lacking)
        what = (
            f"{where[0]} names seed parties that are not set up: {parties}; each draw becomes void by their names first",
            f"{where[1]} 指定的种子提供方未配置：{parties}；抽取会因其缺席先行作废",
        )
        sections = " ".join(f"[seeds.{party}]" for party in lacking)
        yield Finding.warn(name, what, (f"add {sections}", f"请添加 {sections}"))
    spare = [party for party in row.further if _looked_up(told.seeds.get(party, {}))]
    if not spare:
        what = (
            f"{where[0]} has no further seed that is set up and everybody can look up: a draw whose part is withheld has no next",
            f"{where[1]} 没有可用的追加种子来源（须已配置且可由公众查证）：有来源拒不公布时无法进行下一次抽取",
        )
        further = ", ".join(row.further) or "-"
        mend = (
            f"name one in further and add its section, a beacon or a lottery with `official`: {further}",
            "请在 further 中指定并添加其配置（信标，或者写明 official 的彩票）",
        )
        yield Finding.warn(name, what, mend)
    if row.witness is not None and row.witness not in told.witnesses:
        what = (
            f"{where[0]} names the witness {row.witness}, which is not set up: no draw's time can be proven",
            f"{where[1]} 指定的见证方 {row.witness} 未配置：抽取时间无法证明",
        )
        yield Finding.warn(name, what, (f"add [witnesses.{row.witness}]", f"请添加 [witnesses.{row.witness}]"))


def _hasty(pack: Policy) -> Iterator[Finding]:
    """Items whose verification term leaves no room for the dates of a letter; `policy check` tells them of every pack."""
    from inspector.policybook import hasty

    mend = ("write the longer term into a new version of the pack", "请在政策包新版本中写明更长的期限")
    for one in hasty(pack):
        what, what_zh = (f"{one.row}, {one.field}: {words}" for words in one.said)
        yield Finding.warn(f"policies.{pack.label}", (what, what_zh), mend)


def _asked(told: Settings, pack: Policy) -> Iterator[Finding]:
    """The sources and agencies a pack's facts are asked of, and the credit platform its levels come from."""
    facts = [fact for item in pack.items.values() for fact in item.facts]
    results = {fact.result.source for fact in facts if fact.result}
    wanted = [
        *((f"sources.{name}", name in told.sources) for name in sorted({fact.source for fact in facts if fact.source} | results)),
        *((f"assistance.{name}", name in told.assistance) for name in sorted({fact.agency for fact in facts if fact.agency})),
    ]
    for section, there in wanted:
        if not there:
            name = section.partition(".")[2]
            what = (
                f"pack {pack.id} asks {name}; no such connector: every such question goes to the next way, at last to a person",
                f"政策包 {pack.id} 要查询 {name}，但没有此连接器：此类问题都会转下一方式，最终转人工",
            )
            yield Finding.warn(section, what, (f"add [{section}]", f"请添加 [{section}]"))
    if not told.credit:
        what = (
            f"pack {pack.id} asks a credit platform; none is set up: levels come from imports alone, and no entry is reported",
            f"政策包 {pack.id} 要查询信用平台，但未配置：等级只能导入，也不报送信用信息",
        )
        yield Finding.warn("credit", what, ("add [credit.NAME]", "请添加 [credit.名称]"))


def _in_force(book: Policybook, pack: str | None, today: date) -> Policy | None:
    try:
        return book.in_force(pack, today) if pack is not None else None
    except Missing:
        return None


def _below_has_pack(tree: Mapping[str, AgencyNode], agency: str) -> bool:
    """Whether some agency below has a pack: then a token here is for those."""
    from inspector.flows.office import line_of

    return any(agency in line_of(tree, node.id) for node in tree.values() if node.pack is not None)
