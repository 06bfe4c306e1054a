"""What agencies of the tree lack: a way for letters above, powers that they are asked about, whom a firm or person may ring."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING

from inspector.cli.finding import Finding
from inspector.domain.superior import common_superior

if TYPE_CHECKING:
    from inspector.flows.office import AgencyNode
    from inspector.policybook import Policybook


def mute(tree: Mapping[str, AgencyNode]) -> Iterator[Finding]:
    """Agencies above a requester and one that it asks, where none above both has a connector: nobody above hears of a silence."""
    from inspector.flows.office import pack_of

    parents = {node.id: node.parent for node in tree.values()}
    asks = [name for name in tree if pack_of(tree, name) is not None]
    asked = [node.id for node in tree.values() if node.connector is not None]
    above = {common_superior(parents, one, other): (one, other) for one in asks for other in asked if one != other}
    for name, (one, other) in sorted((name, both) for name, both in above.items() if name):
        here, seen = name, set[str]()
        while here and here not in seen and tree[here].connector is None:
            seen.add(here)
            here = tree[here].parent or ""
        if here and here not in seen:
            continue
        what = (
            f"stands above {one} and {other}, and neither it nor any above it has a connector: it hears of no silence and no dispute",
            f"是 {one} 和 {other} 的共同上级，但它及其上级都没有连接器：逾期未答和争议都无法报告",
        )
        mend = (
            f"set connector under [agencies.{name}], by e-mail or paper if need be",
            f"请在 [agencies.{name}] 中写明 connector，也可用邮件或纸质",
        )
        yield Finding.warn(f"agencies.{name}", what, mend)


def alike(tree: Mapping[str, AgencyNode]) -> Iterator[Finding]:
    """Agencies that can be asked and bear one name: who forwards by that name is asked which."""
    asked: dict[str, list[str]] = {}
    for node in tree.values():
        if node.connector is not None:
            asked.setdefault(node.name, []).append(node.id)
    for name, ids in asked.items():
        if len(ids) > 1:
            listed = ", ".join(ids)
            what = (
                f"{listed} are all called {name}: who forwards a request to that name is asked which",
                f"{listed} 都名为“{name}”：以该名称转送的请求，将要求写明是哪一个",
            )
            mend = ("put the district into the name, if that is how it is called", "请在名称中写明所属地区")
            yield Finding.warn(f"agencies.{ids[0]}", what, mend)


def unlisted(book: Policybook, tree: Mapping[str, AgencyNode], today: date) -> Iterator[Finding]:
    """Facts of the packs that are in force or to come whose agency lists its powers and not this one: each letter about it will wait."""
    from inspector.domain.competence import doubted
    from inspector.flows.office import behind

    used = {node.pack for node in tree.values() if node.pack}
    packs = [one for one in book.packs if one.id in used and (one.effective_to is None or one.effective_to >= today)]
    for pack in packs:
        for fact in {one.code: one for item in pack.items.values() for one in item.facts if one.agency}.values():
            node = behind(tree, str(fact.agency))
            if node is None or not doubted(node.powers, fact.code):
                continue
            what = (
                f"{pack.label} asks it about {fact.code}, which its powers do not list: each such letter waits for an officer",
                f"{pack.label} 拟向其核查 {fact.code}，而其职权清单未列：此类函件均须工作人员认定后发出",
            )
            mend = (
                f"name the agency that is competent in the pack, or list the fact with its article in powers of [agencies.{node.id}]",
                f"请在政策包中写明有权办理的机关，或者在 [agencies.{node.id}] 的 powers 中列明该事实及其依据",
            )
            yield Finding.warn(f"agencies.{node.id}", what, mend)


def unrung(tree: Mapping[str, AgencyNode], agencies: Iterable[str]) -> Iterator[Finding]:
    """Of these agencies those of which neither they nor any above them says whom a firm or person may ring, or where to go."""
    from inspector.flows.office import line_of

    for name in sorted(set(agencies) & set(tree)):
        if any(tree[one].telephone or tree[one].address for one in line_of(tree, name)):
            continue
        what = (
            "its notices and checks name no telephone and no address: nobody can ask whether they are true, or how to object",
            "其告知、检查通知书没有联系电话和地址：当事人无从核实真伪、陈述申辩",
        )
        mend = (
            f'write telephone = "…" and address = "…" under [agencies.{name}] (Personal Information Protection Law art. 17)',
            f'请在 [agencies.{name}] 中写明 telephone = "…" 和 address = "…"（个人信息保护法第十七条）',
        )
        yield Finding.warn(f"agencies.{name}", what, mend)


def unconfirmed(tree: Mapping[str, AgencyNode], agencies: Iterable[str]) -> Iterator[Finding]:
    """Of these agencies those whose notices of a check tell prohibitions that nobody there has held against the document."""
    from inspector.flows.office import line_of

    for name in sorted(set(agencies) & set(tree)):
        if any(tree[one].notice_confirmed for one in line_of(tree, name)):
            continue
        what = (
            "unverified: its notices of a check tell prohibitions by press reports of 国办发〔2024〕54号, and nobody has compared them",
            "未核实：其检查通知书所列“五个严禁”依新闻报道转述（国办发〔2024〕54号第七部分），尚未与文件原文核对",
        )
        mend = (
            f'have a lawyer compare them, then write notice_confirmed = "who, when" under [agencies.{name}]',
            f'请由法制人员与原文核对，再在 [agencies.{name}] 中写明 notice_confirmed = "何人、何时"',
        )
        yield Finding.warn(f"agencies.{name}", what, mend)
