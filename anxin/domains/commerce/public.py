"""What the rest of the system may do with orders, products and shipments."""

from anxin.domains.commerce.importing.columns import columns_of, template_of
from anxin.domains.commerce.importing.faults import FileRefused
from anxin.domains.commerce.queries import (
    OrderHead,
    find_by_tracking,
    find_order,
    find_orders,
    get_order,
    get_parcel,
    get_product,
    list_orders,
    list_parcels,
    list_products,
    order_heads,
    orders_by_id,
    orders_of_phone,
    products_by_sku,
    receiver_in_full,
    receiver_of,
    tracking_of,
)
from anxin.domains.commerce.rules import OrderDoesNotAddUp, refundable_of_units
from anxin.domains.commerce.services.claiming import give_order_to, lock_order, reveal_receiver
from anxin.domains.commerce.services.import_runs import AlreadyApplying, ImportBusy
from anxin.domains.commerce.services.imports import (
    apply_import,
    approve_import,
    cancel_import,
    check_import,
    get_import,
    list_imports,
    stalled_imports,
    start_import,
)
from anxin.domains.commerce.services.orders import OrderClaimed, record_orders
from anxin.domains.commerce.services.products import record_products
from anxin.domains.commerce.services.shipments import record_shipments

__all__ = [
    "AlreadyApplying",
    "FileRefused",
    "ImportBusy",
    "OrderClaimed",
    "OrderDoesNotAddUp",
    "OrderHead",
    "apply_import",
    "approve_import",
    "cancel_import",
    "check_import",
    "columns_of",
    "find_by_tracking",
    "find_order",
    "find_orders",
    "get_import",
    "get_order",
    "get_parcel",
    "get_product",
    "give_order_to",
    "list_imports",
    "list_orders",
    "list_parcels",
    "list_products",
    "lock_order",
    "order_heads",
    "orders_by_id",
    "orders_of_phone",
    "products_by_sku",
    "receiver_in_full",
    "receiver_of",
    "record_orders",
    "record_products",
    "record_shipments",
    "refundable_of_units",
    "reveal_receiver",
    "stalled_imports",
    "start_import",
    "template_of",
    "tracking_of",
]
