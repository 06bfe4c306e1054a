"""What a clerk reads who leaves out the reasons, word for word."""

REASONS_ZH = "须书面说明理由（不能协助、转送其他机关、另定日期、延期或者提出异议的，都须说明）"
REASONS_EN = "Reasons are needed in writing, for no help, another agency, another day, more time or a dispute alike"
