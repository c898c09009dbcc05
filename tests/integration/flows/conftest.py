"""The scene of every test of a flow."""

from tests.integration.aftersales.conftest import scene

__all__ = ["scene"]
