"""Registers the kernel and ties the database's locks to migrations."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class KernelConfig(AppConfig):
    """The kernel as a Django app."""

    name = "anxin.kernel"
    label = "kernel"

    def ready(self) -> None:
        """Guard the database after every migration."""
        from anxin.kernel.guard import guard_database

        post_migrate.connect(guard_database, sender=self, dispatch_uid="anxin.guard")
