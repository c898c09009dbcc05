"""Addresses of the wallboard."""

from __future__ import annotations

from django.urls import path

from anxin.entrypoints.wallboard import views

app_name = "wallboard"
urlpatterns = [
    path("", views.wall, name="wall"),
    path("figures.json", views.figures, name="figures"),
    path("history.json", views.history, name="history"),
]
