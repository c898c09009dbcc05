"""Words for orders, parcels and addresses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from anxin.domains.commerce.data import OrderState
from anxin.entrypoints.ui.labels import Label, register

register(
    "console_order_state",
    {
        OrderState.PENDING: Label(_("待付款"), "neutral", "clock"),
        OrderState.PAID: Label(_("待发货"), "ours", "box"),
        OrderState.SHIPPED: Label(_("运送中"), "neutral", "truck"),
        OrderState.DELIVERED: Label(_("已签收"), "good", "circle-check"),
        OrderState.COMPLETED: Label(_("已完成"), "good", "circle-check"),
        OrderState.CANCELLED: Label(_("已取消"), "neutral", "circle-x"),
    },
)
register(
    "identity_channel",
    {
        "phone": Label(_("手机")),
        "email": Label(_("邮箱")),
        "chat": Label(_("网页聊天")),
        "external": Label(_("外部渠道")),
    },
)
register(
    "parcel_signer",
    {
        "buyer": Label(_("本人签收")),
        "proxy": Label(_("他人代收")),
        "locker": Label(_("快递柜或驿站")),
        "unknown": Label(_("签收人不明")),
    },
)
register(
    "line_exclusion",
    {
        "custom_made": Label(_("定作商品")),
        "fresh_perishable": Label(_("鲜活易腐")),
        "digital_unsealed": Label(_("已拆封的数字化商品")),
        "periodical": Label(_("报纸期刊")),
        "unsealing_affects_safety": Label(_("拆封影响安全或健康")),
        "value_loss_after_activation": Label(_("激活后贬值")),
        "declared_flawed": Label(_("已说明的瑕疵品")),
    },
)
