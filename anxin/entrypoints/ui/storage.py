"""Static files under names that carry their content's hash, also where modules import modules."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # untyped
    """Hashed, compressed, cached for ever.

    Imports inside ES modules are rewritten as well: otherwise a page could load one module twice,
    by its hashed and by its plain name, and open two lines to the server.
    """

    support_js_module_import_aggregation = True
