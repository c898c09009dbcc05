"""Words for duties and permissions."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from anxin.domains.merchants.data import Duty, Permission
from anxin.entrypoints.ui.labels import Label, register

register(
    "duty",
    {
        Duty.AGENT: Label(_("客服专员"), "neutral", "headset"),
        Duty.SUPERVISOR: Label(_("客服主管"), "neutral", "star"),
        Duty.WAREHOUSE: Label(_("仓库"), "neutral", "building-warehouse"),
        Duty.LOGISTICS: Label(_("物流"), "neutral", "truck"),
        Duty.FINANCE: Label(_("财务"), "neutral", "cash"),
        Duty.OPERATIONS: Label(_("运营"), "neutral", "chart-line"),
        Duty.ADMINISTRATOR: Label(_("管理员"), "ours", "shield-check"),
    },
)
register(
    "duty_about",
    {
        Duty.AGENT: Label(_("回复客户，提交和处理售后申请")),
        Duty.SUPERVISOR: Label(_("客服的全部工作，另可批准退款、查看事件和审计")),
        Duty.WAREHOUSE: Label(_("在仓库收货、质检、消毒、入库")),
        Duty.LOGISTICS: Label(_("安排和跟踪取件")),
        Duty.FINANCE: Label(_("批准、重试和核对退款")),
        Duty.OPERATIONS: Label(_("导入数据，管理售后政策，看数据")),
        Duty.ADMINISTRATOR: Label(_("全部权限，包括管理员工、店铺和密钥")),
    },
)
register(
    "permission",
    {
        Permission.CONVERSATIONS_READ: Label(_("查看会话")),
        Permission.CONVERSATIONS_REPLY: Label(_("给客户回复")),
        Permission.CUSTOMERS_READ: Label(_("查看客户（联系方式已打码）")),
        Permission.CUSTOMERS_REVEAL: Label(_("显示完整联系方式（会被记录）")),
        Permission.ORDERS_READ: Label(_("查看订单和商品")),
        Permission.ORDERS_IMPORT: Label(_("导入订单、商品和物流")),
        Permission.REQUESTS_READ: Label(_("查看售后申请")),
        Permission.REQUESTS_OPEN: Label(_("替客户提交申请")),
        Permission.REQUESTS_DECIDE: Label(_("同意或拒绝申请")),
        Permission.STATION_USE: Label(_("收货、质检和处置")),
        Permission.DELIVERIES_MANAGE: Label(_("安排取件")),
        Permission.REFUNDS_READ: Label(_("查看退款和账本")),
        Permission.REFUNDS_APPROVE: Label(_("批准退款（限额以内）")),
        Permission.REFUNDS_OPERATE: Label(_("重试和核对退款")),
        Permission.METRICS_READ: Label(_("查看数据和大屏")),
        Permission.EVENTS_READ: Label(_("查看事件")),
        Permission.MESSAGES_WRITE: Label(_("送入外部渠道的消息")),
        Permission.POLICIES_MANAGE: Label(_("管理售后政策")),
        Permission.AUDIT_READ: Label(_("查看审计")),
        Permission.STAFF_MANAGE: Label(_("管理员工、店铺和密钥")),
        Permission.SANDBOX_USE: Label(_("使用沙箱")),
    },
)

# In the order in which a request runs through the house; each permission stands in one group.
PERMISSION_GROUPS: tuple[tuple[str | Promise, tuple[Permission, ...]], ...] = (
    (
        _("客户与会话"),
        (
            Permission.CONVERSATIONS_READ,
            Permission.CONVERSATIONS_REPLY,
            Permission.MESSAGES_WRITE,
            Permission.CUSTOMERS_READ,
            Permission.CUSTOMERS_REVEAL,
        ),
    ),
    (_("订单与商品"), (Permission.ORDERS_READ, Permission.ORDERS_IMPORT)),
    (
        _("售后申请"),
        (Permission.REQUESTS_READ, Permission.REQUESTS_OPEN, Permission.REQUESTS_DECIDE),
    ),
    (_("仓库与物流"), (Permission.STATION_USE, Permission.DELIVERIES_MANAGE)),
    (
        _("资金"),
        (Permission.REFUNDS_READ, Permission.REFUNDS_APPROVE, Permission.REFUNDS_OPERATE),
    ),
    (
        _("管理"),
        (
            Permission.METRICS_READ,
            Permission.EVENTS_READ,
            Permission.AUDIT_READ,
            Permission.POLICIES_MANAGE,
            Permission.STAFF_MANAGE,
            Permission.SANDBOX_USE,
        ),
    ),
)
