"""Tables of figures: sums per hour, folded from the event stream, never recomputed by pages."""

from __future__ import annotations

from django.db import models

from anxin.kernel.tenancy import TenantModel


class HourFigure(TenantModel):
    """One metric in one hour, cut by store and channel ("" where it does not apply)."""

    metric = models.CharField(max_length=40)
    hour = models.DateTimeField()
    store = models.CharField(max_length=36, blank=True)
    channel = models.CharField(max_length=40, blank=True)
    count = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "metric", "hour", "store", "channel"],
                name="hour_figure_once",
            )
        ]
