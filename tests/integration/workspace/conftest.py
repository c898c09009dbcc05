"""An agent at her desk: a store, an order of 林小满, and a conversation with her."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from anxin.domains.conversations.data import ConversationId
from anxin.domains.conversations.public import write_as_buyer
from anxin.domains.customers.models import Identity
from anxin.domains.merchants.models import User
from anxin.kernel.clock import utcnow
from anxin.kernel.jobs import delivering_inline
from anxin.kernel.tenancy import acting_for
from tests.builders_aftersales import Scene, build_scene

PHONE = "+8613800001111"


@dataclass(frozen=True, slots=True)
class Desk:
    """A scene with a conversation, and the agent's browser."""

    scene: Scene
    conversation_id: ConversationId
    client: Client

    def url(self, rest: str = "") -> str:
        """Return an address of the conversation."""
        return f"/workspace/conversations/{self.conversation_id}/{rest}"

    def post(self, rest: str, body: dict[str, Any]) -> Any:
        """Post JSON to the conversation."""
        return self.client.post(
            self.url(rest), body, content_type="application/json", headers=FETCH
        )


FETCH = {"X-Requested-With": "fetch"}


def signed_in(user_name: str) -> Client:
    """Return the browser of a person of the staff."""
    client = Client()
    client.force_login(User.objects.get(username=user_name))
    return client


def build_desk(slug: str = "anxin", text: str = "订单什么时候到？") -> Desk:
    """Return a desk whose buyer has just written."""
    scene = build_scene(slug=slug, placed_at=utcnow() - timedelta(days=4))
    with acting_for(scene.house.merchant_id):
        Identity.objects.create(
            merchant_id=scene.house.merchant_id, customer_id=scene.buyer.id, channel="phone",
            address=PHONE, created_at=utcnow(),
        )  # fmt: skip
        got = write_as_buyer(
            scene.buyer, text, client_id="first", store_id=scene.house.store_id, now=utcnow()
        )
    return Desk(scene, got.conversation_id, signed_in(f"{slug}-agent"))


@pytest.fixture(autouse=True)
def _inline(tmp_path: Path, settings: Any) -> Iterator[None]:
    settings.ANXIN_HOME = tmp_path
    cache.clear()
    with delivering_inline():
        yield


@pytest.fixture
def desk(db: None) -> Desk:
    """The desk; nobody is acted for, as when a request comes in."""
    return build_desk()
