"""Who is who in the sample data. The passwords are public: never load it on an open server."""

# messages: data (what people of the sample write)
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from anxin.domains.merchants.data import Duty

MERCHANT = "安心优选"
PASSWORD = "anxin-demo-2026"
API_KEY = "anxin_demo_key_for_trying_things_out_only"


@dataclass(frozen=True, slots=True)
class Shop:
    """A store of the sample merchant."""

    slug: str
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Person:
    """Someone of the sample staff."""

    user_name: str
    name: str
    duties: tuple[Duty, ...]
    limit_minor: int = 0
    language: str = "zh-hans"


STORES = (
    Shop("anxin", "安心优选旗舰店", "浙江省杭州市余杭区仓前街道良睦路 1288 号 3 号库"),
    Shop("home", "安心家居生活馆", "江苏省苏州市吴中区木渎镇金枫路 216 号 B 座退货组"),
)
PEOPLE = (
    Person("agent", "林晓", (Duty.AGENT,), 20_000),
    Person("agent2", "周宁", (Duty.AGENT,), 20_000),
    Person("emma", "Emma Clarke", (Duty.AGENT,), 20_000, "en"),
    Person("supervisor", "何佳", (Duty.SUPERVISOR,), 200_000),
    Person("warehouse", "老杜", (Duty.WAREHOUSE,)),
    Person("logistics", "唐燕", (Duty.LOGISTICS,)),
    Person("finance", "沈敏", (Duty.FINANCE,), 10_000_000),
    Person("operations", "顾航", (Duty.OPERATIONS,)),
    Person("admin", "安心管理员", (Duty.ADMINISTRATOR,), 10_000_000),
)


def credentials(base_url: str) -> dict[str, Any]:
    """Return what a program needs to try the sample data."""
    return {
        "base_url": base_url,
        "merchant": MERCHANT,
        "stores": [shop.slug for shop in STORES],
        "password": PASSWORD,
        "users": [
            {
                "username": person.user_name,
                "password": PASSWORD,
                "name": person.name,
                "duties": [str(duty) for duty in person.duties],
            }
            for person in PEOPLE
        ],
        "api_key": API_KEY,
        "addresses": {
            "staff": f"{base_url}/",
            "portal": f"{base_url}/portal/{STORES[0].slug}/",
            "shop": f"{base_url}/shop/",
            "station": f"{base_url}/station/",
            "wallboard": f"{base_url}/wallboard/",
            "api": f"{base_url}/api/v1/",
            "api_docs": f"{base_url}/api/docs",
        },
    }
