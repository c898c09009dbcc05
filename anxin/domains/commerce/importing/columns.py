"""The columns a file may have: our name, Chinese and English names, what is in them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from anxin.domains.commerce.data import ImportKind


class Kind(StrEnum):
    """What is in a column."""

    TEXT = "text"
    MONEY = "money"
    QUANTITY = "quantity"
    MOMENT = "time"
    YES_NO = "yes/no"
    CURRENCY = "currency"
    REGION = "country"
    CHOICE = "code"
    PAYMENTS = "payments"
    OPTIONS = "options"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: ``others`` are further names it may have; ``limit`` is the longest text."""

    name: str
    chinese: str
    kind: Kind = Kind.TEXT
    others: tuple[str, ...] = ()
    is_required: bool = False
    limit: int = 60
    words: Mapping[str, str] | None = None


_STATES = {
    "pending": "pending", "unpaid": "pending", "待付款": "pending", "未付款": "pending",
    "paid": "paid", "processed": "paid", "processing": "paid", "已付款": "paid", "待发货": "paid",
    "买家已付款": "paid", "shipped": "shipped", "已发货": "shipped", "卖家已发货": "shipped",
    "待收货": "shipped", "delivered": "delivered", "已签收": "delivered", "已收货": "delivered",
    "已送达": "delivered", "completed": "completed", "已完成": "completed", "交易成功": "completed",
    "cancelled": "cancelled", "canceled": "cancelled", "已取消": "cancelled",
    "交易关闭": "cancelled", "已关闭": "cancelled",
}  # fmt: skip
TENDERS = {
    "wechat_pay": "wechat_pay", "wechat": "wechat_pay", "微信": "wechat_pay",
    "微信支付": "wechat_pay", "alipay": "alipay", "支付宝": "alipay", "card": "card",
    "credit_card": "card", "debit_card": "card", "信用卡": "card", "银行卡": "card",
    "paypal": "paypal", "bank": "bank", "银行转账": "bank", "gift_card": "gift_card",
    "礼品卡": "gift_card", "储值卡": "gift_card", "points": "points", "积分": "points",
    "cash": "cash", "现金": "cash", "货到付款": "cash", "other": "other", "其他": "other",
}  # fmt: skip
# Codes of policies.data.ExclusionKind: why goods are outside the return without a reason.
_EXCLUSIONS = {
    "none": "", "无": "", "custom_made": "custom_made", "定作": "custom_made",
    "定制": "custom_made", "fresh_perishable": "fresh_perishable", "鲜活易腐": "fresh_perishable",
    "digital_unsealed": "digital_unsealed", "数字化商品": "digital_unsealed",
    "periodical": "periodical", "报纸期刊": "periodical",
    "unsealing_affects_safety": "unsealing_affects_safety",
    "拆封影响安全": "unsealing_affects_safety",
    "value_loss_after_activation": "value_loss_after_activation",
    "激活后贬值": "value_loss_after_activation", "declared_flawed": "declared_flawed",
    "瑕疵品": "declared_flawed",
}  # fmt: skip
# Codes of policies.data.SignedBy.
_SIGNERS = {
    "buyer": "buyer", "customer": "buyer", "本人": "buyer", "proxy": "proxy", "代收": "proxy",
    "门卫": "proxy", "locker": "locker", "快递柜": "locker", "驿站": "locker",
    "unknown": "unknown", "未知": "unknown",
}  # fmt: skip

