"""States of an import and the moves between them."""

from __future__ import annotations

from enum import StrEnum

from anxin.kernel.lifecycle import Lifecycle


class ImportState(StrEnum):
    """How far a file has come."""

    READING = "reading"  # stored; being read and checked
    CHECKED = "checked"  # waits for somebody to say: apply
    APPLYING = "applying"
    DONE = "done"
    REFUSED = "refused"  # errors, and all or nothing was asked: nothing was changed
    FAILED = "failed"  # no table in it that we can read
    CANCELLED = "cancelled"


class ImportAction(StrEnum):
    """What can happen to an import."""

    FINISH_CHECK = "finish_check"
    FAIL = "fail"
    APPLY = "apply"
    REFUSE = "refuse"
    FINISH = "finish"
    CANCEL = "cancel"


_S, _A = ImportState, ImportAction

IMPORT = Lifecycle(
    {
        (_S.READING, _A.FINISH_CHECK): _S.CHECKED,
        (_S.READING, _A.FAIL): _S.FAILED,
        (_S.READING, _A.CANCEL): _S.CANCELLED,
        (_S.CHECKED, _A.APPLY): _S.APPLYING,
        (_S.CHECKED, _A.REFUSE): _S.REFUSED,
        (_S.CHECKED, _A.CANCEL): _S.CANCELLED,
        (_S.APPLYING, _A.FINISH): _S.DONE,
        # Orders already in stay; the rest is left. Refused by the service for all-or-nothing.
        (_S.APPLYING, _A.CANCEL): _S.CANCELLED,
    }
)
