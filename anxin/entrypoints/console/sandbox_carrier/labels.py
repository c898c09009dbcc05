"""Words for the states of the sandbox carrier's parcels."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from anxin.entrypoints.ui.labels import Label, register

register(
    "carrier_parcel_state",
    {
        "booked": Label(_("已预约"), "soon", "calendar"),
        "collected": Label(_("已揽收"), "soon", "package"),
        "in_transit": Label(_("运输中"), "soon", "truck"),
        "delivered": Label(_("已送达"), "good"),
        "failed": Label(_("取件失败"), "late"),
        "cancelled": Label(_("已取消"), "neutral", "ban"),
    },
)
