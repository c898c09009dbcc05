"""Tables of merchants. Merchant, User, ApiKey and SiteAddress are shared: they tell whose."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from anxin.kernel.tenancy import TenantModel


class Merchant(models.Model):
    """The tenant: everything belongs to exactly one."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=100)
    currency = models.CharField(max_length=3, default="CNY")
    zone = models.CharField(max_length=40, default="Asia/Shanghai")
    # A change worth more than this, in minor units, needs a second person (finance.rules).
    refund_approval_above_minor = models.BigIntegerField(default=50_000)
    created_at = models.DateTimeField(db_default=Now())


class User(AbstractUser):
    """A sign-in. What it may do follows from its Staff row at a merchant."""

    merchant = models.ForeignKey(Merchant, models.PROTECT, null=True, related_name="+")


class Store(TenantModel):
    """One shop of a merchant."""

    slug = models.SlugField(max_length=40)
    name = models.CharField(max_length=100)
    currency = models.CharField(max_length=3, default="CNY")
    zone = models.CharField(max_length=40, default="Asia/Shanghai")
    region = models.CharField(max_length=2, default="CN")
    # CN-11: the seller promptly gives a true return address, contact and phone.
    return_address = models.CharField(max_length=300, blank=True)
    return_contact = models.CharField(max_length=60, blank=True)
    return_phone = models.CharField(max_length=30, blank=True)
    widget_origins = ArrayField(models.CharField(max_length=200), default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "slug"], name="store_slug_once")]


class SiteAddress(models.Model):
    """Which store a public address belongs to. Shared: asked before anyone is known."""

    slug = models.SlugField(max_length=40, primary_key=True)
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="+")
    store_id = models.UUIDField()


class Team(TenantModel):
    """People who share a queue."""

    name = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "name"], name="team_name_once")]


class Staff(TenantModel):
    """A person of the staff: duties, teams, stores, limits, and how he likes his pages."""

    user = models.ForeignKey(
        "merchants.User", models.CASCADE, db_constraint=False, related_name="+"
    )
    name = models.CharField(max_length=60)
    duties = ArrayField(models.CharField(max_length=20), default=list)
    team_ids = ArrayField(models.UUIDField(), default=list)
    # Empty means every store.
    store_ids = ArrayField(models.UUIDField(), default=list)
    approval_limit_minor = models.BigIntegerField(default=0)
    language = models.CharField(max_length=10, default="zh-hans")
    theme = models.CharField(max_length=10, default="auto")
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "user"], name="staff_once")]


class ApiKey(models.Model):
    """A program's key. Shared, because the key tells the merchant; only its hash is kept."""

    id = models.UUIDField(primary_key=True)
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    prefix = models.CharField(max_length=12)
    key_hash = models.BinaryField(unique=True)
    scopes = ArrayField(models.CharField(max_length=40), default=list)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now())
    last_used_at = models.DateTimeField(null=True)
