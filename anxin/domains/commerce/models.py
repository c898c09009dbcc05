"""Tables of commerce. What an order line cost is frozen at import and never recomputed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from anxin.domains.commerce.data import ImportKind, ImportMode, OrderState, Tender
from anxin.domains.commerce.lifecycle import ImportState
from anxin.kernel.tenancy import TenantForeignKey, TenantModel


class Supplier(TenantModel):
    """Who makes or delivers products."""

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "code"], name="supplier_code_once")
        ]


class Product(TenantModel):
    """One article that can be bought: a variant with its own SKU."""

    sku = models.CharField(max_length=60)
    # Variants of one product share this.
    product_code = models.CharField(max_length=60, blank=True)
    name = models.CharField(max_length=200)
    options = models.JSONField(default=dict)
    category = models.CharField(max_length=60, blank=True)
    supplier = TenantForeignKey(Supplier, models.PROTECT, null=True, related_name="+")
    price_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, default="CNY")
    exclusion = models.CharField(max_length=40, blank=True)
    is_available = models.BooleanField(default=True)
    image_url = models.CharField(max_length=300, blank=True)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "sku"], name="product_sku_once"),
            models.CheckConstraint(condition=Q(price_minor__gte=0), name="product_price_sane"),
        ]
        indexes = [models.Index(fields=["merchant", "product_code"], name="product_variants")]


class Order(TenantModel):
    """What one customer bought at one time from one store."""

    store = TenantForeignKey("merchants.Store", models.PROTECT, related_name="+")
    order_no = models.CharField(max_length=60)
    customer = TenantForeignKey("customers.Customer", models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=12, choices=[(s.value, s.value) for s in OrderState])
    channel = models.CharField(max_length=30, blank=True)
    region = models.CharField(max_length=2, default="CN")
    currency = models.CharField(max_length=3)
    placed_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    # Amounts in minor units; paid = goods − discount + freight + tax.
    goods_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField(default=0)
    freight_minor = models.BigIntegerField(default=0)
    tax_minor = models.BigIntegerField(default=0)
    paid_minor = models.BigIntegerField()
    receiver_name = models.CharField(max_length=80, blank=True)
    receiver_phone = models.CharField(max_length=30, blank=True)
    receiver_address = models.CharField(max_length=300, blank=True)
    # Somebody has claimed units or money of it: what it cost may not be changed any more.
    is_fixed = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "order_no"], name="order_no_once"),
            models.CheckConstraint(
                condition=Q(goods_minor__gte=0, discount_minor__gte=0, freight_minor__gte=0)
                & Q(tax_minor__gte=0, paid_minor__gte=0),
                name="order_amounts_sane",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in OrderState]), name="order_state_known"
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "-placed_at", "-id"], name="order_newest"),
            models.Index(fields=["merchant", "customer", "-placed_at"], name="order_of_customer"),
            models.Index(fields=["merchant", "receiver_phone"], name="order_by_phone"),
        ]


class OrderLine(TenantModel):
    """One article of an order, with its frozen share of discount and tax."""

    order = TenantForeignKey(Order, models.CASCADE, related_name="lines")
    line_no = models.PositiveIntegerField()
    sku = models.CharField(max_length=60)
    name = models.CharField(max_length=200)
    category = models.CharField(max_length=60, blank=True)
    quantity = models.PositiveIntegerField()
    unit_price_minor = models.BigIntegerField()
    gross_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField(default=0)
    tax_minor = models.BigIntegerField(default=0)
    payable_minor = models.BigIntegerField()
    exclusion = models.CharField(max_length=40, blank=True)
    exclusion_confirmed = models.BooleanField(default=False)
    is_gift = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "order", "line_no"], name="line_no_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="line_quantity_positive"),
            models.CheckConstraint(
                condition=Q(discount_minor__gte=0, tax_minor__gte=0, payable_minor__gte=0),
                name="line_amounts_sane",
            ),
        ]
        indexes = [models.Index(fields=["merchant", "sku"], name="line_by_sku")]


class Payment(TenantModel):
    """Money received for an order."""

    order = TenantForeignKey(Order, models.CASCADE, related_name="payments")
    payment_no = models.CharField(max_length=80)
    tender = models.CharField(max_length=20, choices=[(t.value, t.value) for t in Tender])
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reference = models.CharField(max_length=120, blank=True)
    paid_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "payment_no"], name="payment_no_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payment_positive"),
        ]
        indexes = [models.Index(fields=["merchant", "order"], name="payment_of_order")]


class Shipment(TenantModel):
    """One parcel sent to a customer."""

    order = TenantForeignKey(Order, models.CASCADE, related_name="shipments")
    tracking_no = models.CharField(max_length=60)
    carrier = models.CharField(max_length=40, blank=True)
    shipped_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    # Who signed: customer, other, locker … (EDGE_CASES 4: the clock needs the customer's consent).
    signed_by = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "order", "tracking_no"], name="shipment_once"
            )
        ]
        indexes = [models.Index(fields=["merchant", "tracking_no"], name="shipment_by_tracking")]


class ShipmentLine(TenantModel):
    """How many of an order line are in a parcel."""

    shipment = TenantForeignKey(Shipment, models.CASCADE, related_name="lines")
    order_line = TenantForeignKey(OrderLine, models.CASCADE, related_name="+")
    quantity = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "shipment", "order_line"], name="shipment_line_once"
            )
        ]
        indexes = [models.Index(fields=["merchant", "order_line"], name="shipped_of_line")]


class TrackingEvent(TenantModel):
    """What a carrier said about an outbound parcel."""

    shipment = TenantForeignKey(Shipment, models.CASCADE, related_name="events")
    at = models.DateTimeField()
    code = models.CharField(max_length=30)
    text = models.CharField(max_length=300, blank=True)
    place = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "shipment", "at", "code"], name="tracking_event_once"
            )
        ]


class ImportRun(TenantModel):
    """One file brought in: what it held, how far it got, what was wrong with it."""

    kind = models.CharField(max_length=20, choices=[(k.value, k.value) for k in ImportKind])
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField(default=0)
    mode = models.CharField(max_length=20, choices=[(m.value, m.value) for m in ImportMode])
    state = models.CharField(max_length=20, choices=[(s.value, s.value) for s in ImportState])
    # The store of rows that name none; columns renamed by hand; whether unknown SKUs are errors.
    store_id = models.UUIDField(null=True)
    mapping = models.JSONField(default=dict)
    is_strict = models.BooleanField(default=False)
    # How the file was understood: format, encoding, delimiter, columns known and left out.
    layout = models.JSONField(default=dict)
    rows_total = models.PositiveIntegerField(default=0)
    # Rows of the step that runs now: read, checked or applied.
    rows_done = models.PositiveIntegerField(default=0)
    things_total = models.PositiveIntegerField(default=0)
    created_count = models.PositiveIntegerField(default=0)
    updated_count = models.PositiveIntegerField(default=0)
    unchanged_count = models.PositiveIntegerField(default=0)
    rejected_count = models.PositiveIntegerField(default=0)
    error_count = models.PositiveIntegerField(default=0)
    warning_count = models.PositiveIntegerField(default=0)
    # [{line, column, code, value, …}]: the first thousand.
    errors = models.JSONField(default=list)
    warnings = models.JSONField(default=list)
    # The first rows as understood.
    preview = models.JSONField(default=list)
    # Where applying goes on after a crash: bytes of the sorted rows already in.
    applied_bytes = models.BigIntegerField(default=0)
    failure = models.JSONField(default=dict)
    by_kind = models.CharField(max_length=10, default="staff")
    by_id = models.CharField(max_length=64)
    by_name = models.CharField(max_length=100, blank=True)
    started_at = models.DateTimeField()
    # When its worker last said that it lives.
    touched_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["merchant", "-started_at", "-id"], name="import_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in ImportState]), name="import_state_known"
            )
        ]
