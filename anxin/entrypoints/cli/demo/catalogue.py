"""What the sample merchant sells: invented goods of invented suppliers, the same every time."""

# messages: data (what people of the sample write)
from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Article:
    """One SKU of the sample shop. ``price_minor`` in fen; ``store`` is a store's slug."""

    sku: str
    product_code: str
    name: str
    options: dict[str, str]
    category: str
    supplier_code: str
    price_minor: int
    exclusion: str
    store: str


@dataclass(frozen=True, slots=True)
class _Line:
    code: str
    name: str
    category: str
    supplier: str
    low: int
    high: int
    sizes: tuple[str, ...]
    colours: tuple[str, ...]
    store: str = "anxin"
    exclusion: str = ""


SUPPLIERS = {
    "S01": "杭州晴川服饰有限公司",
    "S02": "广州步履鞋业有限公司",
    "S03": "深圳声澜电子有限公司",
    "S04": "宁波炊烟电器有限公司",
    "S05": "苏州木棉家纺有限公司",
    "S06": "上海素颜生物科技有限公司",
    "S07": "成都山野食品有限公司",
    "S08": "佛山栖木家具有限公司",
}

_CLOTHES = ("S", "M", "L", "XL")
_SHOES = ("37", "38", "39", "40", "41", "42")
_PLAIN = ("黑色", "白色", "藏青")
_SOFT = ("米色", "雾蓝", "豆沙")
_ONE = ("均码",)

_LINES = (
    _Line("QZ", "轻暖短款羽绒服", "服装", "S01", 39900, 69900, _CLOTHES, _PLAIN),
    _Line("LY", "垂感连衣裙", "女装", "S01", 15900, 32900, _CLOTHES, _SOFT),
    _Line("WY", "圆领纯棉卫衣", "服装", "S01", 9900, 18900, _CLOTHES, _PLAIN),
    _Line("NZ", "直筒牛仔裤", "服装", "S01", 12900, 25900, _CLOTHES, ("原色", "浅蓝")),
    _Line("NY", "无痕纯棉内衣三件装", "内衣", "S01", 5900, 9900, _CLOTHES, _SOFT, exclusion="unsealing"),
    _Line("PX", "缓震跑步鞋", "鞋靴", "S02", 19900, 45900, _SHOES, ("黑白", "荧光绿")),
    _Line("BX", "软底休闲板鞋", "鞋靴", "S02", 12900, 23900, _SHOES, ("白色", "米色")),
    _Line("LX", "静音万向轮行李箱", "箱包", "S02", 25900, 49900, ("20 寸", "24 寸"), ("石墨", "冰川蓝")),
    _Line("EJ", "降噪蓝牙耳机", "数码", "S03", 19900, 69900, ("标准版", "Pro"), ("曜黑", "月白")),
    _Line("CD", "自带线充电宝 10000mAh", "数码", "S03", 9900, 16900, ("10000mAh",), ("白色", "灰色")),
    _Line("SB", "运动智能手表", "数码", "S03", 39900, 129900, ("42mm", "46mm"), ("黑色", "银色"),
          exclusion="activation"),
    _Line("SJX", "快充数据线两条装", "数码", "S03", 2900, 5900, ("1m", "2m"), ("黑色",)),
    _Line("KQ", "可视空气炸锅 5L", "小家电", "S04", 25900, 45900, ("5L",), ("奶白", "墨绿"), "home"),
    _Line("DF", "远红外电饭煲", "小家电", "S04", 19900, 59900, ("3L", "4L"), ("白色",), "home"),
    _Line("CF", "高速负离子吹风机", "小家电", "S04", 16900, 39900, ("1600W",), ("樱粉", "深空灰"), "home"),
    _Line("JS", "无雾加湿器", "小家电", "S04", 12900, 29900, ("4L",), ("白色",), "home"),
    _Line("CS", "60 支长绒棉四件套", "家纺", "S05", 29900, 69900, ("1.5m", "1.8m"), _SOFT, "home"),
    _Line("ZT", "乳胶护颈枕", "家纺", "S05", 12900, 25900, ("低款", "高款"), ("白色",), "home"),
    _Line("MJ", "加厚纯棉毛巾四条装", "家纺", "S05", 3900, 7900, ("四条",), _SOFT, "home"),
    _Line("MM", "玻尿酸补水面膜 20 片", "美妆", "S06", 6900, 12900, ("20 片",), ("补水",),
          exclusion="unsealing"),
    _Line("JM", "氨基酸洁面乳", "美妆", "S06", 4900, 8900, ("120g",), ("清爽", "滋润"),
          exclusion="unsealing"),
    _Line("JG", "山核桃仁礼盒", "食品", "S07", 6900, 15900, ("500g", "1kg"), ("原味", "椒盐"), "home"),
    _Line("CL", "当季赣南脐橙 5kg", "生鲜", "S07", 4900, 7900, ("5kg",), ("鲜果",), "home", "fresh"),
    _Line("BZ", "人体工学办公椅", "家具", "S08", 59900, 129900, ("标准", "带脚托"), ("黑色", "灰色"), "home"),
    _Line("SZ", "实木升降书桌", "家具", "S08", 99900, 199900, ("1.2m", "1.4m"), ("原木", "胡桃"), "home"),
    _Line("DZ", "定制刻字保温杯", "家居", "S04", 7900, 12900, ("500ml",), ("黑色", "白色"), "home", "custom"),
)  # fmt: skip

# How the law calls what the lines above call shortly (policies.data.ExclusionKind).
_EXCLUSIONS = {
    "": "",
    "unsealing": "unsealing_affects_safety",
    "activation": "value_loss_after_activation",
    "fresh": "fresh_perishable",
    "custom": "custom_made",
}


def build_catalogue(random: Random) -> list[Article]:
    """Return some hundred articles, a dozen or so variants a line, at prices of their line."""
    articles = []
    for line in _LINES:
        for edition in ("", "升级款"):
            code = f"{line.code}{'2' if edition else '1'}"
            price = random.randrange(line.low, line.high, 1000)
            articles += [_article(line, code, edition, price, size, colour)
                         for size in line.sizes for colour in line.colours]  # fmt: skip
    return articles


def _article(line: _Line, code: str, edition: str, price: int, size: str, colour: str) -> Article:
    number = f"{line.sizes.index(size)}{line.colours.index(colour)}"
    return Article(
        sku=f"{code}-{number}",
        product_code=code,
        name=f"{line.name}{' ' + edition if edition else ''}",
        options={"规格": size, "颜色": colour},
        category=line.category,
        supplier_code=line.supplier,
        price_minor=price,
        exclusion=_EXCLUSIONS[line.exclusion],
        store=line.store,
    )
