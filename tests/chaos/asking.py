"""Ask for money back, order after order, in a process of its own: ``python -m tests.chaos.asking``.

Prints the API key first, then the number of each request once opening it has committed. Flow,
finance and the sandbox provider do the rest in the worker that is being killed.
"""

from __future__ import annotations

import sys
import time

import django


def main(count: int, pause: float) -> None:
    """Found a merchant, print a key of his, and open ``count`` requests before shipment."""
    django.setup()

    from anxin.domains.aftersales import public as aftersales
    from anxin.domains.aftersales.data import RequestedItem
    from anxin.domains.commerce.models import OrderLine
    from anxin.domains.merchants.data import Permission
    from anxin.domains.merchants.public import issue_key
    from anxin.kernel.clock import utcnow
    from anxin.kernel.tenancy import acting_for
    from tests.builders import build_house
    from tests.builders_aftersales import build_customer, build_order

    house = build_house()
    print(issue_key(house.merchant_id, "outside", [Permission.MESSAGES_WRITE]), flush=True)
    with acting_for(house.merchant_id):
        buyer = build_customer(house, "林小满")
        for number in range(count):
            order = build_order(
                house, buyer, order_no=f"AX{number:06d}", shipped=False, placed_at=utcnow(),
                lines=(("LAMP-1", 1, 1_000 + number),),
            )  # fmt: skip
            line_id = OrderLine.objects.get(order=order).pk
            request_id = aftersales.open_request(
                buyer, order.pk, [RequestedItem(line_id, 1)], "no_reason", "refund_only",
                now=utcnow(),
            )  # fmt: skip
            print(request_id, flush=True)
            time.sleep(pause)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