_C, _K = Column, Kind
ORDERS: tuple[Column, ...] = (
    _C("order_no", "订单号", others=("订单编号", "主订单编号", "order_id", "order_number"),
       is_required=True),
    _C("store", "店铺", others=("店铺编号", "shop", "store_slug"), limit=40),
    _C("placed_at", "下单时间", _K.MOMENT, ("订单创建时间", "创建时间", "order_time", "created_at",
       "order_date"), is_required=True),
    _C("paid_at", "付款时间", _K.MOMENT, ("支付时间", "订单付款时间", "payment_time")),
    _C("state", "订单状态", _K.CHOICE, ("状态", "status", "order_status"), words=_STATES),
    _C("channel", "来源渠道", others=("渠道", "平台", "source", "platform"), limit=30),
    _C("region", "国家", _K.REGION, ("国家或地区", "country", "country_code")),
    _C("currency", "币种", _K.CURRENCY, ("货币",)),
    _C("discount", "订单优惠", _K.MONEY, ("优惠金额", "优惠", "整单优惠", "order_discount")),
    _C("freight", "运费", _K.MONEY, ("邮费", "买家应付邮费", "shipping", "shipping_fee")),
    _C("tax", "税费", _K.MONEY, ("税额", "order_tax")),
    _C("paid", "实付金额", _K.MONEY, ("实付", "买家实付金额", "实收金额", "paid_amount", "total")),
    _C("payments", "支付明细", _K.PAYMENTS, ("付款明细", "tenders")),
    _C("tender", "支付方式", _K.CHOICE, ("付款方式", "payment_method"), words=TENDERS),
    _C("payment_ref", "支付流水号", others=("支付单号", "交易号", "payment_reference",
       "transaction_id"), limit=120),
    _C("customer_ref", "客户编号", others=("会员编号", "买家编号", "customer_id", "external_id"),
       limit=100),
    _C("customer_name", "客户姓名", others=("买家姓名", "买家会员名", "买家昵称", "buyer_name"),
       limit=120),
    _C("customer_phone", "客户手机", others=("买家手机", "买家电话", "customer_mobile"), limit=30),
    _C("customer_email", "客户邮箱", others=("买家邮箱", "email", "e-mail"), limit=200),
    _C("receiver_name", "收货人", others=("收货人姓名", "收件人", "ship_to_name"), limit=80),
    _C("receiver_phone", "收货电话", others=("收货人手机", "联系手机", "联系电话", "收件人电话",
       "ship_to_phone"), limit=30),
    _C("receiver_address", "收货地址", others=("收件地址", "详细地址", "ship_to_address"),
       limit=300),
    _C("sku", "商品编码", others=("sku编码", "商家编码", "货号", "item_id", "item_sku"),
       is_required=True),
    _C("name", "商品名称", others=("商品标题", "宝贝标题", "标题", "item_name", "product_name"),
       limit=200),
    _C("category", "类目", others=("商品类目", "分类", "product_category")),
    _C("quantity", "数量", _K.QUANTITY, ("购买数量", "商品数量", "宝贝总数量", "qty"),
       is_required=True),
    _C("unit_price", "单价", _K.MONEY, ("商品单价", "商品价格", "price", "item_price"),
       is_required=True),
    _C("line_discount", "商品优惠", _K.MONEY, ("行优惠", "单品优惠", "item_discount")),
    _C("line_tax", "商品税额", _K.MONEY, ("行税额", "item_tax")),
    _C("exclusion", "不适用无理由", _K.CHOICE, ("不支持七天无理由原因", "exclusion_reason"),
       words=_EXCLUSIONS),
    _C("exclusion_confirmed", "不适用已确认", _K.YES_NO, ("买家已确认不适用",
       "exclusion_accepted")),
    _C("is_gift", "赠品", _K.YES_NO, ("是否赠品", "gift")),
)  # fmt: skip
PRODUCTS: tuple[Column, ...] = (
    _C("sku", "商品编码", others=("sku编码", "商家编码", "货号", "item_id"), is_required=True),
    _C("name", "商品名称", others=("商品标题", "标题", "title", "product_name"), is_required=True,
       limit=200),
    _C("product_code", "款号", others=("商品款号", "spu", "product_id", "product_no")),
    _C("options", "规格", _K.OPTIONS, ("商品规格", "销售属性", "variant", "attributes"),
       limit=500),
    _C("category", "类目", others=("商品类目", "分类", "product_category")),
    _C("price", "价格", _K.MONEY, ("售价", "单价", "unit_price")),
    _C("currency", "币种", _K.CURRENCY, ("货币",)),
    _C("exclusion", "不适用无理由", _K.CHOICE, ("不支持七天无理由原因", "exclusion_reason"),
       words=_EXCLUSIONS),
    _C("is_available", "在售", _K.YES_NO, ("是否在售", "上架", "available")),
    _C("image_url", "图片", others=("图片地址", "主图", "image"), limit=300),
    _C("supplier_code", "供应商编号", others=("供应商编码", "vendor_code"), limit=40),
    _C("supplier_name", "供应商", others=("供应商名称", "vendor"), limit=120),
)  # fmt: skip
SHIPMENTS: tuple[Column, ...] = (
    _C("order_no", "订单号", others=("订单编号", "主订单编号", "order_id", "order_number"),
       is_required=True),
    _C("tracking_no", "运单号", others=("物流单号", "快递单号", "tracking_number", "tracking_id"),
       is_required=True),
    _C("carrier", "物流公司", others=("快递公司", "承运商", "logistics_company"), limit=40),
    _C("shipped_at", "发货时间", _K.MOMENT, ("ship_time",)),
    _C("delivered_at", "送达时间", _K.MOMENT, ("派送时间", "delivery_time")),
    _C("signed_at", "签收时间", _K.MOMENT, ("sign_time",)),
    _C("signed_by", "签收人", _K.CHOICE, ("签收方式", "signed_for_by"), words=_SIGNERS),
    _C("sku", "商品编码", others=("sku编码", "商家编码", "货号", "item_id")),
    _C("quantity", "数量", _K.QUANTITY, ("发货数量", "qty")),
    _C("event_at", "轨迹时间", _K.MOMENT, ("event_time",)),
    _C("event_code", "轨迹代码", others=("轨迹状态", "event"), limit=30),
    _C("event_text", "轨迹说明", others=("轨迹描述", "event_description"), limit=300),
    _C("event_place", "轨迹地点", others=("所在地", "event_location"), limit=100),
    _C("store", "店铺", others=("店铺编号", "shop", "store_slug"), limit=40),
)  # fmt: skip
COLUMNS: dict[ImportKind, tuple[Column, ...]] = {
    ImportKind.ORDERS: ORDERS,
    ImportKind.PRODUCTS: PRODUCTS,
    ImportKind.SHIPMENTS: SHIPMENTS,
}

