"""The catalogue of metrics: each with its formula in words, and what it is computed from."""

from __future__ import annotations

from anxin.domains.metrics.data import Dimension, Direction, Measure, Metric, Unit

_D = Dimension
_TALK = (_D.STORE, _D.CHANNEL)

# Reasons that say the goods, or what was told of them, were not right.
QUALITY_REASONS = frozenset(
    {"quality_defect", "damaged_in_transit", "wrong_item", "missing_item", "not_as_described"}
)

_ALL = (
    Metric(
        "inquiries",
        {"zh": "咨询消息", "en": "Inquiries"},
        {"zh": "客户发来的消息条数", "en": "Messages received from customers"},
        "inquiries",
        Measure.COUNT,
        Unit.COUNT,
        Direction.NONE,
        _TALK,
    ),
    Metric(
        "conversations_opened",
        {"zh": "新会话", "en": "Conversations opened"},
        {
            "zh": "由客户消息新开的会话数",
            "en": "Conversations that a customer's message opened",
        },
        "conversations_opened",
        Measure.COUNT,
        Unit.COUNT,
        Direction.NONE,
        _TALK,
    ),
    Metric(
        "first_response_seconds",
        {"zh": "首次响应时长", "en": "First response time"},
        {
            "zh": "会话中第一条回复距客户首条未答消息的秒数,取平均",
            "en": "Mean seconds from a customer's first message to our first reply",
        },
        "first_response",
        Measure.MEAN,
        Unit.SECONDS,
        Direction.DOWN,
        _TALK,
        target=60,
    ),
    Metric(
        "response_seconds",
        {"zh": "平均响应时长", "en": "Response time"},
        {
            "zh": "每条回复距客户首条未答消息的秒数,取平均",
            "en": "Mean seconds from a customer's first unanswered message to the reply",
        },
        "response",
        Measure.MEAN,
        Unit.SECONDS,
        Direction.DOWN,
        _TALK,
        target=120,
    ),
    Metric(
        "three_minute_response_rate",
        {"zh": "三分钟响应率", "en": "3-minute response rate"},
        {
            "zh": "180 秒内作出的回复 ÷ 全部回复",
            "en": "Replies within 180 seconds ÷ all replies to a waiting customer",
        },
        "three_minute_response",
        Measure.SHARE,
        Unit.RATIO,
        Direction.UP,
        _TALK,
        target=0.95,
    ),
    Metric(
        "requests_opened",
        {"zh": "新售后申请", "en": "Requests opened"},
        {"zh": "新提交的售后申请数", "en": "After-sales requests submitted"},
        "requests_opened",
        Measure.COUNT,
        Unit.COUNT,
        Direction.DOWN,
        (_D.STORE, _D.REASON),
        cut_is=_D.REASON,
    ),
    Metric(
        "requests_by_state",
        {"zh": "申请流转", "en": "Requests by state"},
        {
            "zh": "时段内进入各状态的申请数",
            "en": "Requests that entered each state in the interval",
        },
        "requests_by_state",
        Measure.COUNT,
        Unit.COUNT,
        Direction.NONE,
        (_D.STORE, _D.STATE),
        cut_is=_D.STATE,
    ),
    Metric(
        "refund_duration",
        {"zh": "退款时长", "en": "Refund duration"},
        {
            "zh": "从发起退款到退款到账的秒数,取平均",
            "en": "Mean seconds from a refund's request until the money is back",
        },
        "refund_duration",
        Measure.MEAN,
        Unit.SECONDS,
        Direction.DOWN,
        (_D.STORE,),
        target=24 * 3600,
    ),
    Metric(
        "refunded_amount",
        {"zh": "退款金额", "en": "Refunded amount"},
        {
            "zh": "已到账退款的金额合计,按币种",
            "en": "Sum of refunds that succeeded, one currency at a time",
        },
        "refunded_amount",
        Measure.TOTAL,
        Unit.MONEY,
        Direction.DOWN,
        (_D.STORE, _D.CURRENCY),
        cut_is=_D.CURRENCY,
    ),
    Metric(
        "return_rate",
        {"zh": "退货率", "en": "Return rate"},
        {
            "zh": "时段内新提交的售后申请 ÷ 同时段下单数",
            "en": "Requests opened ÷ orders placed, both in the interval",
        },
        "requests_opened",
        Measure.PER_ORDER,
        Unit.RATIO,
        Direction.DOWN,
        (_D.STORE,),
        target=0.10,
    ),
    Metric(
        "quality_return_rate",
        {"zh": "品质退货率", "en": "Quality return rate"},
        {
            "zh": "因质量、破损、错发、漏发、描述不符提交的申请 ÷ 同时段下单数",
            "en": "Requests for defects, damage, wrong or missing items, or a wrong description "
            "÷ orders placed",
        },
        "requests_opened",
        Measure.PER_ORDER,
        Unit.RATIO,
        Direction.DOWN,
        (_D.STORE,),
        target=0.03,
        cuts=QUALITY_REASONS,
    ),
    Metric(
        "refund_only_rate",
        {"zh": "仅退款率", "en": "Refund-only rate"},
        {
            "zh": "仅退款申请 ÷ 全部新申请",
            "en": "Requests for a refund without return ÷ all requests opened",
        },
        "requests_of_kind",
        Measure.PART_OF,
        Unit.RATIO,
        Direction.NONE,
        (_D.STORE,),
        cuts=frozenset({"refund_only"}),
        part_of="requests_of_kind",
    ),
)

CATALOGUE: dict[str, Metric] = {metric.name: metric for metric in _ALL}
