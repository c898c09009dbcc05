"""The pages of policies: in plain words, all versions, and the document to download."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import yaml
from django.test import Client

from anxin.domains.merchants.data import Duty
from anxin.domains.merchants.models import Staff, User
from anxin.domains.policies.public import (
    default_document,
    draft_policy,
    parse_document,
    publish_policy,
)
from anxin.kernel.actors import Actor
from anxin.kernel.tenancy import acting_for
from tests.builders import NOON, House, build_house, build_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> Iterator[House]:
    house = build_house()
    with acting_for(house.merchant_id):
        yield house


@pytest.fixture
def gu(house: House) -> Actor:
    return build_staff(house, "gu", Duty.OPERATIONS)


@pytest.fixture
def browser(gu: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(username="gu"))
    return client


def test_without_a_version_the_default_policy_is_shown_in_words(browser: Client) -> None:
    page = browser.get("/console/policies/").content.decode()

    assert "还没有发布过自己的版本" in page
    assert "商品金额不超过 500 元且符合规则的申请自动通过。" in page
    assert "商家承诺" in page


def test_the_words_are_english_for_english_readers(browser: Client) -> None:
    Staff.objects.update(language="en")

    page = browser.get("/console/policies/").content.decode()

    assert "Requests that meet the policy are approved automatically up to ¥500 of goods." in page


def test_the_default_document_comes_as_a_file_that_is_understood(browser: Client) -> None:
    answer = browser.get("/console/policies/default.yaml")

    assert answer["Content-Disposition"] == 'attachment; filename="policy-default.yaml"'
    assert parse_document(yaml.safe_load(answer.content)) == parse_document(default_document())


def test_a_version_in_force_and_a_draft_are_listed_and_open(house: House, browser: Client) -> None:
    document = {**default_document(), "title": "春季政策"}
    first = draft_policy(house.system, document, now=NOON)
    publish_policy(house.system, first, in_force_from=NOON - timedelta(days=300), now=NOON)
    draft = draft_policy(house.system, {**document, "title": "夏季政策"}, now=NOON)

    page = browser.get("/console/policies/").content.decode()
    opened = browser.get(f"/console/policies/{draft}/").content.decode()
    file = browser.get(f"/console/policies/{draft}/document.yaml")

    assert "生效中" in page
    assert "草稿" in page
    assert "夏季政策" in opened
    assert "还没有发布" in opened
    assert yaml.safe_load(file.content)["title"] == "夏季政策"


def test_a_store_with_its_own_version_is_shown_apart(house: House, browser: Client) -> None:
    document = {**default_document(), "title": "旗舰店政策"}
    own = draft_policy(house.system, document, store_id=house.store_id, now=NOON)
    publish_policy(house.system, own, in_force_from=NOON - timedelta(days=300), now=NOON)

    all_stores = browser.get("/console/policies/").content.decode()
    its_own = browser.get("/console/policies/", {"store": "anxin"}).content.decode()

    assert "系统自带的默认政策" in all_stores
    assert "系统自带的默认政策" not in its_own


@pytest.mark.parametrize("duty", [Duty.AGENT, Duty.WAREHOUSE, Duty.FINANCE, Duty.LOGISTICS])
def test_policies_are_for_those_who_manage_them(house: House, duty: Duty) -> None:
    build_staff(house, "other", duty)
    client = Client()
    client.force_login(User.objects.get(username="other"))

    assert client.get("/console/policies/").status_code == 403
    assert client.get("/console/policies/default.yaml").status_code == 403


def test_a_version_of_another_merchant_is_not_found(browser: Client) -> None:
    other = build_house("别家", "other")
    with acting_for(other.merchant_id):
        theirs = draft_policy(other.system, default_document(), now=NOON)

    assert browser.get(f"/console/policies/{theirs}/").status_code == 404
    assert browser.get(f"/console/policies/{theirs}/document.yaml").status_code == 404
