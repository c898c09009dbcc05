"""A shop somebody else might run: one product, and the chat widget by its script tag."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from anxin.domains.merchants.public import store_at

STORE = "anxin"


@require_safe
def product(request: HttpRequest) -> HttpResponse:
    """Show the product page."""
    return render(request, "shop/product.html", {"store": store_at(STORE)})
