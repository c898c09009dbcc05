"""Tables of figures: sums per hour, folded from the event stream, never recomputed by pages."""

from __future__ import annotations

from django.db import models

from anxin.kernel.tenancy import TenantModel


class HourFigure(TenantModel):
    """One figure in one hour, cut by store and channel ("" where it does not apply).

    ``cut`` is the figure's own third cut: a reason, a kind, a state, a currency. ``total`` is a
    sum of seconds, hits or minor units over ``count`` cases.
    """

    metric = models.CharField(max_length=40)
    hour = models.DateTimeField()
    store = models.CharField(max_length=36, blank=True)
    channel = models.CharField(max_length=40, blank=True)
    cut = models.CharField(max_length=40, blank=True)
    count = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "metric", "hour", "store", "channel", "cut"],
                name="hour_figure_once",
            )
        ]


class Recount(TenantModel):
    """One nightly recount from the events: what it found wrong and put right."""

    start = models.DateTimeField()
    end = models.DateTimeField()
    event_count = models.BigIntegerField()
    difference_count = models.PositiveIntegerField()
    # The first hundred: [{figure, hour, store, channel, cut, kept, recounted}].
    differences = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["merchant", "-at"], name="recount_newest")]
