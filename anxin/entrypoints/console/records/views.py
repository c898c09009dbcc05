"""Pages of orders, products and customers."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from anxin.domains.commerce.public import reveal_receiver
from anxin.domains.customers.public import reveal_customer
from anxin.domains.merchants.data import Permission
from anxin.entrypoints.console.records.pages import (
    ListPage,
    build_customer_list,
    build_customer_page,
    build_order_list,
    build_order_page,
    build_product_list,
)
from anxin.entrypoints.ui.rooms import StaffRequest, room
from anxin.kernel.clock import utcnow


@require_safe
@room(Permission.ORDERS_READ)
def orders(request: StaffRequest) -> HttpResponse:
    """Show the list of orders; with a cursor only the next rows."""
    page = build_order_list(
        request.actor,
        search=_asked(request, "search"),
        state=_asked(request, "state"),
        cursor=_asked(request, "cursor"),
        customer=_uuid(_asked(request, "customer")),
    )
    return _list(request, page, "orders")


@require_safe
@room(Permission.ORDERS_READ)
def order(request: StaffRequest, order_id: UUID) -> HttpResponse:
    """Show one order."""
    page = build_order_page(request.actor, order_id)
    return render(request, "console/records/order.html", {"page": page})


@require_POST
@room(Permission.CUSTOMERS_REVEAL)
def reveal_order(request: StaffRequest, order_id: UUID) -> HttpResponse:
    """Show whom an order goes to in full; the look is written down."""
    receiver = reveal_receiver(request.actor, order_id, now=utcnow())
    return render(request, "console/records/receiver.html", {"receiver": receiver})


@require_safe
@room(Permission.ORDERS_READ)
def products(request: StaffRequest) -> HttpResponse:
    """Show the list of products; with a cursor only the next rows."""
    page = build_product_list(
        request.actor, search=_asked(request, "search"), cursor=_asked(request, "cursor")
    )
    return _list(request, page, "products")


@require_safe
@room(Permission.CUSTOMERS_READ)
def customers(request: StaffRequest) -> HttpResponse:
    """Show the list of customers; with a cursor only the next rows."""
    page = build_customer_list(
        request.actor, search=_asked(request, "search"), cursor=_asked(request, "cursor")
    )
    return _list(request, page, "customers")


@require_safe
@room(Permission.CUSTOMERS_READ)
def customer(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    """Show one customer."""
    page = build_customer_page(request.actor, customer_id)
    return render(request, "console/records/customer.html", {"page": page})


@require_POST
@room(Permission.CUSTOMERS_REVEAL)
def reveal_identities(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    """Show a customer's addresses in full; the look is written down."""
    found = reveal_customer(request.actor, customer_id, now=utcnow())
    return render(request, "console/records/identities.html", {"customer": found})


def _list(request: StaffRequest, page: ListPage, name: str) -> HttpResponse:
    row_template = f"console/records/{name}_row.html"
    if "HX-Request" in request.headers and request.GET.get("cursor"):
        rows = {
            "rows": page.rows,
            "row_template": row_template,
            "next_url": page.next_url,
            "span": len(page.columns),
        }
        return render(request, "ui/components/rows.html", rows)
    shown = {"page": page, "row_template": row_template}
    return render(request, f"console/records/{name}.html", shown)


def _asked(request: StaffRequest, name: str) -> str:
    return request.GET.get(name, "").replace("\0", "")[:200]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
