"""Tables of the sandboxes, a file for each."""

from anxin.adapters.sandbox.models.provider import (
    SandboxCallback,
    SandboxMisbehaviour,
    SandboxRefund,
)

__all__ = ["SandboxCallback", "SandboxMisbehaviour", "SandboxRefund"]
