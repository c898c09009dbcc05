"""Words for the codes of money going back."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from anxin.entrypoints.ui.labels import Label, register

register(
    "refund_state",
    {
        "held": Label(_("待审批"), "ours"),
        "requested": Label(_("退款中"), "soon"),
        "succeeded": Label(_("已退款"), "good"),
        "failed": Label(_("退款失败"), "late"),
        "refused": Label(_("已拒绝"), "neutral", "ban"),
    },
)
register(
    "refund_part_state",
    {
        "reserved": Label(_("已预留，未发送"), "neutral"),
        "sending": Label(_("发送中"), "soon", "send"),
        "pending": Label(_("服务商处理中"), "soon", "hourglass"),
        "unknown": Label(_("没有回音，查询中"), "soon", "help"),
        "succeeded": Label(_("已到账"), "good"),
        "failed": Label(_("失败"), "late"),
        "void": Label(_("已取消"), "neutral", "ban"),
    },
)
register(
    "provider_state",
    {
        "pending": Label(_("处理中"), "soon", "hourglass"),
        "succeeded": Label(_("已退款"), "good"),
        "failed": Label(_("失败"), "late"),
    },
)
register(
    "provider_outcome",
    {
        "applied": Label(_("已采信"), "good"),
        "repeated": Label(_("重复通知，已忽略"), "neutral"),
        "stale": Label(_("早已知道，没有变化"), "neutral"),
        "unknown_number": Label(_("没有这个退款单号"), "late"),
        "amount_differs": Label(_("金额不符，未采信"), "late"),
        "never_sent": Label(_("从未发送过，未采信"), "late"),
        "was_void": Label(_("退款已取消，未采信"), "late"),
        "over_captured": Label(_("超过可退金额，未采信"), "late"),
        "refused": Label(_("服务商拒绝"), "late"),
        "down": Label(_("服务商不可用，什么都没发生"), "soon", "plug-connected-x"),
        "no_answer": Label(_("没有回音"), "soon", "help"),
        "not_found": Label(_("服务商没有这个单号"), "soon", "help"),
    },
)
register(
    "provider_word",
    {
        "answer": Label(_("应答")),
        "finding": Label(_("查询")),
        "callback": Label(_("回调")),
    },
)
register(
    "tender",
    {
        "wechat_pay": Label(_("微信支付")),
        "alipay": Label(_("支付宝")),
        "card": Label(_("银行卡")),
        "paypal": Label("PayPal"),
        "bank": Label(_("银行转账")),
        "gift_card": Label(_("礼品卡")),
        "points": Label(_("积分")),
        "cash": Label(_("现金")),
        "other": Label(_("其他方式")),
    },
)
register(
    "ledger_kind",
    {
        "refund_owed": Label(_("应退")),
        "refund_refused": Label(_("拒绝，不再应退")),
        "refund_paid": Label(_("已退出")),
        "refund_bounced": Label(_("退回被退票")),
    },
)
register(
    "ledger_account",
    {
        "returned_sales": Label(_("销售退回")),
        "refunds_owed": Label(_("应付退款")),
        "paid_out:wechat_pay": Label(_("付出：微信支付")),
        "paid_out:alipay": Label(_("付出：支付宝")),
        "paid_out:card": Label(_("付出：银行卡")),
        "paid_out:paypal": Label(_("付出：PayPal")),
        "paid_out:bank": Label(_("付出：银行转账")),
        "paid_out:gift_card": Label(_("付出：礼品卡")),
        "paid_out:points": Label(_("付出：积分")),
        "paid_out:cash": Label(_("付出：现金")),
        "paid_out:other": Label(_("付出：其他方式")),
    },
)
register(
    "refund_difference",
    {
        "missing_there": Label(_("我方认为已发送，服务商没有记录"), "late"),
        "missing_here": Label(_("服务商有记录，我方没有"), "late"),
        "amount": Label(_("金额不一致"), "late"),
        "state": Label(_("状态不一致"), "soon"),
        "moved_twice": Label(_("款项退出了不止一次"), "late"),
    },
)
register(
    "refund_event",
    {
        "RefundHeld": Label(_("已申请，等待第二个人批准"), "ours"),
        "RefundRequested": Label(_("可以退款，发送给服务商"), "neutral", "send"),
        "RefundSucceeded": Label(_("全部款项已退回"), "good"),
        "RefundFailed": Label(_("退款失败，需要处理"), "late"),
        "RefundRefused": Label(_("退款被拒绝"), "neutral", "ban"),
        "RefundReversed": Label(_("款项被退票，退款重新打开"), "late", "arrow-back-up"),
    },
)
