"""The people and firms of the demo. All invented: the firms lie in region 999999, the persons in 990000, which do not exist."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from inspector.domain.case import SubjectKind
from inspector.domain.identity import citizen_check_digit, uscc_check_digit
from inspector.domain.roster import InspectorRecord, RosterObject

AGENCY = "approval"
"""The agency of the demo that decides, whose draws and registers they are."""

FIRMS = 60
PERSONS = 40
INSPECTORS = 8

_PLACES = ("云溪", "石桥", "柳河", "青禾", "南塘", "东坡")
_TRADES = ("劳务派遣", "人力资源", "餐饮管理", "建材贸易", "家政服务", "文化传播", "机械加工", "物流运输", "信息技术", "园林绿化")
_SURNAMES = ("甲", "乙", "丙", "丁", "戊", "己", "庚", "辛")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """One subject of the demo."""

    kind: SubjectKind
    code: str
    name: str


def firm(number: int) -> Cast:
    """The n-th invented firm, its code with a valid check digit (GB 32100)."""
    first = f"91999999MADEM{number:04}"
    place, trade = _PLACES[number % len(_PLACES)], _TRADES[number // len(_PLACES) % len(_TRADES)]
    return Cast(kind=SubjectKind.FIRM, code=first + uscc_check_digit(first), name=f"示例{place}{trade}有限公司（虚构{number}号）")


def person(number: int) -> Cast:
    """The n-th invented person, the number with a valid check digit (GB 11643)."""
    born = date(1960, 1, 1) + timedelta(days=number * 331 % 14_000)
    first = f"990000{born:%Y%m%d}{number % 1000:03}"
    return Cast(kind=SubjectKind.PERSON, code=first + citizen_check_digit(first), name=f"示例公民{number}（虚构）")


def objects(agency: str = AGENCY) -> tuple[RosterObject, ...]:
    """The register of objects under daily supervision (检查对象名录库)."""
    return tuple(
        RosterObject(agency=agency, kind=held.kind, code=held.code, original=held.code, name=held.name, pool=agency)
        for held in map(firm, range(1, FIRMS + 1))
    )


def inspectors(agency: str = AGENCY) -> tuple[InspectorRecord, ...]:
    """The register of officers (执法检查人员名录库): all certified, each with a phone that the world's receiver stands for."""
    return tuple(
        InspectorRecord(
            agency=agency,
            id=f"Z{number:03}",
            name=f"示例检查员{_SURNAMES[number - 1]}",
            pools=(agency,),
            certificate=f"DEMO-{number:04}",
            certificate_until=date(2099, 12, 31),
            channel="phones",
            address=f"phone-{number}",
        )
        for number in range(1, INSPECTORS + 1)
    )
