"""The Chinese words of a rendered pack: what a lawyer calls the members that the code names."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from inspector.domain.calendar import Term, Unit
from inspector.domain.case import MatterKind, Method, Outcome, SubjectKind, VerifyFrom
from inspector.domain.checkcode import CodeList
from inspector.domain.creditlaw import RepairPaper
from inspector.domain.duty import Follow, Rule
from inspector.domain.grading import GradingInput
from inspector.domain.inspection import Authority, CheckType
from inspector.domain.pause import Approver, Reason
from inspector.domain.policy import Compare, Excluded, OutcomeRow, Profile
from inspector.domain.proposal import Proposal
from inspector.domain.reapply import After
from inspector.domain.remedy import Remedy
from inspector.domain.retention import Record, Since
from inspector.domain.sampling import Window
from inspector.domain.timer import Timer
from inspector.domain.transition import Scope
from inspector.domain.wayto import ServiceWay

UNITS = {
    Unit.WORKING_DAY: "个工作日",
    Unit.DAY: "日",
    Unit.MONTH: "个月",
    Unit.YEAR: "年",
    Unit.HOUR: "小时",
    Unit.MINUTE: "分钟",
}
WAYS = {
    ServiceWay.SYSTEM: "由审批系统转达（电子送达须经同意）",
    ServiceWay.APP: "政务服务应用（电子送达须经同意）",
    ServiceWay.PHONE: "短信（电子送达须经同意）",
    ServiceWay.EMAIL: "电子邮件（电子送达须经同意）",
    ServiceWay.PAPER: "纸质（邮寄、留置等）",
    ServiceWay.IN_PERSON: "直接送达",
    ServiceWay.PUBLIC_NOTICE: "公告送达（其他方式均无法送达的）",
}
INPUTS = {
    GradingInput.KNOWLEDGE: "主观状态",
    GradingInput.CURABLE: "能否改正",
    GradingInput.CORRECTED: "期限前已否改正",
    GradingInput.HARM: "危害后果",
    GradingInput.AMOUNT: "涉及金额",
    GradingInput.THIRD_PARTIES: "有无第三人受影响",
    GradingInput.COOPERATION: "配合情况",
}
WORDS: Mapping[str, str] = {
    MatterKind.LICENCE: "行政许可",
    MatterKind.CONFIRMATION: "行政确认",
    MatterKind.BENEFIT: "行政给付",
    SubjectKind.FIRM: "企业",
    SubjectKind.PERSON: "自然人",
    Method.ONLINE_QUERY: "在线核查",
    Method.OTHER_RESULT: "采信其他机关结果",
    Method.DOCUMENT: "书面核查（当事人自证）",
    Method.ASSISTANCE: "协助核查",
    Method.ON_SITE: "现场核查",
    VerifyFrom.INTAKE: "受理",
    VerifyFrom.DECISION: "作出决定",
    RepairPaper.CORRECTED: "改正并履行义务的证明",
    RepairPaper.COMMITMENT: "公开信用承诺",
    CodeList.OUTCOME: "检查结果",
    CodeList.MODE: "检查方式",
    CodeList.FOLLOW_UP: "后续处理",
    Profile.LOW: "低",
    Profile.NORMAL: "一般",
    Profile.HIGH: "高",
    Compare.EXACT: "完全一致",
    Compare.NORMALISED: "规范化后一致",
    Compare.NOT_BEFORE: "不早于",
    Compare.NOT_AFTER: "不晚于",
    Compare.AT_LEAST: "不少于",
    Compare.WITHIN: "在有效期内",
    Compare.SET: "全部在列",
    Compare.PREDICATE: "是否属实",
    Excluded.NATSEC: "国家安全",
    Excluded.SECRET: "国家秘密",
    Excluded.PUBSEC: "公共安全",
    Excluded.FINPRU: "金融业审慎监管",
    Excluded.ECOENV: "生态环境保护",
    Excluded.HEALTH: "人身健康",
    Excluded.LIFEPROP: "生命财产安全",
    Excluded.FOREIGN: "重要涉外",
    Excluded.IRREVERSIBLE: "损害难以挽回",
    Timer.VERIFY: "核查（新设事项的起草值）",
    Timer.ONLINE: "在线数据源答复",
    Timer.ASSIST_ACK: "被请求机关受理",
    Timer.ASSIST_REPLY: "被请求机关答复",
    Timer.ASSIST_URGENT: "被请求机关答复紧急请求",
    Timer.ASSIST_PLATFORM: "被请求机关提供已在共享平台的数据",
    Timer.ASSIST_PUBLISH: "被请求机关提供须先在共享平台发布的数据",
    Timer.ASSIST_REMIND: "协助期满前提醒",
    Timer.ASSIST_LAST: "协助期满当日提醒（倒数第几个工作日）",
    Timer.ASSIST_LIAISON: "协助期满后告知被请求机关联络员",
    Timer.ASSIST_HEAD: "告知联络员后告知被请求机关负责人",
    Timer.ASSIST_ESCALATE: "协助期满后（上一步骤后）报共同上一级机关",
    Timer.ASSIST_END: "报送后结束协助请求",
    Timer.ASSIST_EXTEND: "被请求机关延期（一次，期满前说明理由）",
    Timer.ASSIST_LONGEST: "协商改期最迟至（自第一次约定的期限届满起，各次合计）",
    Timer.ASSIST_DISPUTE: "共同上级决定争议",
    Timer.ASSIST_WORD: "对方所提期限无人答复的，原期限届满后告知本机关负责人",
    Timer.ASSIST_WORD_HEAD: "告知本机关负责人后继续催办（不早于对方所提期限）",
    Timer.ACCEPT: "检查人员接受任务",
    Timer.VISIT: "完成现场核查",
    Timer.ENTRY: "现场核查期满后录入结果；逾期全组无任何记录的，接受失效",
    Timer.CREDIT: "报送信用记录",
    Timer.CREDIT_RETRACT: "撤回已报送的信用记录",
    Timer.CALLBACK: "向办件系统回传",
    Timer.REVEAL: "公布随机种子",
    Timer.SEED: "种子来源答复",
    Timer.REVIEW: "工作人员复核",
    Timer.REVIEW_REMIND: "复核期满前提醒",
    Timer.SELF_PROOF: "当事人自证",
    Timer.SELF_PROOF_REMIND: "自证期满前提醒",
    Timer.RELEASE: "现场核查期满前告知检查组对象",
    Outcome.TRUE: "属实",
    Outcome.DATA_ERROR: "数据来源有误",
    Outcome.IMMATERIAL: "差异无关紧要",
    Outcome.UNTRUE_CURABLE: "不实，可以改正",
    Outcome.UNTRUE_INCURABLE: "不实，不能改正",
    Outcome.FALSE_KNOWING: "明知虚假",
    Outcome.UNVERIFIABLE: "无法核实",
    Outcome.UNREACHABLE: "无法联系",
    Outcome.CEASED: "主体已终止或者迁出",
    Outcome.NOT_ACTIVE: "未开展活动",
    Outcome.REFUSED: "拒不配合",
    Outcome.WITHDRAWN: "撤回承诺",
    CheckType.PLANNED: "计划内随机检查",
    CheckType.JOINT: "联合检查",
    CheckType.CAMPAIGN: "本级专项检查",
    CheckType.CAMPAIGN_ABOVE: "上级部署的专项检查",
    CheckType.LEAD: "线索检查",
    CheckType.PERMIT: "许可、给付的承诺核查",
    CheckType.RECHECK: "整改复查或者应申请检查",
    CheckType.EMERGENCY: "紧急检查",
    CheckType.OFF_SITE: "在线、书面、协助核查",
    Authority.OWN: "本机关",
    Authority.UPPER: "上级机关",
    Authority.OTHER: "其他机关",
    Rule.CERTIFICATE: "未选择告知承诺制，并入日常监管",
    Rule.WITHDRAW: "撤回承诺",
    Rule.CONCLUDE: "办结",
    Rule.FINDING: "日常监管中的发现",
    Scope.OUTCOMES: "结果及其后果",
    Scope.PROCEEDINGS: "处理程序（告知、陈述申辩、公示期、修复、异议、救济）；结果、行为和程度照受理时的版本",
    Scope.SUSPENSIONS: "期限的中止",
    Scope.EXTENSIONS: "期限的延长",
    Approver.OFFICER: "经办人",
    Approver.HEAD: "机关负责人",
    Follow.RECTIFY_NOTICE: "发整改通知（自现场核查之日起）",
    Follow.RECHECK: "复查（自整改期满或者当事人申请之日起，以先到者为准）",
    Follow.CATALOGUE_FILING: "报送备案（自事项目录公布、退出之日起）",
    Follow.CATALOGUE_REMIND: "备案期满前提醒",
    Follow.GUIDANCE: "承诺的日期到来之前给予指导（倒推工作日）",
    Follow.VISIT_FILING: "未扫描执法码的检查补录备案（自检查之日起）",
    Record.ENFORCEMENT: "案卷（含证据和各项决定）",
    Record.ANSWER: "数据源和机关的答复原文",
    Record.DISCLOSURE: "向谁告知过谁的哪些信息",
    Record.SECURITY: "登录和访问日志",
    Since.CASE_ENDED: "办件终结之日",
    Since.RECORDED: "记录形成之日",
    Proposal.TERMINATE: "终止办理",
    Proposal.ORDER_RECTIFY: "责令限期整改",
    Proposal.SUSPEND: "暂停办理",
    Proposal.RECORD_CREDIT: "记入信用记录",
    Proposal.REVOKE: "撤销行政决定",
    Proposal.PENALTY: "行政处罚",
    Remedy.RECONSIDERATION: "行政复议",
    Remedy.LITIGATION: "行政诉讼",
    Proposal.TRANSFER_JUDICIAL: "移送司法机关",
    Proposal.REFER_REGISTER: "转登记机关",
}
REASONS: Mapping[Reason, str] = {
    Reason.TESTING: "检验、检测、检疫",
    Reason.EXPERT: "专家评审",
    Reason.PUBLIC_NOTICE: "公示",
    Reason.PERSON: "等待当事人在规定期限内补正、配合",
    Reason.FORCE_MAJEURE: "不可抗力",
}
"""Apart from the others: `Reason.PERSON` is the text that `SubjectKind.PERSON` is, and a table has one word for it."""
AFTERS: Mapping[After, str] = {
    After.DECEIT: "以欺骗等不正当手段取得的许可被撤销之后（不得再次申请）",
    After.FALSE_MATERIAL: "因明知虚假的材料终止办理之后（不得再次申请）",
    After.WITHDRAWN: "撤回承诺之后（不适用告知承诺制）",
    After.NOT_CHOSEN: "未选择告知承诺制之后（不适用告知承诺制）",
}
"""Apart from the others, likewise: a commitment that is withdrawn has the word of an outcome."""
WINDOWS = {Window.DRAW: "每次", Window.MONTH: "每月", Window.QUARTER: "每季度", Window.YEAR: "每年"}
FACTORS = {"volume": "数量", "data": "数据", "supervision": "日常监管", "harm": "危害"}
GRADES = {"kept": "守信", "minor": "轻微", "general": "一般", "serious": "严重"}


def graded(row: OutcomeRow) -> str:
    """The grade of the credit entry, by stage where the stages differ."""
    grades = (row.graded(concluded=False), row.graded(concluded=True))
    before, after = (GRADES.get(grade or "", grade or "不记") for grade in grades)
    return after if before == after else f"未办结的{before}，已办结的{after}"


def term(held: Term) -> str:
    """As `20个工作日`."""
    return f"{held.amount}{UNITS[held.unit]}"


def share(ratio: Fraction) -> str:
    """Exact: a percentage where one is, else the fraction itself."""
    percent = ratio * 100
    return f"{percent.numerator}%" if percent.denominator == 1 else f"{ratio.numerator}/{ratio.denominator}"
