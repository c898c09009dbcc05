"""What the processes count about themselves; /metrics shows it to Prometheus."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

REQUESTS = Histogram(
    "anxin_http_request_seconds",
    "Time from the first byte of a request to the last byte of its answer.",
    ["part", "status"],
    buckets=_SECONDS,
)
JOBS = Histogram("anxin_job_seconds", "Time a job took.", ["queue", "outcome"], buckets=_SECONDS)
SWEEPS = Histogram("anxin_sweep_seconds", "Time a sweep took.", ["sweep"], buckets=_SECONDS)
SWEEP_FAILURES = Counter("anxin_sweep_failures", "Sweeps that ended with an error.", ["sweep"])
FOLDED = Counter("anxin_events_folded", "Events folded by a projection.", ["projection"])
JOBS_PUT_BACK = Counter("anxin_jobs_put_back", "Jobs of dead workers that were put back.")
