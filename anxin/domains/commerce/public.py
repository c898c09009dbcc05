"""What the rest of the system may do with orders, products and shipments."""

from anxin.domains.commerce.queries import (
    find_by_tracking,
    find_order,
    find_orders,
    get_order,
    get_product,
    list_orders,
    list_products,
    orders_by_id,
    orders_of_phone,
    products_by_sku,
    receiver_in_full,
    receiver_of,
    tracking_of,
)
from anxin.domains.commerce.rules import refundable_of_units
from anxin.domains.commerce.services.claiming import lock_order, reveal_receiver

__all__ = [
    "find_by_tracking",
    "find_order",
    "find_orders",
    "get_order",
    "get_product",
    "list_orders",
    "list_products",
    "lock_order",
    "orders_by_id",
    "orders_of_phone",
    "products_by_sku",
    "receiver_in_full",
    "receiver_of",
    "refundable_of_units",
    "reveal_receiver",
    "tracking_of",
]
