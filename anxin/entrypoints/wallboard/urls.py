"""Addresses of the wallboard."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "wallboard"
urlpatterns: list[URLPattern] = []
