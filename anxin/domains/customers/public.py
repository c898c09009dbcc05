"""What the rest of the system may do with customers."""

from anxin.domains.customers.queries import (
    addresses_of,
    customers_by_id,
    find_by_identity,
    find_customer,
    get_customer,
    list_customers,
    masked,
)
from anxin.domains.customers.rules import AddressInvalid, mask, mask_phone, normalise
from anxin.domains.customers.services import (
    ensure_customer,
    ensure_customers,
    reveal_customer,
    reveal_identity,
    save_customer,
    verify_identity,
)

__all__ = [
    "AddressInvalid",
    "addresses_of",
    "customers_by_id",
    "ensure_customer",
    "ensure_customers",
    "find_by_identity",
    "find_customer",
    "get_customer",
    "list_customers",
    "mask",
    "mask_phone",
    "masked",
    "normalise",
    "reveal_customer",
    "reveal_identity",
    "save_customer",
    "verify_identity",
]
