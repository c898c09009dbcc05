"""A buyer at the door: an order of 林小满, reachable by her phone, and a client without a past."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from anxin.domains.customers.models import Identity
from anxin.domains.merchants.models import Merchant
from anxin.entrypoints.portal.models import SignInCode
from anxin.entrypoints.portal.sign_in import code_of
from anxin.kernel.clock import utcnow
from anxin.kernel.jobs import delivering_inline
from anxin.kernel.tenancy import acting_for
from tests.builders_aftersales import Scene, build_scene

PHONE = "13800001111"


def make_scene(slug: str = "anxin", **order: object) -> Scene:
    """Return a scene of today, whose buyer is known by her phone."""
    given = {"placed_at": utcnow() - timedelta(days=4)} | order
    scene = build_scene(slug=slug, **given)
    Merchant.objects.filter(pk=scene.house.merchant_id).update(name=slug)
    with acting_for(scene.house.merchant_id):
        Identity.objects.create(
            merchant_id=scene.house.merchant_id,
            customer_id=scene.buyer.id,
            channel="phone",
            address=f"+86{PHONE}",
            created_at=utcnow(),
        )
    return scene


@pytest.fixture(autouse=True)
def _inline(tmp_path: Path, settings: Any) -> Iterator[None]:
    """Deliver events at once, with files of our own, and begin with no limits used up."""
    settings.ANXIN_HOME = tmp_path
    cache.clear()
    with delivering_inline():
        yield


@pytest.fixture
def scene(db: None) -> Iterator[Scene]:
    """The scene, acted for."""
    made = make_scene()
    with acting_for(made.house.merchant_id):
        yield made


def ask(client: Client, order_no: str, address: str = PHONE, slug: str = "anxin"):  # type: ignore[no-untyped-def]
    """Ask for a code; return the answer."""
    return client.post(f"/portal/{slug}/sign-in/", {"order_no": order_no, "address": address})


def newest_code() -> str:
    """Return the digits of the code asked for last, sent or not."""
    return code_of(SignInCode.objects.latest("created_at").pk)


def sign_in(client: Client, scene: Scene, slug: str = "anxin") -> None:
    """Sign the scene's buyer in."""
    ask(client, scene.order.order_no, slug=slug)
    answer = client.post(f"/portal/{slug}/code/", {"code": newest_code()})
    assert answer.status_code == 302, answer.content.decode()