# What each row says for itself; the other columns are about the whole order or parcel and need
# to stand in one of its rows only.
OWN_OF_ROW: dict[ImportKind, frozenset[str]] = {
    ImportKind.ORDERS: frozenset(
        {"sku", "name", "category", "quantity", "unit_price", "line_discount", "line_tax",
         "exclusion", "exclusion_confirmed", "is_gift"}
    ),
    ImportKind.PRODUCTS: frozenset(),
    ImportKind.SHIPMENTS: frozenset(
        {"sku", "quantity", "event_at", "event_code", "event_text", "event_place"}
    ),
}  # fmt: skip
# What tells which order, product or parcel a row belongs to.
KEY_OF_ROW: dict[ImportKind, tuple[str, ...]] = {
    ImportKind.ORDERS: ("order_no",),
    ImportKind.PRODUCTS: ("sku",),
    ImportKind.SHIPMENTS: ("order_no", "tracking_no"),
}


@dataclass(frozen=True, slots=True)
class Header:
    """How a file's first row was understood: which column lies where, and what is left out."""

    places: dict[str, int]
    titles: dict[str, str]
    ignored: tuple[str, ...]
    missing: tuple[Column, ...]
    twice: tuple[str, ...]


def understand(
    kind: ImportKind, titles: Sequence[str], mapping: Mapping[str, str] | None = None
) -> Header:
    """Return which of our columns lies where. ``mapping`` gives our name for a file's title."""
    by_word = {
        word: column.name
        for column in COLUMNS[kind]
        for word in map(_word, (column.name, column.chinese, *column.others))
    }
    by_word.update({_word(title): name for title, name in (mapping or {}).items()})
    places: dict[str, int] = {}
    ignored, twice = [], []
    for index, title in enumerate(titles):
        name = by_word.get(_word(title))
        if name is None:
            ignored += [title] if title else []
        elif name in places:
            twice.append(title)
        else:
            places[name] = index
    missing = tuple(one for one in COLUMNS[kind] if one.is_required and one.name not in places)
    found = {name: titles[index] for name, index in places.items()}
    return Header(places, found, tuple(ignored), missing, tuple(twice))


def _word(title: str) -> str:
    plain = unicodedata.normalize("NFKC", title).strip().strip("*\ufeff").lower()
    plain = re.sub(r"\([^)]*\)$", "", plain)  # 运费(元) is 运费
    return re.sub(r"[\s\-_]+", "_", plain.strip())


def columns_of(kind: ImportKind) -> tuple[Column, ...]:
    """Return the columns a file of this kind may have, in the order of its template."""
    return COLUMNS[kind]


_EXAMPLES: dict[ImportKind, tuple[dict[str, str], ...]] = {
    ImportKind.ORDERS: (
        {"order_no": "T20261111001", "placed_at": "2026-11-11 10:03:22",
         "paid_at": "2026-11-11 10:03:40", "state": "paid", "currency": "CNY", "discount": "20.00",
         "freight": "8.00", "paid": "186.00",
         "payments": "wechat_pay:181.00:4200002026;points:5.00",
         "customer_ref": "VIP0001", "customer_name": "张小美", "customer_phone": "13812348000",
         "receiver_name": "张小美", "receiver_phone": "13812348000",
         "receiver_address": "浙江省杭州市西湖区文一路 1 号", "sku": "MUG-01-BLUE",
         "name": "陶瓷马克杯 蓝色", "category": "家居", "quantity": "2", "unit_price": "49.00"},
        {"order_no": "T20261111001", "sku": "TEA-02", "name": "龙井绿茶 100 克",
         "category": "食品", "quantity": "1", "unit_price": "100.00"},
    ),
    ImportKind.PRODUCTS: (
        {"sku": "MUG-01-BLUE", "name": "陶瓷马克杯 蓝色", "product_code": "MUG-01",
         "options": "颜色:蓝;容量:350ml", "category": "家居", "price": "49.00", "currency": "CNY",
         "is_available": "是", "supplier_code": "S001", "supplier_name": "景德镇瓷业"},
    ),
    ImportKind.SHIPMENTS: (
        {"order_no": "T20261111001", "tracking_no": "SF1234567890", "carrier": "sf",
         "shipped_at": "2026-11-12 09:00", "delivered_at": "2026-11-14 15:20",
         "signed_at": "2026-11-14 15:20", "signed_by": "buyer", "sku": "MUG-01-BLUE",
         "quantity": "2", "event_at": "2026-11-14 15:20", "event_code": "signed",
         "event_text": "本人签收", "event_place": "杭州"},
    ),
}  # fmt: skip


def template_of(kind: ImportKind, *, in_chinese: bool) -> list[list[str]]:
    """Return a small file that imports: the titles and a row or two."""
    columns = COLUMNS[kind]
    titles = [one.chinese if in_chinese else one.name for one in columns]
    rows = [[row.get(one.name, "") for one in columns] for row in _EXAMPLES[kind]]
    return [titles, *rows]
