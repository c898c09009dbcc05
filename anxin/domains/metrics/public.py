"""What the rest of the system may do with metrics."""

from anxin.domains.metrics.catalogue import CATALOGUE
from anxin.domains.metrics.queries import live_figures, metric_named, series
from anxin.domains.metrics.rules import alarm_of, seconds_waited
from anxin.domains.metrics.services import recount

__all__ = [
    "CATALOGUE",
    "alarm_of",
    "live_figures",
    "metric_named",
    "recount",
    "seconds_waited",
    "series",
]
