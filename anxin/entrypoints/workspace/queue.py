"""The queue: one page of conversations as rows, made for being rendered often."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from anxin.domains.conversations.data import ConversationData, ConversationState, InboxView
from anxin.domains.conversations.public import count_inbox, list_inbox
from anxin.domains.merchants.data import StoreData, StoreId
from anxin.domains.merchants.public import list_stores
from anxin.entrypoints.ui.labels import label_of
from anxin.kernel.actors import Actor

VIEWS = (
    InboxView.MINE,
    InboxView.UNASSIGNED,
    InboxView.WAITING,
    InboxView.OPEN,
    InboxView.CLOSED,
)
CHANNELS = ("chat", "portal", "manual", "wechat", "taobao", "tmall", "jd", "douyin", "email")
PAGE = 50
# Waiting for longer than this looks urgent, and late: the promise of an answer in ten minutes.
SOON_SECONDS = 180
LATE_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Filter:
    """What the address of the page says: any view can be sent to a colleague."""

    view: InboxView
    store: str = ""
    channel: str = ""
    cursor: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> Filter:
        """Read a query; what is unknown falls back to the agent's own conversations."""
        try:
            view = InboxView(query.get("view", InboxView.MINE))
        except ValueError:
            view = InboxView.MINE
        channel = query.get("channel", "")[:40]
        return cls(view, query.get("store", "")[:80], channel, query.get("cursor", ""))

    def query(self, **changes: str) -> str:
        """Return the query of this filter with changes; empty parts are left out."""
        parts = {"view": str(self.view), "store": self.store, "channel": self.channel, **changes}
        return urlencode({key: value for key, value in parts.items() if value})


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the queue, everything in words already."""

    id: UUID
    name: str
    preview: str
    channel: str
    store: str
    assignee: str
    unseen: int
    at: str
    at_iso: str
    wait_iso: str
    wait: str
    tone: str
    is_closed: bool


@dataclass(frozen=True, slots=True)
class Tab:
    """A view with its count, where it is worth counting."""

    view: str
    name: str
    query: str
    count: int | None
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class QueuePage:
    """All that the left pane prints."""

    filter: Filter
    tabs: tuple[Tab, ...]
    stores: tuple[tuple[str, str], ...]
    channels: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]
    next_query: str
    me: str


def build_queue(by: Actor, wanted: Filter, now: datetime, *, with_tabs: bool = True) -> QueuePage:
    """Gather one page of the queue: three statements, two of them counts and stores."""
    stores = list_stores(by.merchant_id)
    store = next((one for one in stores if one.slug == wanted.store), None)
    page = list_inbox(
        by,
        wanted.view,
        store_id=store.id if store else None,
        channel=wanted.channel,
        cursor=wanted.cursor,
        limit=PAGE,
    )
    return QueuePage(
        wanted,
        _tabs(by, wanted) if with_tabs else (),
        tuple((one.slug, one.name) for one in stores),
        tuple((code, str(label_of(code, "channel").text)) for code in CHANNELS),
        rows_of(by, page.items, stores, now),
        wanted.query(cursor=page.next_cursor) if page.next_cursor else "",
        by.id,
    )


def counts_of(by: Actor) -> dict[str, int]:
    """Return how many conversations each open view holds."""
    return {str(view): count for view, count in count_inbox(by).items()}


def _tabs(by: Actor, wanted: Filter) -> tuple[Tab, ...]:
    counts = count_inbox(by)
    return tuple(
        Tab(
            str(view),
            str(label_of(view, "inbox_view").text),
            Filter(view, wanted.store, wanted.channel).query(),
            None if view is InboxView.OPEN else counts.get(view),
            view is wanted.view,
        )
        for view in VIEWS
    )


def rows_of(
    by: Actor, items: tuple[ConversationData, ...], stores: list[StoreData], now: datetime
) -> tuple[Row, ...]:
    """Put conversations into words, working out once what is the same for many of them."""
    names = {one.id: one.name for one in stores} if len(stores) > 1 else {}
    channels: dict[str, str] = {}
    zone, today = timezone.get_current_timezone(), timezone.localtime(now).date()
    return tuple(_row(by, one, names, channels, zone, today, now) for one in items)


def _row(
    by: Actor,
    one: ConversationData,
    names: dict[StoreId, str],
    channels: dict[str, str],
    zone: tzinfo,
    today: date,
    now: datetime,
) -> Row:
    channel = channels.get(one.channel)
    if channel is None:
        channel = channels[one.channel] = str(label_of(one.channel, "channel").text)
    local = one.last_message_at.astimezone(zone)
    at = local.strftime("%H:%M" if local.date() == today else "%m-%d")
    waited = int((now - one.waiting_since).total_seconds()) if one.waiting_since else -1
    is_closed = one.state is ConversationState.CLOSED
    mine = str(one.assignee_id) == by.id
    return Row(
        one.id,
        one.customer_name or gettext("未留姓名"),
        one.preview,
        channel,
        names.get(StoreId(one.store_id), "") if one.store_id else "",
        gettext("我") if mine else one.assignee_name,
        one.unseen,
        at,
        one.last_message_at.isoformat(),
        one.waiting_since.isoformat() if one.waiting_since else "",
        wait_words(waited) if waited >= 0 else "",
        tone_of_wait(waited) if waited >= 0 else "",
        is_closed,
    )


def tone_of_wait(seconds: int) -> str:
    """Return how urgent a wait is; the words beside it say the same."""
    if seconds >= LATE_SECONDS:
        return "late"
    return "soon" if seconds >= SOON_SECONDS else "good"


def wait_words(seconds: int) -> str:
    """Return ``等 5 分钟``."""
    if seconds < 60:
        return gettext("刚来")
    if seconds < 3600:
        return gettext("等 %(count)d 分") % {"count": seconds // 60}
    if seconds < 172_800:
        return gettext("等 %(count)d 小时") % {"count": seconds // 3600}
    return gettext("等 %(count)d 天") % {"count": seconds // 86_400}


def address_of(conversation_id: UUID | None, query: str = "view=open") -> str:
    """Return the address that opens the workspace at a conversation."""
    chosen = f"&c={conversation_id}" if conversation_id else ""
    return f"{reverse('workspace:inbox')}?{query}{chosen}"
