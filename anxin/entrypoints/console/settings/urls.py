"""Addresses of the administration, below /console/settings/."""

from __future__ import annotations

from django.urls import path
from django.views.generic import RedirectView

import anxin.entrypoints.console.settings.labels  # noqa: F401  (registers words)
from anxin.entrypoints.console.settings.views import keys, people, places

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="console:settings-staff"), name="settings"),
    path("staff/", people.staff, name="settings-staff"),
    path("staff/new/", people.hire, name="settings-hire"),
    path("staff/<uuid:staff_id>/", people.person, name="settings-person"),
    path("staff/<uuid:staff_id>/activity/", people.activity, name="settings-activity"),
    path("staff/<uuid:staff_id>/password/", people.password, name="settings-password"),
    path(
        "staff/<uuid:staff_id>/second-factor/",
        people.second_factor,
        name="settings-second-factor",
    ),
    path("teams/", people.teams, name="settings-teams"),
    path("teams/<uuid:team_id>/", people.team, name="settings-team"),
    path("roles/", people.roles, name="settings-roles"),
    path("stores/", places.stores, name="settings-stores"),
    path("stores/new/", places.new_store, name="settings-store-new"),
    path("stores/<uuid:store_id>/", places.store, name="settings-store"),
    path("refund-approval/", places.refund_approval, name="settings-refund-approval"),
    path("keys/", keys.keys, name="settings-keys"),
    path("keys/new/", keys.issue, name="settings-key-new"),
    path("keys/<uuid:key_id>/revoke/", keys.revoke, name="settings-key-revoke"),
]
