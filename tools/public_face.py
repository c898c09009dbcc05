"""An import-linter contract: other packages use a domain only through its public modules."""

from __future__ import annotations

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class PublicFaceContract(Contract):
    """Refuse imports of a domain's private modules from outside that domain."""

    domains = fields.StringField()
    faces = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Return which modules import another domain's private module."""
        domains, faces = str(self.domains), [str(face) for face in self.faces]  # type: ignore[attr-defined]
        trespasses = [
            (importer, module)
            for domain in sorted(graph.find_children(domains))
            for module in graph.find_descendants(domain)
            if module not in {f"{domain}.{face}" for face in faces}
            for importer in graph.find_modules_that_directly_import(module)
            if importer != domain and not importer.startswith(f"{domain}.")
        ]
        return ContractCheck(kept=not trespasses, metadata={"trespasses": trespasses})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print each trespass on a line of its own."""
        for importer, module in check.metadata["trespasses"]:
            output.print_error(f"{importer} imports {module}, which is private")
