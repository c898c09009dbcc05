"""Which failures of a listener pass by themselves."""

from __future__ import annotations

import pytest
from django.db import InterfaceError, OperationalError
from procrastinate.jobs import Job

from anxin.kernel.errors import Conflict, Unavailable
from anxin.kernel.jobs import deliver


def is_tried_again(error: Exception) -> bool:
    job = Job(
        id=1, queue="deliveries", lock=None, queueing_lock=None, task_name="deliver", attempts=0
    )
    return deliver.get_retry_exception(error, job) is not None


@pytest.mark.parametrize(
    "error",
    [Unavailable(), OperationalError("deadlock detected"), InterfaceError("connection is closed")],
)
def test_what_passes_by_itself_is_tried_again(error: Exception) -> None:
    assert is_tried_again(error)


@pytest.mark.parametrize("error", [Conflict(), ZeroDivisionError()])
def test_what_is_a_bug_becomes_a_dead_letter(error: Exception) -> None:
    assert not is_tried_again(error)
