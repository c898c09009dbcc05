"""The buyer's words for our codes: plain, in his terms, in Chinese and by the catalogue English."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from anxin.domains.aftersales.data import RequestKind
from anxin.domains.aftersales.public import State
from anxin.domains.commerce.data import OrderState, Tender
from anxin.domains.policies.data import Condition, Ground, ReasonCode
from anxin.entrypoints.ui.labels import Label, register

register(
    "buyer_request_state",
    {
        State.REVIEWING: Label(_("商家审核中"), "neutral", "hourglass"),
        State.AUTHORIZED: Label(_("待您寄回"), "ours", "package-export"),
        State.IN_TRANSIT: Label(_("退货途中"), "neutral", "truck"),
        State.RECEIVED: Label(_("质检中"), "neutral", "clipboard-check"),
        State.NEGOTIATING: Label(_("待您确认"), "ours", "message-2"),
        State.SETTLING: Label(_("退款中"), "neutral", "cash"),
        State.CLOSED: Label(_("已完成"), "good", "circle-check"),
        State.DECLINED: Label(_("未通过"), "late", "circle-x"),
        State.WITHDRAWN: Label(_("已撤销"), "neutral", "arrow-back-up"),
        State.EXPIRED: Label(_("已过期"), "neutral", "clock"),
    },
)
register(
    "buyer_order_state",
    {
        OrderState.PENDING: Label(_("待付款"), "neutral", "clock"),
        OrderState.PAID: Label(_("待发货"), "neutral", "box"),
        OrderState.SHIPPED: Label(_("运送中"), "neutral", "truck"),
        OrderState.DELIVERED: Label(_("已签收"), "good", "circle-check"),
        OrderState.COMPLETED: Label(_("已完成"), "good", "circle-check"),
        OrderState.CANCELLED: Label(_("已取消"), "neutral", "circle-x"),
    },
)
register(
    "buyer_kind",
    {
        RequestKind.RETURN_REFUND: Label(_("退货退款")),
        RequestKind.REFUND_ONLY: Label(_("仅退款")),
    },
)
register(
    "buyer_tender",
    {
        Tender.WECHAT_PAY: Label(_("微信支付")),
        Tender.ALIPAY: Label(_("支付宝")),
        Tender.CARD: Label(_("银行卡")),
        Tender.PAYPAL: Label("PayPal"),
        Tender.BANK: Label(_("银行转账")),
        Tender.GIFT_CARD: Label(_("礼品卡")),
        Tender.POINTS: Label(_("积分")),
        Tender.CASH: Label(_("现金")),
        Tender.OTHER: Label(_("原支付方式")),
    },
)
# Honest about each part: what is known, and what is not known yet.
register(
    "buyer_part_state",
    {
        "reserved": Label(_("排队退回"), "neutral", "clock"),
        "sending": Label(_("正在退回"), "neutral", "loader-2"),
        "pending": Label(_("支付机构处理中"), "neutral", "hourglass"),
        "unknown": Label(_("正在与支付机构核对"), "soon", "search"),
        "succeeded": Label(_("已退回"), "good", "circle-check"),
        "failed": Label(_("没有成功，我们在处理"), "late", "alert-circle"),
        "void": Label(_("已取消"), "neutral", "circle-x"),
    },
)
register(
    "buyer_reason",
    {
        ReasonCode.NO_REASON: Label(_("不想要了")),
        ReasonCode.NOT_WANTED_BEFORE_SHIPMENT: Label(_("还没发货，不想要了")),
        ReasonCode.QUALITY_DEFECT: Label(_("质量有问题")),
        ReasonCode.DAMAGED_IN_TRANSIT: Label(_("收到时已破损")),
        ReasonCode.WRONG_ITEM: Label(_("发错了商品")),
        ReasonCode.MISSING_ITEM: Label(_("少发了商品")),
        ReasonCode.NOT_AS_DESCRIBED: Label(_("和描述不一样")),
        ReasonCode.NOT_RECEIVED: Label(_("没有收到包裹")),
        ReasonCode.OTHER: Label(_("其他原因")),
    },
)
REASON_HINTS: dict[ReasonCode, str | Promise] = {
    ReasonCode.NO_REASON: _("买错、尺码不合适、改主意了都选这个。商品完好即可。"),
    ReasonCode.QUALITY_DEFECT: _("用不了、有瑕疵、开线、过敏等。"),
    ReasonCode.DAMAGED_IN_TRANSIT: _("包装或商品在路上压坏、摔坏、漏液。"),
    ReasonCode.WRONG_ITEM: _("颜色、尺码、款式或商品本身不对。"),
    ReasonCode.MISSING_ITEM: _("包裹里缺件，缺的不用寄回。"),
    ReasonCode.NOT_AS_DESCRIBED: _("材质、功能、图片与页面介绍不符。"),
    ReasonCode.NOT_RECEIVED: _("物流一直不动，或显示签收但您没收到。"),
    ReasonCode.OTHER: _("请在下面写明情况，由客服判断。"),
}
register(
    "buyer_condition",
    {
        Condition.SEAL_BROKEN: Label(_("密封包装已拆开")),
        Condition.TAGS_REMOVED: Label(_("吊牌已摘掉")),
        Condition.LABEL_CUT: Label(_("水洗标已剪掉")),
        Condition.SOILED: Label(_("弄脏了")),
        Condition.DAMAGED: Label(_("有破损")),
        Condition.WORN: Label(_("有穿用或磨损痕迹")),
        Condition.USED: Label(_("用过了")),
        Condition.ACTIVATED: Label(_("已激活")),
        Condition.DOWNLOADED: Label(_("已下载")),
        Condition.UNAUTHORISED_REPAIR: Label(_("自行拆修过")),
        Condition.SERIAL_DAMAGED: Label(_("序列号看不清")),
        Condition.PERSONAL_DATA: Label(_("还留有个人信息")),
        Condition.ACCESSORIES_MISSING: Label(_("配件不齐")),
        "wrong_item": Label(_("不是所购商品")),
        "defect_confirmed": Label(_("确有质量问题")),
        "defect_not_found": Label(_("没有发现所述的问题")),
        "other": Label(_("其他情况")),
    },
)
register(
    "buyer_ground",
    {
        Ground.WITHIN_WITHDRAWAL_PERIOD: Label(_("在七日无理由退货期内")),
        Ground.WITHIN_DEFECT_PERIOD: Label(_("在质量问题退货期内")),
        Ground.PERIOD_NOT_STARTED: Label(_("还没签收，退货期尚未开始")),
        Ground.NOT_SHIPPED_YET: Label(_("还没发货，可以直接退款")),
        Ground.PARCEL_NOT_RECEIVED: Label(_("包裹没有送到")),
        Ground.WITHDRAWAL_PERIOD_OVER: Label(_("七日无理由退货期已过")),
        Ground.EXCHANGE_OR_REPAIR_DUE: Label(_("已过退货期，可以换货或维修，是否退货由客服判断")),
        Ground.DEFECT_PERIOD_OVER: Label(_("退货和换修期都已过，由客服判断")),
        Ground.EXCLUDED_GOODS: Label(_("这类商品不适用无理由退货")),
        Ground.EXCLUSION_NOT_CONFIRMED: Label(_("下单时没有确认不可退，可以退")),
        Ground.NOT_INTACT: Label(_("商品已不完好，不能无理由退货")),
        Ground.CONDITION_TO_JUDGE: Label(_("商品是否完好，由客服判断")),
        Ground.ALREADY_SHIPPED: Label(_("已经发货，收到后可以退货")),
        Ground.ORDER_NOT_PAID: Label(_("订单没有已支付的款项")),
        Ground.MORE_THAN_AVAILABLE: Label(_("可申请的数量不够")),
        Ground.NOTHING_ASKED: Label(_("没有选择商品")),
        Ground.UNITS_IN_DIFFERENT_STAGES: Label(_("已发货和未发货的要分开处理，由客服安排")),
        Ground.EVIDENCE_MISSING: Label(_("还缺照片")),
        Ground.REMEDY_NOT_PROMISED: Label(_("规则没有承诺这种处理方式，由客服判断")),
        Ground.REASON_NEEDS_JUDGEMENT: Label(_("这个原因需要客服判断")),
        Ground.PARCEL_TO_TRACE: Label(_("包裹已发出，先查件再退款")),
        Ground.HOLIDAYS_UNKNOWN: Label(_("放假安排未定，期限由客服核对")),
        Ground.ABOVE_AUTOMATIC_LIMIT: Label(_("金额较大，由客服审核")),
        Ground.PARTLY_DECLINED: Label(_("部分商品不符合规则")),
        Ground.NEWER_POLICY_IS_BETTER: Label(_("按对您更有利的新规则处理")),
    },
)
# What happened, as the timeline and the conversation tell it. {amount} and {number} are filled in.
EVENT_WORDS: dict[str, str | Promise] = {
    "RequestOpened": _("您提交了售后申请 {number}"),
    "RequestAuthorized": _("退货申请 {number} 已通过，请寄回商品"),
    "RefundAuthorized": _("退款申请 {number} 已通过，正在退款 {amount}"),
    "RequestDeclined": _("售后申请 {number} 没有通过"),
    "RequestAppealed": _("已请人工客服复核申请 {number}"),
    "RequestWithdrawn": _("您撤销了申请 {number}"),
    "RequestExpired": _("申请 {number} 超过寄回期限，已关闭"),
    "ParcelDispatched": _("退货已寄出（{number}）"),
    "ParcelReceived": _("仓库已收到退货（{number}）"),
    "InspectionRecorded": _("质检完成，应退 {amount}"),
    "InspectionFailed": _("质检发现问题，请您确认处理方案"),
    "OfferMade": _("商家提出了新方案：退 {amount}"),
    "OfferAgreed": _("您同意了方案，退款 {amount}"),
    "OfferRefused": _("您没有接受方案，商家会再联系您"),
    "RequestClosed": _("售后完成，已退 {amount}"),
    "RefundBounced": _("退款 {amount} 被银行退回，我们会重新退给您"),
    "PickupFailed": _("快递员没有取到件，请重新预约"),
    "RefundRequested": _("退款已发起"),
    "RefundSucceeded": _("退款成功"),
}
# The same facts on the request's own page, where its number needs no saying.
TIMELINE_WORDS: dict[str, Label] = {
    "RequestOpened": Label(_("提交了申请"), "neutral", "file"),
    "RequestAuthorized": Label(_("申请已通过，等待寄回"), "good", "circle-check"),
    "RefundAuthorized": Label(_("申请已通过，开始退款"), "good", "circle-check"),
    "RequestDeclined": Label(_("申请没有通过"), "late", "circle-x"),
    "RequestAppealed": Label(_("已转人工复核"), "neutral", "headset"),
    "RequestWithdrawn": Label(_("您撤销了申请"), "neutral", "arrow-back-up"),
    "RequestExpired": Label(_("超过寄回期限，申请关闭"), "neutral", "clock"),
    "ParcelDispatched": Label(_("退货已寄出"), "neutral", "truck"),
    "ParcelReceived": Label(_("仓库已收到退货"), "good", "building-warehouse"),
    "InspectionRecorded": Label(_("质检完成"), "good", "clipboard-check"),
    "InspectionFailed": Label(_("质检发现问题"), "soon", "clipboard-check"),
    "OfferMade": Label(_("商家提出新方案"), "neutral", "message-2"),
    "OfferAgreed": Label(_("您接受了方案"), "good", "circle-check"),
    "OfferRefused": Label(_("您没有接受方案"), "neutral", "message-2"),
    "RequestClosed": Label(_("退款完成"), "good", "cash"),
    "RefundBounced": Label(_("退款被银行退回，正在重新处理"), "late", "alert-circle"),
}
PICKUP_WORDS: dict[str, Label] = {
    "collected": Label(_("快递员已取件，全程无接触")),
    "in_transit": Label(_("包裹运送中")),
    "delivered": Label(_("包裹已送到仓库")),
    "failed": Label(_("快递员没有取到件")),
}
