"""The tree of commands. Modules below import what is heavy inside their functions."""

from __future__ import annotations

from typing import Annotated

import typer

from inspector import __version__
from inspector.cli import (
    afterwards,
    assistance,
    attesting,
    bundles,
    cases,
    catalogue,
    check,
    clock,
    codeless,
    connectors,
    consequences,
    deputies,
    docket,
    dossiers,
    draws,
    equality,
    extending,
    findings,
    folders,
    inquiries,
    leads,
    leaving,
    ledger,
    looking,
    maintenance,
    matters,
    migrations,
    missent,
    moretime,
    moving,
    noticing,
    packs,
    plans,
    publications,
    purges,
    pushes,
    registers,
    repeals,
    replaying,
    returns,
    sealing,
    selfproof,
    serve,
    shadows,
    signins,
    simulating,
    sittings,
    supposing,
    tokens,
    transfers,
    viewings,
    visitkeys,
    withdrawals,
    work,
)
from inspector.cli.command import CODES, group
from inspector.cli.usage import Command, Group

app = typer.Typer(
    cls=Group,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
    help="Inspector verifies commitments accepted in place of certificates. With no command: the demo office.\n\n"
    "证明事项告知承诺制核查。不带命令：启动演示。",
    epilog=CODES,
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"inspector {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    _told: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Tell the version 版本")] = False,
) -> None:
    """With no command: the demo office."""
    if context.invoked_subcommand is None:
        serve.demo()


app.command("serve", cls=Command, epilog=CODES, short_help=serve.serve.__doc__)(serve.serve)
check.register(app)
migrations.register(app)
moving.register(app)
simulating.register(app)
case_group = group("case", "Cases: show, explain, list, import; their clocks and files. 办件", app)
cases.register(case_group)
dossiers.register(case_group)
clock.register(case_group)
missent.register(case_group)
withdrawals.register(case_group)
inquiries.register(case_group)
viewings.register(case_group)
dossiers.register_duty(group("duty", "An officer's duty file. 履职档案", app))
work.register(group("work", "Work rows and the quarantine. 工作与隔离", app))
policy_group = group("policy", "Policy packs. 政策包", app)
packs.register(policy_group)
replaying.register(policy_group)
supposing.register(policy_group)
assistance.register(group("assistance", "Requests to other agencies, and how they are answered. 协助核查", app))
findings.register(group("finding", "What daily supervision and other systems have found. 其他系统的发现", app))
leads.register(group("tip-off", "Tip-offs, and the lead checks opened from them. 举报线索与线索核查", app))
noticing.register(group("notice", "What the office says to subjects, and how it reached them. 告知与送达", app))
selfproof.register(group("self-proof", "What subjects are asked to show. 当事人自证", app))
docket.register(group("docket", "Decisions that are due, of every kind. 待办决定", app))
consequence_group = group("consequence", "Proposals to officers, and what becomes of each. 处理", app)
consequences.register(consequence_group)
moretime.register(consequence_group)
sittings.register(consequence_group)
transfers.register(consequence_group)
deputies.register(group("deputy", "Who decides in whose stead. 代行职责", app))
catalogue_group = group("catalogue", "The catalogue of items: apply, review, publish, file. 证明事项目录", app)
catalogue.register(catalogue_group)
repeals.register(catalogue_group)
shadows.register(group("shadow", "Running beside today's practice: what would have been done. 影子运行", app))
plans.register(group("plan", "Annual plans: create, approve, publish. 年度抽查计划", app))
draw_group = group("draw", "Draws: announce, export, verify, void. 抽取", app)
draws.register(draw_group)
bundles.register(draw_group)
afterwards.register(draw_group)
extending.register(draw_group)
folders.register(draw_group)
looking.register(draw_group)
connectors.register(group("connector", "Connectors: list, check, pause, resume, new. 连接器：查看、检查、暂停、恢复、新建", app))
maintenance.register(group("maintenance", "For a while nothing leaves the house. 维护", app))
pushes.register(group("push", "Pushes to inspectors: list, ways, test. 推送", app))
registers.register(
    group("roster", "Registers of objects and inspectors. 名录库", app),
    group("credit", "Credit levels, and records compared with platforms. 信用等级与对账", app),
)
signins.register(group("signin", "People who sign in, and their sessions. 登录", app))
tokens.register(group("token", "API tokens. 令牌", app))
visits = group(
    "visit", "Visits: filed where no code was read, and made though seats passed on. 检查：未扫码的补录备案、已进行的认定", app
)
codeless.register(visits)
attesting.register(visits)
keys = group("key", "Keys: of visit codes with the firms' page, and of personal data at rest. 密钥", app)
visitkeys.register(keys)
sealing.register(keys)
matters.register(
    group("schedule", "Schedules: next run and lag. 计划", app),
    group("attention", "Matters that wait for a person. 待人处理", app),
)
equality.register(group("equality", "Whether who committed is treated as like others are. 平等对待", app))
returns.register(group("returns", "Periodic returns to the justice bureau. 定期统计", app))
publications.register(group("publication", "Results to be published, and what is to be taken back. 结果公布", app))
ledger_group = group("ledger", "The ledger of decisions. 台账", app)
ledger.register(ledger_group)
purges.register(ledger_group)
leaving.register(group("export", "The record in open formats, by kind or the whole office. 导出", app))
