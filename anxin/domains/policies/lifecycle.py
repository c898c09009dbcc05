"""How a version of a policy moves. A published version never changes again."""

from __future__ import annotations

from enum import StrEnum

from anxin.kernel.lifecycle import Lifecycle


class VersionState(StrEnum):
    """Where a version is. A superseded one still decides for orders placed in its time."""

    DRAFT = "draft"
    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"


class VersionAction(StrEnum):
    """What can happen to a version."""

    REVISE = "revise"
    PUBLISH = "publish"
    SUPERSEDE = "supersede"


VERSION = Lifecycle[VersionState, VersionAction](
    {
        (VersionState.DRAFT, VersionAction.REVISE): VersionState.DRAFT,
        (VersionState.DRAFT, VersionAction.PUBLISH): VersionState.IN_FORCE,
        (VersionState.IN_FORCE, VersionAction.SUPERSEDE): VersionState.SUPERSEDED,
    }
)
