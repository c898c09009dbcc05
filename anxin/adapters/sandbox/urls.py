"""Addresses of the sandboxes' callbacks, below /hooks/sandbox/."""

from __future__ import annotations

from django.urls import path

from anxin.adapters.sandbox.carrier_hook import take_carrier_news
from anxin.adapters.sandbox.refund_hook import take_refund_callback

app_name = "sandbox"
urlpatterns = [
    path("refund/", take_refund_callback, name="refund"),
    path("carrier/", take_carrier_news, name="carrier"),
]
