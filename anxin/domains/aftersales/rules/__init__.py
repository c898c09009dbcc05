"""Facts in, answers out: units and their worth, what is owed, timers, standards. Pure."""

from anxin.domains.aftersales.rules.disposing import check_disposal
from anxin.domains.aftersales.rules.granting import granted_offer
from anxin.domains.aftersales.rules.inspecting import CHECKLISTS, check_findings, checklist_of
from anxin.domains.aftersales.rules.owing import Owed, owed_after
from anxin.domains.aftersales.rules.timers import TIMERS, Timer, due_of, next_step, timer_of
from anxin.domains.aftersales.rules.units import count_of, free_units, take_units, worth_of

__all__ = [
    "CHECKLISTS",
    "TIMERS",
    "Owed",
    "Timer",
    "check_disposal",
    "check_findings",
    "checklist_of",
    "count_of",
    "due_of",
    "free_units",
    "granted_offer",
    "next_step",
    "owed_after",
    "take_units",
    "timer_of",
    "worth_of",
]
