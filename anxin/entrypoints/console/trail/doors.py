"""The front of the console: everything there is in it, in groups, for whoever may enter."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.domains.merchants.data import Permission
from anxin.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class Door:
    """A part of the console and what it is for."""

    name: str
    text: str
    icon: str
    url: str


def build_home(by: Actor) -> list[tuple[str, list[Door]]]:
    """Return the parts of the console this person may enter, in groups."""
    found = [
        (
            title,
            [
                Door(name, text, icon, reverse(f"console:{address}"))
                for permission, address, icon, name, text in doors
                if by.may(permission)
            ],
        )
        for title, doors in _doors()
    ]
    return [(title, doors) for title, doors in found if doors]


def _doors() -> list[tuple[str, list[tuple[Permission, str, str, str, str]]]]:
    may = Permission
    return [
        (
            _("订单与客户"),
            [
                (
                    may.ORDERS_READ,
                    "orders",
                    "shopping-cart",
                    _("订单查询"),
                    _("查找订单、收货与物流"),
                ),
                (may.ORDERS_READ, "products", "tag", _("商品"), _("商品、价格与供应商")),
                (may.CUSTOMERS_READ, "customers", "users", _("客户"), _("客户资料与联系方式")),
                (
                    may.ORDERS_IMPORT,
                    "imports",
                    "file-import",
                    _("导入"),
                    _("从表格导入订单、商品和物流"),
                ),
            ],
        ),
        (
            _("资金"),
            [
                (
                    may.REFUNDS_READ,
                    "refunds",
                    "receipt-refund",
                    _("退款处理"),
                    _("复核、重试与核对退款"),
                ),
                (may.REFUNDS_READ, "ledger", "book", _("账本"), _("每笔资金变动的复式记账")),
                (
                    may.REFUNDS_READ,
                    "reconciliation",
                    "scale",
                    _("对账"),
                    _("结果不明或与服务商不一致的退款"),
                ),
            ],
        ),
        (
            _("记录"),
            [
                (may.EVENTS_READ, "events", "activity", _("事件"), _("系统里发生过的每一件事")),
                (may.AUDIT_READ, "audit", "history", _("审计"), _("谁改了什么、看了谁的资料")),
                (
                    may.EVENTS_READ,
                    "dead-letters",
                    "alert-triangle",
                    _("失败的任务"),
                    _("没有送达的后台任务，可以重新发送"),
                ),
            ],
        ),
        (
            _("规则与设置"),
            [
                (
                    may.POLICIES_MANAGE,
                    "policies",
                    "gavel",
                    _("售后政策"),
                    _("现在怎么规定、以前怎么规定"),
                ),
                (
                    may.STAFF_MANAGE,
                    "settings-staff",
                    "user",
                    _("员工"),
                    _("添加员工，调整职责、团队和额度"),
                ),
                (
                    may.STAFF_MANAGE,
                    "settings-stores",
                    "building-store",
                    _("店铺设置"),
                    _("退货地址、聊天窗口与退款复核"),
                ),
                (
                    may.STAFF_MANAGE,
                    "settings-keys",
                    "key",
                    _("API 密钥"),
                    _("别的系统用什么、能做什么"),
                ),
            ],
        ),
        (
            _("沙箱"),
            [
                (
                    may.SANDBOX_USE,
                    "sandbox-refunds",
                    "credit-card",
                    _("退款服务商"),
                    _("让它变慢、失败或丢失应答"),
                ),
                (
                    may.SANDBOX_USE,
                    "sandbox-carrier",
                    "truck",
                    _("快递公司"),
                    _("推动包裹，或让取件失败"),
                ),
                (
                    may.SANDBOX_USE,
                    "sandbox-codes",
                    "device-mobile",
                    _("登录验证码"),
                    _("发给买家的登录验证码"),
                ),
            ],
        ),
    ]
