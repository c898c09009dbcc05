"""The five ways a domain says no. Entry points turn each into one HTTP status."""

from __future__ import annotations

from typing import Any, ClassVar


class DomainError(Exception):
    """Base of every refusal a domain can give. The docstring is the default message."""

    code: ClassVar[str] = "domain_error"

    def __init__(self, message: str | None = None, **fields: Any) -> None:
        super().__init__(message or (self.__doc__ or "").strip().splitlines()[0])
        self.fields = fields


class Invalid(DomainError):
    """The request itself is wrong."""

    code = "invalid"


class NotAllowed(DomainError):
    """The actor may not do this."""

    code = "not_allowed"


class NotFound(DomainError):
    """No such thing, or not for this actor."""

    code = "not_found"


class Conflict(DomainError):
    """The thing is in a state that forbids this."""

    code = "conflict"


class Unavailable(DomainError):
    """An outside service failed; trying later may work."""

    code = "unavailable"
