"""Addresses of the shared pages."""

from __future__ import annotations

from django.urls import path

from anxin.entrypoints.ui import files, views

app_name = "ui"
urlpatterns = [
    path("", views.home, name="home"),
    path("preferences/", views.preferences, name="preferences"),
    path("ui/gallery/", views.gallery, name="gallery"),
    path("files/", files.upload, name="upload"),
    path("files/<uuid:file_id>/", files.show, name="file"),
]
