"""Facts and a policy in, a decision out. Pure: no clock, no database, no settings."""

from anxin.domains.policies.rules.clock import due_after, period_after
from anxin.domains.policies.rules.deciding import decide, decide_best

__all__ = ["decide", "decide_best", "due_after", "period_after"]
