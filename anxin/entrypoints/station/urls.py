"""Addresses of the station."""

from __future__ import annotations

from django.urls import path

from anxin.entrypoints.station import views

app_name = "station"
urlpatterns = [
    path("", views.desk, name="desk"),
    path("scan/", views.scan, name="scan"),
    path("unknown/", views.keep_unknown, name="unknown"),
    path("requests/<uuid:request_id>/", views.show_request, name="request"),
    path("requests/<uuid:request_id>/inspection/", views.inspect, name="inspect"),
    path("requests/<uuid:request_id>/disinfection/", views.disinfect, name="disinfect"),
    path("requests/<uuid:request_id>/disposition/", views.dispose, name="dispose"),
]
