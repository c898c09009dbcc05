"""Fifty merchants' conversations by the million, made from a fixed seed and loaded by COPY."""

# messages: data (what people of the sample write)
from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg

from anxin.domains.conversations.public import words_of

MERCHANTS = 50
MESSAGES_EACH = 10
CHANNELS = ("chat", "wechat", "taobao", "email")
SPAN = timedelta(days=365)
_TEXTS = 20_000
_CHUNK = 2_000

_PRODUCTS = """
连衣裙 运动鞋 羽绒服 蓝牙耳机 充电宝 保温杯 面膜 洗面奶 口红 手机壳 数据线 电饭煲 空气炸锅
吹风机 牛仔裤 卫衣 雨伞 书包 键盘 鼠标 显示器 台灯 床单 枕头 纸尿裤 奶粉 猫粮 狗粮 行李箱
剃须刀 电动牙刷 加湿器 微波炉 扫地机器人 婴儿车 安全座椅 瑜伽垫 跑步机 自行车 头盔
""".split()
_COLOURS = "红色 蓝色 黑色 白色 粉色 绿色 灰色 米色 卡其色 藏青色".split()
_ISSUES = """
质量有问题 尺码不合适 收到货破损 颜色和图片不一样 少发了一件 一直没有收到货 物流三天没更新
快递显示已签收但是我没收到 充不进电 有异味 开线了 屏幕碎了 不想要了 买错了 发错货 漏液
不能开机 噪音太大 掉色严重 拉链坏了 没有赠品 价格比昨天便宜了
""".split()
_ASKS = """
想申请退款 可以换货吗 请尽快处理 能不能退货退款 申请七天无理由退货 要求赔偿 运费谁承担
退款什么时候到账 怎么开发票 麻烦修改收货地址 请帮我催一下快递 可以补发吗 能补差价吗 我要投诉
给个优惠券吧 麻烦转人工客服 保修期多久 怎么联系售后
""".split()
_ENGLISH = (
    "where is my parcel",
    "the zipper is broken, I want a refund",
    "wrong size, can I exchange it",
    "when will the refund arrive",
    "please change my delivery address",
    "the charger does not work",
)
_CITIES = "北京 上海 广州 深圳 杭州 成都 武汉 西安 南京 重庆 苏州 郑州 长沙 青岛 东莞".split()
_OPEN_STATES = ("waiting_us", "waiting_us", "waiting_customer")
# What agents look for: frequent, rare, two words, a city, English, a number that is not there.
QUERIES = (
    "退款 运动鞋", "蓝牙耳机 充不进电", "投诉", "发票", "扫地机器人 噪音", "米色 羽绒服 拉链",
    "深圳 补发", "快递 签收", "refund zipper", "address", "退款", "202600000000",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Size:
    """How much is stored."""

    conversations: int
    messages: int


def sentence(dice: random.Random) -> str:
    """Return what a customer might write."""
    if dice.random() < 0.1:
        return f"{dice.choice(_ENGLISH)}, order {dice.randrange(10**11, 10**12)}"
    parts = [
        f"我{dice.choice(['昨天', '前天', '上周', '双十一', '这个月'])}在你们店买的",
        dice.choice(_COLOURS), dice.choice(_PRODUCTS), dice.choice(_ISSUES), ",",
    ]  # fmt: skip
    if dice.random() < 0.4:
        parts.append(f"订单号{dice.randrange(10**11, 10**12)},")
    if dice.random() < 0.3:
        parts.append(f"收货地址是{dice.choice(_CITIES)},")
    parts.append(dice.choice(_ASKS))
    return "".join(parts)


def fill(database_url: str, conversations: int, *, seed: int = 11) -> Size:
    """Load ``conversations`` with ten messages each, the last one of them now.

    What a kept database holds already is used when it is enough.
    """
    with psycopg.connect(database_url, autocommit=True) as connection:
        if (found := _stored(connection)).conversations >= conversations:
            return found
        # Foreign keys hold by construction; checking ten million of them proves nothing here.
        connection.execute("set session_replication_role = replica")
        connection.execute("set synchronous_commit = off")
        connection.execute("drop index if exists message_words")
        _fill_merchants(connection)
        _Filler(connection, conversations, seed).run()
        connection.execute("set maintenance_work_mem = '512MB'")
        connection.execute("create index message_words on conversations_message using gin (tokens)")
        for table in ("customers_customer", "conversations_conversation", "conversations_message"):
            connection.execute(f"vacuum analyze {table}")
        return _stored(connection)


def _stored(connection: psycopg.Connection[Any]) -> Size:
    conversations, messages = connection.execute(
        "select (select count(*) from conversations_conversation), "
        "(select count(*) from conversations_message)"
    ).fetchone() or (0, 0)
    return Size(conversations, messages)


def _fill_merchants(connection: psycopg.Connection[Any]) -> None:
    connection.execute(
        "truncate merchants_merchant, customers_customer, customers_identity, "
        "conversations_conversation, conversations_message cascade"
    )
    connection.execute(
        "insert into merchants_merchant (id, name, currency, zone, refund_approval_above_minor) "
        "select n, 'merchant ' || n, 'CNY', 'Asia/Shanghai', 50000 from generate_series(1, %s) n",
        [MERCHANTS],
    )
    connection.execute("select setval('merchants_merchant_id_seq', %s)", [MERCHANTS])


class _Filler:
    def __init__(self, connection: psycopg.Connection[Any], many: int, seed: int) -> None:
        self.connection, self.many = connection, many
        self.dice = random.Random(seed)  # noqa: S311  (sample data)
        texts = [sentence(self.dice) for _ in range(_TEXTS)]
        self.texts = [(text, sorted(set(words_of(text)))) for text in texts]
        self.start = datetime.now(UTC) - SPAN
        self.open: set[tuple[int, UUID, str]] = set()

    def run(self) -> None:
        customers = self._customers()
        for first in range(0, self.many, _CHUNK):
            numbers = range(first, min(first + _CHUNK, self.many))
            threads = [self._conversation(n, customers) for n in numbers]
            self._copy(_CONVERSATION, (thread[0] for thread in threads))
            messages = [row for thread in threads for row in thread[1]]
            # As they come in: those of one conversation lie between those of others.
            messages.sort(key=lambda row: row[0].int)
            self._copy(_MESSAGE, messages)

    def _customers(self) -> dict[int, list[UUID]]:
        rows: dict[int, list[UUID]] = {}
        for merchant in range(1, MERCHANTS + 1):
            share = 2 * (merchant / MERCHANTS) ** 0.5 - 2 * ((merchant - 1) / MERCHANTS) ** 0.5
            many = max(30, int(self.many * 0.3 * share))
            rows[merchant] = [self._id(self.start) for _ in range(many)]
        self._copy(
            "customers_customer (id, merchant_id, name, sort_key, tier, language, external_ref)",
            ((one, merchant, f"顾客{n}", f"guke{n}", "", "", "")
             for merchant, ids in rows.items() for n, one in enumerate(ids)),
        )  # fmt: skip
        return rows

    def _conversation(
        self, number: int, customers: dict[int, list[UUID]]
    ) -> tuple[tuple[Any, ...], list[tuple[Any, ...]]]:
        dice = self.dice
        merchant = 1 + int(MERCHANTS * dice.random() ** 2)
        customer = dice.choice(customers[merchant])
        channel = dice.choice(CHANNELS)
        began = self.start + SPAN * (number / self.many)
        one = self._id(began)
        state = "closed" if dice.random() < 0.985 else dice.choice(_OPEN_STATES)
        if state != "closed":
            if (merchant, customer, channel) in self.open:
                state = "closed"
            self.open.add((merchant, customer, channel))
        messages = []
        for seq in range(1, MESSAGES_EACH + 1):
            at = began + timedelta(minutes=dice.random() * 20 + seq * 20)
            text, words = dice.choice(self.texts)
            id_ = self._id(at)
            direction = "in" if seq % 2 else "out"
            tokens = " ".join(f"{merchant}.{word}" for word in words)
            messages.append((
                id_, merchant, one, seq, channel, id_.hex, direction,
                "buyer" if seq % 2 else "staff", str(customer), "", text, "{}", "{}", tokens,
                at, at,
            ))  # fmt: skip
        last = messages[-1][-1]
        row = (
            one, merchant, "", customer, channel, state, "", MESSAGES_EACH, 0, MESSAGES_EACH,
            messages[-1][10][:160], "", last if state == "waiting_us" else None, began, last,
            began, last if state == "closed" else None,
        )  # fmt: skip
        return row, messages

    def _id(self, at: datetime) -> UUID:
        milliseconds = int(at.timestamp() * 1000)
        noise = self.dice.getrandbits(74)
        return UUID(
            int=(milliseconds << 80) | (7 << 76) | ((noise >> 62) << 64) | (2 << 62)
            | (noise & ((1 << 62) - 1))
        )  # fmt: skip

    def _copy(self, target: str, rows: Iterator[tuple[Any, ...]] | list[tuple[Any, ...]]) -> None:
        with (
            self.connection.cursor() as cursor,
            cursor.copy(f"copy {target} from stdin") as copy,
        ):
            for row in rows:
                copy.write_row(row)


_CONVERSATION = (
    "conversations_conversation (id, merchant_id, number, customer_id, channel, state, language, "
    "last_seq, customer_seen_seq, seen_seq, preview, suggested_order_no, waiting_since, "
    "first_inbound_at, last_message_at, created_at, closed_at)"
)
_MESSAGE = (
    "conversations_message (id, merchant_id, conversation_id, seq, channel, external_id, "
    "direction, author_kind, author_id, author_name, text, file_ids, links, tokens, sent_at, "
    "recorded_at)"
)
