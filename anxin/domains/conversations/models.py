"""Tables of conversations. Messages are numbered within their thread and never change."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from anxin.domains.conversations.data import ConversationState, Direction
from anxin.kernel.tenancy import TenantForeignKey, TenantModel

OPEN = ~Q(state=ConversationState.CLOSED)


class Conversation(TenantModel):
    """One thread of messages with one customer on one channel; at most one is open at a time."""

    # Drawn lazily: intake by the thousand gives none; pages show the short id then.
    number = models.CharField(max_length=30, blank=True)
    customer = TenantForeignKey("customers.Customer", models.PROTECT, related_name="+")
    channel = models.CharField(max_length=40)
    store = TenantForeignKey("merchants.Store", models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=20, default=ConversationState.WAITING_US)
    assignee = TenantForeignKey("merchants.Staff", models.PROTECT, null=True, related_name="+")
    order = TenantForeignKey("commerce.Order", models.PROTECT, null=True, related_name="+")
    # How the order became known: number, customer (his only recent one) or by_hand.
    order_link = models.CharField(max_length=10, blank=True, db_default="")
    language = models.CharField(max_length=10, blank=True)
    last_seq = models.PositiveIntegerField(default=0)
    # Highest number the customer, and the staff, have seen.
    customer_seen_seq = models.PositiveIntegerField(default=0)
    seen_seq = models.PositiveIntegerField(default=0)
    preview = models.CharField(max_length=160, blank=True)
    # An order number named by the customer that is not among his orders.
    suggested_order_no = models.CharField(max_length=60, blank=True, db_default="")
    # Since when the customer has waited for an answer.
    waiting_since = models.DateTimeField(null=True)
    first_inbound_at = models.DateTimeField(null=True)
    first_response_at = models.DateTimeField(null=True)
    last_message_at = models.DateTimeField(db_default=Now())
    created_at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "customer", "channel"],
                condition=~Q(state="closed"),
                name="conversation_open_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in ConversationState]),
                name="conversation_state_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["merchant", "-last_message_at", "-id"],
                condition=~Q(state="closed"),
                name="conversation_open",
            ),
            models.Index(
                fields=["merchant", "assignee", "-last_message_at", "-id"],
                condition=~Q(state="closed"),
                name="conversation_mine",
            ),
            models.Index(
                fields=["merchant", "waiting_since", "id"],
                condition=Q(state="waiting_us"),
                name="conversation_waiting",
            ),
            models.Index(
                fields=["merchant", "-last_message_at", "-id"],
                condition=Q(state="closed"),
                name="conversation_closed",
            ),
            models.Index(fields=["merchant", "customer", "-id"], name="conversation_of_customer"),
        ]


class Message(TenantModel):
    """One message, note or event of a thread."""

    append_only: ClassVar[bool] = True

    conversation = TenantForeignKey(Conversation, models.CASCADE, related_name="messages")
    seq = models.PositiveIntegerField()
    channel = models.CharField(max_length=40)
    # The channel's own id of the message, or the client's: unique per channel.
    external_id = models.CharField(max_length=200)
    direction = models.CharField(max_length=5, choices=[(d.value, d.value) for d in Direction])
    author_kind = models.CharField(max_length=10)
    author_id = models.CharField(max_length=64)
    author_name = models.CharField(max_length=120, blank=True)
    text = models.TextField(blank=True)
    file_ids = ArrayField(models.UUIDField(), default=list)
    # Addresses of attachments that an outside channel keeps.
    links = ArrayField(models.TextField(), default=list, db_default=[])
    # Words of the text, each with its merchant (tokens.py); null where nobody searches.
    tokens = SearchVectorField(null=True)
    sent_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "conversation", "seq"], name="message_seq_once"
            ),
            models.UniqueConstraint(
                fields=["merchant", "channel", "external_id"], name="message_external_once"
            ),
        ]
        # The one index that does not start with the merchant: its words do.
        indexes = [GinIndex(fields=["tokens"], name="message_words")]


class QuickReply(TenantModel):
    """A prepared answer with variables such as {customer} and {order}."""

    shortcut = models.CharField(max_length=30)
    title = models.CharField(max_length=80)
    text = models.TextField()
    used_count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "shortcut"], name="quick_reply_once")
        ]
