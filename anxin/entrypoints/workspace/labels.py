"""The agent's words for our codes, in Chinese and by the catalogue English."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from anxin.domains.aftersales.data import Disposition, ParcelState, RequestKind
from anxin.domains.aftersales.public import State
from anxin.domains.commerce.data import OrderState, Tender
from anxin.domains.conversations.data import ChannelKind, ConversationState, InboxView
from anxin.domains.policies.data import Condition, Ground, ReasonCode, Verdict
from anxin.entrypoints.ui.labels import Label, register

register(
    "conversation_state",
    {
        ConversationState.WAITING_US: Label(_("等我们回复"), "ours", "message"),
        ConversationState.WAITING_CUSTOMER: Label(_("等买家回复"), "neutral", "hourglass"),
        ConversationState.CLOSED: Label(_("已关闭"), "neutral", "check"),
    },
)
register(
    "inbox_view",
    {
        InboxView.MINE: Label(_("我的")),
        InboxView.UNASSIGNED: Label(_("待分配")),
        InboxView.WAITING: Label(_("等最久")),
        InboxView.OPEN: Label(_("全部")),
        InboxView.CLOSED: Label(_("已关闭")),
    },
)
register(
    "channel",
    {
        ChannelKind.CHAT: Label(_("网页聊天")),
        ChannelKind.PORTAL: Label(_("售后门户")),
        ChannelKind.MANUAL: Label(_("人工登记")),
        "wechat": Label(_("微信")),
        "taobao": Label(_("淘宝")),
        "tmall": Label(_("天猫")),
        "jd": Label(_("京东")),
        "douyin": Label(_("抖音")),
        "pdd": Label(_("拼多多")),
        "email": Label(_("邮件")),
        "phone": Label(_("电话")),
    },
)
register(
    "staff_order_state",
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
    "staff_request_state",
    {
        State.REVIEWING: Label(_("待审核"), "ours", "gavel"),
        State.AUTHORIZED: Label(_("待寄回"), "neutral", "package-export"),
        State.IN_TRANSIT: Label(_("退回途中"), "neutral", "truck"),
        State.RECEIVED: Label(_("待质检"), "neutral", "clipboard-check"),
        State.NEGOTIATING: Label(_("协商中"), "soon", "message-2"),
        State.SETTLING: Label(_("退款中"), "neutral", "cash"),
        State.CLOSED: Label(_("已完成"), "good", "circle-check"),
        State.DECLINED: Label(_("已拒绝"), "late", "circle-x"),
        State.WITHDRAWN: Label(_("买家撤销"), "neutral", "arrow-back-up"),
        State.EXPIRED: Label(_("超期未寄"), "neutral", "clock"),
    },
)
register(
    "request_kind",
    {
        RequestKind.RETURN_REFUND: Label(_("退货退款")),
        RequestKind.REFUND_ONLY: Label(_("仅退款")),
    },
)
register(
    "reason",
    {
        ReasonCode.NO_REASON: Label(_("七天无理由")),
        ReasonCode.NOT_WANTED_BEFORE_SHIPMENT: Label(_("发货前取消")),
        ReasonCode.QUALITY_DEFECT: Label(_("质量问题")),
        ReasonCode.DAMAGED_IN_TRANSIT: Label(_("运输破损")),
        ReasonCode.WRONG_ITEM: Label(_("发错商品")),
        ReasonCode.MISSING_ITEM: Label(_("少发漏发")),
        ReasonCode.NOT_AS_DESCRIBED: Label(_("与描述不符")),
        ReasonCode.NOT_RECEIVED: Label(_("没有收到货")),
        ReasonCode.OTHER: Label(_("其他原因")),
    },
)
register(
    "condition",
    {
        Condition.SEAL_BROKEN: Label(_("密封已拆")),
        Condition.TAGS_REMOVED: Label(_("吊牌已摘")),
        Condition.LABEL_CUT: Label(_("水洗标已剪")),
        Condition.SOILED: Label(_("有污渍")),
        Condition.DAMAGED: Label(_("有破损")),
        Condition.WORN: Label(_("有穿用痕迹")),
        Condition.USED: Label(_("已使用")),
        Condition.ACTIVATED: Label(_("已激活")),
        Condition.DOWNLOADED: Label(_("已下载")),
        Condition.UNAUTHORISED_REPAIR: Label(_("自行拆修过")),
        Condition.SERIAL_DAMAGED: Label(_("序列号看不清")),
        Condition.PERSONAL_DATA: Label(_("留有个人信息")),
        Condition.ACCESSORIES_MISSING: Label(_("配件不齐")),
        "wrong_item": Label(_("不是所购商品")),
        "defect_confirmed": Label(_("确有质量问题")),
        "defect_not_found": Label(_("未发现所述问题")),
        "other": Label(_("其他情况")),
    },
)
register(
    "ground",
    {
        Ground.WITHIN_WITHDRAWAL_PERIOD: Label(_("在七日无理由退货期内")),
        Ground.WITHIN_DEFECT_PERIOD: Label(_("在质量问题退货期内")),
        Ground.PERIOD_NOT_STARTED: Label(_("尚未签收，退货期还没开始")),
        Ground.NOT_SHIPPED_YET: Label(_("还没发货，可直接退款")),
        Ground.PARCEL_NOT_RECEIVED: Label(_("包裹没有送到")),
        Ground.WITHDRAWAL_PERIOD_OVER: Label(_("七日无理由退货期已过")),
        Ground.EXCHANGE_OR_REPAIR_DUE: Label(_("已过退货期，应换货或维修")),
        Ground.DEFECT_PERIOD_OVER: Label(_("退货期和换修期都已过")),
        Ground.EXCLUDED_GOODS: Label(_("这类商品不适用无理由退货")),
        Ground.EXCLUSION_NOT_CONFIRMED: Label(_("下单时未确认不可退，可以退")),
        Ground.NOT_INTACT: Label(_("商品已不完好")),
        Ground.CONDITION_TO_JUDGE: Label(_("商品是否完好需要人工判断")),
        Ground.ALREADY_SHIPPED: Label(_("已经发货")),
        Ground.ORDER_NOT_PAID: Label(_("订单没有已支付的款项")),
        Ground.MORE_THAN_AVAILABLE: Label(_("申请数量超过可退数量")),
        Ground.NOTHING_ASKED: Label(_("没有选择商品")),
        Ground.UNITS_IN_DIFFERENT_STAGES: Label(_("已发货与未发货的商品要分开处理")),
        Ground.EVIDENCE_MISSING: Label(_("缺少照片凭证")),
        Ground.REMEDY_NOT_PROMISED: Label(_("规则没有承诺这种处理方式")),
        Ground.REASON_NEEDS_JUDGEMENT: Label(_("这个原因需要人工判断")),
        Ground.PARCEL_TO_TRACE: Label(_("包裹已发出，应先查件")),
        Ground.HOLIDAYS_UNKNOWN: Label(_("放假安排未定，期限需核对")),
        Ground.ABOVE_AUTOMATIC_LIMIT: Label(_("金额超过自动通过的上限")),
        Ground.PARTLY_DECLINED: Label(_("部分商品不符合规则")),
        Ground.NEWER_POLICY_IS_BETTER: Label(_("新规则对买家更有利，按新规则")),
        "by_person": Label(_("人工拒绝")),
    },
)
register(
    "verdict",
    {
        Verdict.ALLOW: Label(_("规则允许"), "good"),
        Verdict.REVIEW: Label(_("需要人工判断"), "soon"),
        Verdict.DECLINE: Label(_("规则不允许"), "late"),
    },
)
register(
    "tender",
    {
        Tender.WECHAT_PAY: Label(_("微信支付")),
        Tender.ALIPAY: Label(_("支付宝")),
        Tender.CARD: Label(_("银行卡")),
        Tender.PAYPAL: Label(_("PayPal")),
        Tender.BANK: Label(_("银行转账")),
        Tender.GIFT_CARD: Label(_("礼品卡")),
        Tender.POINTS: Label(_("积分")),
        Tender.CASH: Label(_("现金")),
        Tender.OTHER: Label(_("其他支付方式")),
    },
)
register(
    "step",
    {
        "answer": Label(_("审核这个申请"), "ours"),
        "answer_appeal": Label(_("人工复核买家的申诉"), "ours"),
        "send_back": Label(_("买家寄回商品")),
        "collect": Label(_("快递上门取件")),
        "carry": Label(_("快递运回仓库")),
        "receive": Label(_("仓库签收退货")),
        "inspect": Label(_("仓库质检")),
        "answer_offer": Label(_("买家答复新方案")),
        "make_offer": Label(_("给买家一个新方案"), "ours"),
        "refund": Label(_("退款给买家")),
        "closed": Label(_("已完成"), "good"),
        "declined": Label(_("已拒绝"), "late"),
        "withdrawn": Label(_("买家已撤销")),
        "expired": Label(_("超期未寄回，已关闭")),
    },
)
register(
    "consequence",
    {
        "authorized_by_silence": Label(_("到期未答复将自动同意")),
        "expires": Label(_("到期未寄回将自动关闭")),
        "logistics_told": Label(_("到期将提醒物流跟进")),
        "warehouse_told": Label(_("到期将提醒仓库")),
        "staff_told": Label(_("到期将提醒客服跟进")),
        "finance_told": Label(_("到期将提醒财务")),
    },
)
register(
    "parcel_state",
    {
        ParcelState.BOOKED: Label(_("已下单"), "neutral", "package"),
        ParcelState.IN_TRANSIT: Label(_("运输中"), "neutral", "truck"),
        ParcelState.ARRIVED: Label(_("已送达仓库"), "ours", "map-pin"),
        ParcelState.RECEIVED: Label(_("已签收"), "good", "circle-check"),
        ParcelState.FAILED: Label(_("取件失败"), "late", "alert-circle"),
    },
)
register(
    "parcel_how",
    {"pickup": Label(_("上门取件")), "own": Label(_("买家自寄"))},
)
register(
    "disposition",
    {
        Disposition.RESTOCK: Label(_("重新上架")),
        Disposition.RESTOCK_LABELLED: Label(_("标注后上架")),
        Disposition.REFURBISH: Label(_("翻新")),
        Disposition.RETURN_TO_SUPPLIER: Label(_("退供应商")),
        Disposition.SCRAP: Label(_("报废")),
        Disposition.SEND_BACK: Label(_("寄还买家")),
    },
)
register(
    "disinfection",
    {
        "spray": Label(_("喷洒")),
        "wipe": Label(_("擦拭")),
        "ultraviolet": Label(_("紫外线")),
        "ozone": Label(_("臭氧")),
        "heat": Label(_("热力")),
    },
)
register(
    "refund_state",
    {
        "held": Label(_("待财务审批"), "soon", "gavel"),
        "approved": Label(_("已批准"), "neutral", "check"),
        "sending": Label(_("退款中"), "neutral", "loader-2"),
        "pending": Label(_("支付机构处理中"), "neutral", "hourglass"),
        "processing": Label(_("退款中"), "neutral", "loader-2"),
        "partly": Label(_("部分到账"), "soon"),
        "unknown": Label(_("核对中"), "soon", "search"),
        "succeeded": Label(_("退款成功"), "good", "circle-check"),
        "failed": Label(_("退款失败"), "late", "alert-circle"),
        "refused": Label(_("财务驳回"), "late", "circle-x"),
        "reserved": Label(_("排队退款"), "neutral", "clock"),
        "void": Label(_("已作废"), "neutral", "circle-x"),
    },
)
register(
    "effect",
    {
        "allows": Label("", "good"),
        "declines": Label("", "late"),
        "sends_to_review": Label("", "soon"),
        "sets_freight": Label("", "neutral", "truck"),
        "sets_deadline": Label("", "neutral", "clock"),
        "asks_evidence": Label("", "soon"),
        "clears": Label("", "good"),
    },
)
register(
    "freight_payer",
    {"buyer": Label(_("运费由买家承担")), "seller": Label(_("运费由商家承担"))},
)
register(
    "how_linked",
    {
        "number": Label(_("消息里提到了订单号")),
        "customer": Label(_("买家近期唯一的订单")),
        "by_hand": Label(_("人工关联")),
    },
)
# What happened, as threads and timelines tell it; {number} and {amount} are filled in.
EVENT_WORDS: dict[str, str | Promise] = {
    "RequestOpened": _("提交了售后申请 {number}，等待审核"),
    "RequestAuthorized": _("退货申请 {number} 已同意，等买家寄回"),
    "RefundAuthorized": _("退款申请 {number} 已同意，正在退款 {amount}"),
    "RequestDeclined": _("售后申请 {number} 已拒绝"),
    "RequestAppealed": _("买家对 {number} 申请人工复核"),
    "RequestWithdrawn": _("申请 {number} 已撤销"),
    "RequestExpired": _("申请 {number} 超期未寄回，已关闭"),
    "ParcelDispatched": _("退货已寄出 {number}"),
    "ParcelReceived": _("仓库已收到退货 {number}"),
    "InspectionRecorded": _("质检通过 {number}，应退 {amount}"),
    "InspectionFailed": _("质检发现问题 {number}，需与买家协商"),
    "OfferMade": _("已向买家提出新方案：退 {amount}"),
    "OfferAgreed": _("买家同意方案，退 {amount}"),
    "OfferRefused": _("买家没有接受方案"),
    "GoodsDisinfected": _("商品已消毒"),
    "GoodsDisposed": _("商品已处置"),
    "RequestDeadlinePassed": _("已超过期限"),
    "RequestClosed": _("售后完成 {number}，已退 {amount}"),
    "RefundBounced": _("退款 {amount} 被银行退回，正在重新处理"),
    "PickupFailed": _("快递没有取到件 {number}"),
    "RefundRequested": _("退款已发起 {amount}"),
    "RefundHeldForApproval": _("退款等待财务审批 {amount}"),
    "RefundApproved": _("财务已批准退款"),
    "RefundRefused": _("财务驳回了退款"),
    "RefundSucceeded": _("退款成功 {amount}"),
    "RefundFailed": _("退款失败"),
}
register(
    "request_group",
    {
        "open": Label(_("进行中")),
        "overdue": Label(_("已超期")),
        "ended": Label(_("已结束")),
        "all": Label(_("全部")),
    },
)
register(
    "actor_kind",
    {
        "staff": Label(_("同事")),
        "buyer": Label(_("买家")),
        "program": Label(_("程序")),
        "system": Label(_("系统")),
    },
)
register(
    "offer_kind",
    {
        "partial": Label(_("商品不寄回，退部分款")),
        "send_back": Label(_("不合格商品寄还买家")),
    },
)
register(
    "identity_kind",
    {
        "phone": Label(_("手机")),
        "email": Label(_("邮箱")),
        "chat": Label(_("访客标识")),
        "external": Label(_("外部账号")),
    },
)
