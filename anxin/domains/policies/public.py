"""What the rest of the system may do with policies."""

from anxin.domains.policies.benchmark import benchmark_decide
from anxin.domains.policies.documents import default_document, parse_document
from anxin.domains.policies.queries import (
    VersionData,
    decide_in_force,
    default_policy,
    get_version,
    list_versions,
    policies_for,
    policy_in_force,
    policy_of_version,
)
from anxin.domains.policies.rules import decide, decide_best, due_after
from anxin.domains.policies.services import draft_policy, publish_policy, revise_policy

__all__ = [
    "VersionData",
    "benchmark_decide",
    "decide",
    "decide_best",
    "decide_in_force",
    "default_document",
    "default_policy",
    "draft_policy",
    "due_after",
    "get_version",
    "list_versions",
    "parse_document",
    "policies_for",
    "policy_in_force",
    "policy_of_version",
    "publish_policy",
    "revise_policy",
]
