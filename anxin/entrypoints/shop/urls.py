"""Addresses of the sample shop."""

from __future__ import annotations

from django.urls import path

from anxin.entrypoints.shop import views

app_name = "shop"
urlpatterns = [path("", views.product, name="product")]
