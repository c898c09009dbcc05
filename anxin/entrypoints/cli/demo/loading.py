"""Loading the sample data: a year of a believable Chinese merchant, through the real services."""

# messages: data (what people of the sample write)
from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from anxin.domains.conversations import public as conversations
from anxin.domains.merchants import public as merchants
from anxin.domains.policies import public as policies
from anxin.entrypoints.cli.demo import cast
from anxin.entrypoints.cli.demo.catalogue import build_catalogue
from anxin.entrypoints.cli.demo.selling import sell
from anxin.entrypoints.cli.demo.stories import live_through, stage
from anxin.entrypoints.cli.demo.talking import talk
from anxin.kernel.actors import Actor, MerchantId
from anxin.kernel.jobs import delivering_inline
from anxin.kernel.tenancy import acting_for

_SEED = 20_261_111
_QUICK_REPLIES = (
    ("hello", "问候", "您好{customer}，我是安心优选的客服，很高兴为您服务，请问有什么可以帮您？"),
    ("tuihuo", "退货指引", "您好{customer}，订单 {order} 可以在“我的售后”里三步申请退货，也可以预约上门取件。"),
    ("wuliu", "物流查询", "您好{customer}，订单 {order} 的包裹{eta}，我会持续帮您关注。"),
    ("tuikuan", "退款时效", "验货通过后我们当天提交退款，原路退回，微信和支付宝一般即时到账，银行卡 1–3 个工作日。"),
    ("sorry", "致歉", "非常抱歉给您带来不好的体验，我马上为您处理。"),
    ("bye", "结束语", "还有其他需要随时找我，祝您生活愉快～"),
)  # fmt: skip


def load(now: datetime, *, orders: int, say: Callable[[str], None]) -> MerchantId:
    """Found the sample merchant and let it live up to ``now``; return its id."""
    random = Random(_SEED)
    merchant_id = _found()
    system = Actor.system(merchant_id)
    with acting_for(merchant_id), delivering_inline():
        say("people, stores, quick replies")
        for shortcut, title, text in _QUICK_REPLIES:
            conversations.keep_quick_reply(system, shortcut, title, text)
        _publish_policy(system, now - timedelta(days=400))
        articles = build_catalogue(random)
        say(f"{len(articles)} products, {orders} orders of a year")
        sold = sell(system, random, articles, orders, now)
        say("after-sales requests in every state")
        live_through(system, random, sold, now)
        stage(system, random, sold, now)
        say("conversations")
        talk(system, random, sold, now)
    return merchant_id


def _publish_policy(system: Actor, since: datetime) -> None:
    version = policies.draft_policy(system, policies.default_document(), now=since)
    policies.publish_policy(system, version, in_force_from=since, now=since)


def _found() -> MerchantId:
    merchant_id = merchants.found_merchant(cast.MERCHANT)
    for shop in cast.STORES:
        merchants.open_store(
            merchant_id,
            shop.slug,
            shop.name,
            return_address=shop.address,
            return_contact="售后收件组",
            return_phone="057188886666",
        )
    for person in cast.PEOPLE:
        merchants.hire(
            merchant_id,
            user_name=person.user_name,
            password=cast.PASSWORD,
            name=person.name,
            duties=person.duties,
            email=f"{person.user_name}@anxin.example",
            approval_limit_minor=person.limit_minor,
            language=person.language,
        )
    merchants.issue_key(merchant_id, "试用", ["*"], key=cast.API_KEY)
    return merchant_id
