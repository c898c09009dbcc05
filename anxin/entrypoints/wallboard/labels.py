"""Words of the wall for stable codes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from anxin.entrypoints.ui.labels import Label, register

register(
    "wall_request_state",
    {
        "reviewing": Label(_("待审核")),
        "authorized": Label(_("待寄回")),
        "in_transit": Label(_("退回途中")),
        "received": Label(_("待质检")),
        "negotiating": Label(_("协商中")),
        "settling": Label(_("退款中")),
    },
)
