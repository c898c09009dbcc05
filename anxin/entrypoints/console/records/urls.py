"""Addresses of orders, products and customers, below /console/."""

from __future__ import annotations

from django.urls import path

import anxin.entrypoints.console.records.labels  # noqa: F401  (registers words)
from anxin.entrypoints.console.records import views

urlpatterns = [
    path("orders/", views.orders, name="orders"),
    path("orders/<uuid:order_id>/", views.order, name="order"),
    path("orders/<uuid:order_id>/reveal/", views.reveal_order, name="order-reveal"),
    path("products/", views.products, name="products"),
    path("customers/", views.customers, name="customers"),
    path("customers/<uuid:customer_id>/", views.customer, name="customer"),
    path("customers/<uuid:customer_id>/reveal/", views.reveal_identities, name="customer-reveal"),
]
