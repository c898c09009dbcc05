"""The warehouse's words: short, for a page read at arm's length."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from anxin.domains.aftersales.data import DisinfectionMethod, Disposition
from anxin.domains.aftersales.public import State
from anxin.domains.policies.data import Condition, ReasonCode
from anxin.entrypoints.ui.labels import Label, register

register(
    "station_state",
    {
        State.REVIEWING: Label(_("审核中"), "neutral", "hourglass"),
        State.AUTHORIZED: Label(_("等买家寄回"), "neutral", "clock"),
        State.IN_TRANSIT: Label(_("在路上"), "neutral", "truck"),
        State.RECEIVED: Label(_("待验货"), "ours", "clipboard-check"),
        State.NEGOTIATING: Label(_("等买家答复"), "soon", "message-2"),
        State.SETTLING: Label(_("等待退款"), "good", "cash"),
        State.CLOSED: Label(_("已完成"), "good", "circle-check"),
        State.DECLINED: Label(_("已拒绝申请"), "late", "circle-x"),
        State.WITHDRAWN: Label(_("买家已撤销"), "late", "arrow-back-up"),
        State.EXPIRED: Label(_("已过期"), "late", "clock"),
    },
)
register(
    "station_reason",
    {
        ReasonCode.NO_REASON: Label(_("七天无理由")),
        ReasonCode.NOT_WANTED_BEFORE_SHIPMENT: Label(_("未发货退款")),
        ReasonCode.QUALITY_DEFECT: Label(_("质量问题")),
        ReasonCode.DAMAGED_IN_TRANSIT: Label(_("运输破损")),
        ReasonCode.WRONG_ITEM: Label(_("发错商品")),
        ReasonCode.MISSING_ITEM: Label(_("少发漏发")),
        ReasonCode.NOT_AS_DESCRIBED: Label(_("与描述不符")),
        ReasonCode.NOT_RECEIVED: Label(_("未收到货")),
        ReasonCode.OTHER: Label(_("其他原因")),
    },
)
register(
    "station_point",
    {
        Condition.SEAL_BROKEN: Label(_("密封包装已拆")),
        Condition.TAGS_REMOVED: Label(_("吊牌已摘")),
        Condition.LABEL_CUT: Label(_("水洗标被剪")),
        Condition.SOILED: Label(_("有污渍")),
        Condition.DAMAGED: Label(_("有破损")),
        Condition.WORN: Label(_("有磨损")),
        Condition.USED: Label(_("已使用")),
        Condition.ACTIVATED: Label(_("已激活")),
        Condition.UNAUTHORISED_REPAIR: Label(_("私自拆修")),
        Condition.SERIAL_DAMAGED: Label(_("序列号破损")),
        Condition.PERSONAL_DATA: Label(_("留有个人信息")),
        Condition.ACCESSORIES_MISSING: Label(_("配件不齐")),
        "wrong_item": Label(_("不是本商品")),
        "defect_confirmed": Label(_("确认有质量问题")),
        "defect_not_found": Label(_("未发现所述问题")),
        "other": Label(_("其他")),
    },
)
register(
    "station_standard",
    {
        "food_cosmetic_medical": Label(_("食品、化妆品、医疗用品")),
        "electronics": Label(_("电子电器")),
        "apparel_home": Label(_("服饰、鞋包、玩具、家居")),
        "general": Label(_("一般商品")),
    },
)
register(
    "station_method",
    {
        DisinfectionMethod.SPRAY: Label(_("喷洒")),
        DisinfectionMethod.WIPE: Label(_("擦拭")),
        DisinfectionMethod.ULTRAVIOLET: Label(_("紫外线")),
        DisinfectionMethod.OZONE: Label(_("臭氧")),
        DisinfectionMethod.HEAT: Label(_("高温")),
    },
)
register(
    "station_disposition",
    {
        Disposition.RESTOCK: Label(_("重新上架"), "good", "box"),
        Disposition.RESTOCK_LABELLED: Label(_("标注成色后上架"), "good", "box"),
        Disposition.REFURBISH: Label(_("翻新"), "neutral", "tool"),
        Disposition.RETURN_TO_SUPPLIER: Label(_("退供应商"), "neutral", "truck"),
        Disposition.SCRAP: Label(_("报废"), "late", "trash"),
        Disposition.SEND_BACK: Label(_("寄回买家"), "soon", "package-export"),
    },
)
