"""What the opening form says, and what no page of ours would say."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.http import QueryDict

from anxin.entrypoints.workspace.opening import Asked
from anxin.kernel.errors import Invalid

ORDER, LINE = UUID(int=1), UUID(int=2)


def test_quantities_that_are_no_numbers_count_as_none() -> None:
    form = QueryDict(f"quantity:{LINE}=2&quantity:{UUID(int=3)}=²&quantity:{UUID(int=4)}=-1")

    asked = Asked.of(ORDER, form)

    assert [(item.order_line_id, item.quantity) for item in asked.items] == [(LINE, 2)]


@pytest.mark.parametrize("query", ["quantity:x=1", "file=../etc"])
def test_ids_that_are_none_are_refused(query: str) -> None:
    with pytest.raises(Invalid):
        Asked.of(ORDER, QueryDict(query))
