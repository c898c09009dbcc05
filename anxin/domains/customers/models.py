"""Tables of customers."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from anxin.kernel.tenancy import TenantForeignKey, TenantModel


class Customer(TenantModel):
    """A person who bought or asked."""

    name = models.CharField(max_length=120, blank=True)
    # Names sort by this (pinyin, lower case): the database's collation knows no Chinese order.
    sort_key = models.CharField(max_length=200, blank=True)
    tier = models.CharField(max_length=20, blank=True)
    language = models.CharField(max_length=10, blank=True)
    external_ref = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "external_ref"],
                condition=~models.Q(external_ref=""),
                name="customer_ref_once",
            )
        ]
        indexes = [models.Index(fields=["merchant", "sort_key", "id"], name="customer_by_name")]


class Identity(TenantModel):
    """One address of a customer on one channel; belongs to one customer at a time."""

    customer = TenantForeignKey(Customer, models.CASCADE, related_name="identities")
    channel = models.CharField(max_length=40)
    # Normalised: e-mail lower case, phone digits with country code (+86…), others as given.
    address = models.CharField(max_length=200)
    verified_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "channel", "address"], name="identity_address_once"
            )
        ]
        indexes = [models.Index(fields=["merchant", "customer"], name="identity_of_customer")]
