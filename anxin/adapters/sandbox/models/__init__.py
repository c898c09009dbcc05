"""Tables of the sandboxes, a file for each."""

from anxin.adapters.sandbox.models.carrier import (
    SandboxCarrierMood,
    SandboxLetter,
    SandboxParcel,
    SandboxTrace,
)
from anxin.adapters.sandbox.models.provider import (
    SandboxCallback,
    SandboxMisbehaviour,
    SandboxRefund,
)

__all__ = [
    "SandboxCallback",
    "SandboxCarrierMood",
    "SandboxLetter",
    "SandboxMisbehaviour",
    "SandboxParcel",
    "SandboxRefund",
    "SandboxTrace",
]
