"""Words for facts and for who did them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from anxin.entrypoints.ui.labels import Label, register

register(
    "event_name",
    {
        "conversations.MessageReceived": Label(_("收到客户消息")),
        "conversations.ReplySent": Label(_("回复客户")),
        "conversations.ConversationAssigned": Label(_("分配会话")),
        "conversations.ConversationClosed": Label(_("结束会话")),
        "conversations.OrderLinked": Label(_("关联订单")),
        "aftersales.RequestOpened": Label(_("提交申请")),
        "aftersales.RequestAuthorized": Label(_("同意退货"), "good"),
        "aftersales.RefundAuthorized": Label(_("同意退款"), "good"),
        "aftersales.RequestDeclined": Label(_("拒绝申请"), "late"),
        "aftersales.RequestAppealed": Label(_("买家申诉")),
        "aftersales.RequestWithdrawn": Label(_("撤回申请")),
        "aftersales.RequestExpired": Label(_("申请过期")),
        "aftersales.ParcelDispatched": Label(_("包裹寄出")),
        "aftersales.ParcelReceived": Label(_("仓库收货")),
        "aftersales.InspectionRecorded": Label(_("质检通过"), "good"),
        "aftersales.InspectionFailed": Label(_("质检不符"), "late"),
        "aftersales.OfferMade": Label(_("提出方案")),
        "aftersales.OfferAgreed": Label(_("接受方案")),
        "aftersales.OfferRefused": Label(_("拒绝方案")),
        "aftersales.GoodsDisinfected": Label(_("完成消毒")),
        "aftersales.GoodsDisposed": Label(_("处置商品")),
        "aftersales.RequestDeadlinePassed": Label(_("期限已过"), "late"),
        "aftersales.RequestClosed": Label(_("申请完成"), "good"),
        "aftersales.RefundBounced": Label(_("退款被退回"), "late"),
        "finance.RefundHeld": Label(_("退款待复核")),
        "finance.RefundRequested": Label(_("发起退款")),
        "finance.RefundSucceeded": Label(_("退款到账"), "good"),
        "finance.RefundFailed": Label(_("退款失败"), "late"),
        "finance.RefundRefused": Label(_("退款被否决"), "late"),
        "finance.RefundReversed": Label(_("退款被退回"), "late"),
        "deliveries.PickupRequested": Label(_("登记取件")),
        "deliveries.PickupBooked": Label(_("取件已确认")),
        "deliveries.ParcelCollected": Label(_("快递员已取件")),
        "deliveries.ParcelDelivered": Label(_("快递送达仓库")),
        "deliveries.PickupFailed": Label(_("取件失败"), "late"),
    },
)
register(
    "actor_kind",
    {
        "staff": Label(_("员工")),
        "buyer": Label(_("买家")),
        "program": Label(_("程序")),
        "system": Label(_("系统")),
    },
)
