"""Names, places and sentences of the sample data; nobody here exists."""

# messages: data (what people of the sample write)
from __future__ import annotations

from random import Random

_FAMILY = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余杜叶程魏苏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
_GIVEN = (
    "子涵 欣怡 浩然 雨桐 梓萱 宇轩 诗涵 一诺 思远 佳宁 俊杰 婷婷 建国 秀英 丽华 志强 晓燕 海燕 文博 静怡 "
    "若溪 明哲 嘉怡 雅琪 天佑 小雨 立群 春梅 玉兰 国栋 雪 磊 洋 敏 静 涛 鑫 倩 宁 悦"
).split()
_PLACES = (
    ("浙江省", "杭州市", "西湖区", "文三路"),
    ("上海市", "上海市", "浦东新区", "张杨路"),
    ("北京市", "北京市", "朝阳区", "望京街"),
    ("广东省", "深圳市", "南山区", "科苑路"),
    ("四川省", "成都市", "武侯区", "天府大道"),
    ("江苏省", "苏州市", "姑苏区", "十全街"),
    ("湖北省", "武汉市", "洪山区", "珞喻路"),
    ("陕西省", "西安市", "雁塔区", "科技路"),
    ("山东省", "青岛市", "市南区", "香港中路"),
    ("福建省", "厦门市", "思明区", "湖滨南路"),
)

# topic -> what buyers write and what agents answer; {name} {order} {product} are filled in.
TALKS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "parcel": (
        (
            "我的快递三天没动了，能帮我看看吗？",
            "订单 {order} 显示已签收，但是我没有收到货",
            "{product}什么时候能发货呀？急用",
            "快递说联系不上我，电话明明一直开着",
        ),
        (
            "您好{name}，已帮您查到包裹在转运中心，预计明天送达，我这边会继续盯着。",
            "非常抱歉让您久等，已联系快递网点核实签收人，2 小时内给您回复。",
            "您好，这款今天 18:00 前出库，出库后会短信通知您。",
        ),
    ),
    "return": (
        (
            "{product}尺码不合适，可以退吗？",
            "收到{product}了，颜色和图片差好多，想退货",
            "我想申请七天无理由退货，订单号 {order}",
            "退货运费谁出啊？",
        ),
        (
            "您好{name}，签收后 7 天内商品完好都可以退，点这里三步就能申请，也可以预约上门取件。",
            "可以的，无理由退货的寄回运费由您承担；如果是质量问题，运费由我们承担。",
        ),
    ),
    "quality": (
        (
            "{product}用了两天就坏了，你们这质量也太差了！",
            "收到的{product}有划痕，照片发你了",
            "{product}充不进电，开不了机",
            "少发了一件，盒子里只有说明书",
        ),
        (
            "真的很抱歉{name}，麻烦发一张照片，我马上为您登记质量问题，来回运费都由我们承担。",
            "已为您登记，退款会在验货后原路退回，请放心。",
        ),
    ),
    "refund": (
        ("退款什么时候到账？", "都退回去一个星期了，钱呢？", "退的金额怎么比我付的少？"),
        (
            "您好，仓库今天已收到退货，验货后 3 个工作日内原路退回，您在“我的售后”里能看到进度。",
            "您这单使用了满减，退款按每件实际支付的金额计算，明细已发给您。",
        ),
    ),
    "other": (
        ("请问可以开发票吗？", "地址写错了还能改吗？", "这个保修多久？", "谢谢，已经收到退款了"),
        (
            "可以的，电子发票会发到您的邮箱。",
            "还没出库，已经帮您改好了。",
            "不客气，祝您生活愉快～",
        ),
    ),
}

REASON_NOTES = {
    "no_reason": ("不太合适", "买多了", "和想象的不一样"),
    "quality_defect": ("用两天就坏了", "开线了", "充不进电"),
    "damaged_in_transit": ("收到时外箱压扁，里面裂了",),
    "wrong_item": ("发错颜色了",),
    "not_as_described": ("描述说是纯棉，标签写聚酯纤维",),
    "not_wanted_before_shipment": ("拍错了", "不想要了"),
}


def person_name(random: Random) -> str:
    """Return an invented Chinese name."""
    return random.choice(_FAMILY) + random.choice(_GIVEN)


def phone_number(serial: int) -> str:
    """Return a mobile number of the range that is never given out (170 0000 xxxx), by serial."""
    return f"+861700000{serial:04d}"


def street_address(random: Random) -> str:
    """Return an invented address in a real city."""
    province, city, district, street = random.choice(_PLACES)
    where = city if province == city else province + city
    return f"{where}{district}{street} {random.randrange(1, 300)} 号 {random.randrange(1, 30)} 幢"
