"""Which names, places, origins, limits and rights are accepted."""

from __future__ import annotations

import pytest

from anxin.domains.merchants import rules
from anxin.domains.merchants.data import Duty, Permission
from anxin.kernel.actors import Actor, ActorKind, MerchantId


def _by(*permissions: str) -> Actor:
    return Actor(MerchantId(1), ActorKind.STAFF, "lin", frozenset(permissions))


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://Shop.Example.cn", "https://shop.example.cn"),
        ("https://shop.example.cn/", "https://shop.example.cn"),
        (" https://shop.example.cn:8443 ", "https://shop.example.cn:8443"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://127.0.0.1", "http://127.0.0.1"),
    ],
)
def test_an_origin_is_kept_without_its_slash(written: str, kept: str) -> None:
    assert rules.clean_origins([written]) == [kept]


@pytest.mark.parametrize(
    "written",
    [
        "http://shop.example.cn",
        "https://shop.example.cn/cart",
        "https://shop.example.cn?x=1",
        "https://user@shop.example.cn",
        "https://*.example.cn",
        "https://shop.example.cn; script-src *",
        "https://a.cn https://b.cn",
        "javascript:alert(1)",
        "https://[::1",
        "https://",
        "shop.example.cn",
        "*",
    ],
)
def test_anything_but_a_bare_origin_is_refused(written: str) -> None:
    with pytest.raises(rules.DetailRefused) as refusal:
        rules.clean_origins([written])

    assert refusal.value.fields["field"] == "widget_origins"


def test_an_origin_given_twice_is_kept_once_and_empty_lines_not_at_all() -> None:
    assert rules.clean_origins(["https://a.cn", "", "https://A.cn/"]) == ["https://a.cn"]


@pytest.mark.parametrize("slug", ["", "-", "a-", "-a", "ä", "a b", "a/b", "x" * 41, "店"])
def test_a_slug_is_only_small_letters_figures_and_inner_hyphens(slug: str) -> None:
    with pytest.raises(rules.DetailRefused):
        rules.clean_slug(slug)


@pytest.mark.parametrize("name", ["", "a", "王", "a b", "<b>", "x" * 61, ".lin"])
def test_a_user_name_can_be_typed_on_any_keyboard(name: str) -> None:
    with pytest.raises(rules.DetailRefused):
        rules.clean_user_name(name)


def test_a_user_name_is_kept_in_small_letters() -> None:
    assert rules.clean_user_name(" Lin.Xiao ") == "lin.xiao"


@pytest.mark.parametrize(
    ("place", "field"),
    [
        (("cny", "Asia/Shanghai", "CN"), "currency"),
        (("CNY", "Asia/Atlantis", "CN"), "zone"),
        (("CNY", "../etc/passwd", "CN"), "zone"),
        (("CNY", "Asia/Shanghai", "China"), "region"),
    ],
)
def test_a_store_stands_in_a_known_place(place: tuple[str, str, str], field: str) -> None:
    with pytest.raises(rules.DetailRefused) as refusal:
        rules.clean_place(*place)

    assert refusal.value.fields["field"] == field


def test_nobody_raises_his_own_limit_but_may_lower_it() -> None:
    rules.check_limit(_by(), "lin", 100, 99)
    rules.check_limit(_by(), "zhou", 100, 101)

    with pytest.raises(rules.OwnLimit):
        rules.check_limit(_by(), "lin", 100, 101)


@pytest.mark.parametrize("limit", [-1, 10**12 + 1])
def test_a_limit_has_a_sane_size(limit: int) -> None:
    with pytest.raises(rules.DetailRefused):
        rules.check_limit(_by(), "zhou", 0, limit)


def test_nobody_gives_rights_that_he_does_not_have() -> None:
    with pytest.raises(rules.BeyondOwnRights) as refusal:
        rules.check_rights(_by(Permission.STAFF_MANAGE, Permission.STATION_USE), [Duty.WAREHOUSE])

    assert refusal.value.fields["missing"] == ["orders.read", "requests.read"]


@pytest.mark.parametrize("scopes", [[], ["*"], ["orders.read", "orders.steal"]])
def test_a_key_has_known_scopes_and_at_least_one(scopes: list[str]) -> None:
    with pytest.raises(rules.DetailRefused):
        rules.clean_scopes(scopes)


def test_an_unknown_duty_is_refused() -> None:
    with pytest.raises(rules.DetailRefused):
        rules.clean_duties(["agent", "king"])
