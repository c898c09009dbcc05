"""Orders by hand, for tests of reads."""

from __future__ import annotations

from anxin.domains.commerce.models import Order, OrderLine, Payment
from tests.builders import NOON, House


def build_order(house: House, order_no: str = "A1", *, state: str = "paid") -> Order:
    """Return a paid order of three mugs and a spoon: 80.00 goods, 8.00 off, 6.00 freight."""
    order = Order.objects.create(
        merchant_id=house.merchant_id, store_id=house.store_id, order_no=order_no, state=state,
        currency="CNY", placed_at=NOON, paid_at=NOON, goods_minor=8_000, discount_minor=800,
        freight_minor=600, paid_minor=7_800, receiver_name="张小美",
        receiver_phone="+8613812348000", receiver_address="浙江省杭州市西湖区文一路 1 号",
    )  # fmt: skip
    for no, (sku, quantity, price, discount) in enumerate(
        [("MUG", 3, 2_000, 600), ("SPOON", 1, 2_000, 200)], start=1
    ):
        OrderLine.objects.create(
            merchant_id=house.merchant_id, order=order, line_no=no, sku=sku, name=sku.title(),
            quantity=quantity, unit_price_minor=price, gross_minor=price * quantity,
            discount_minor=discount, payable_minor=price * quantity - discount,
        )  # fmt: skip
    Payment.objects.create(
        merchant_id=house.merchant_id, order=order, payment_no=f"{order_no}/1",
        tender="wechat_pay", amount_minor=7_800, currency="CNY", paid_at=NOON,
    )  # fmt: skip
    return order
