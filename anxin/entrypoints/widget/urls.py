"""Addresses of the widget, below /widget/."""

from __future__ import annotations

from django.urls import path

from anxin.entrypoints.widget import views

app_name = "widget"
urlpatterns = [
    path("<slug:store>.js", views.loader, name="loader"),
    path("<slug:store>/frame/", views.frame, name="frame"),
    path("<slug:store>/visit/", views.visit, name="visit"),
    path("<slug:store>/install/", views.install, name="install"),
]
