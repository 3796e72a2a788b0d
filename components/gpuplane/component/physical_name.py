"""Names that a cloud limits in length and wants unique in a project or account."""

import hashlib

import pulumi

_HASH_LENGTH = 8


def physical_name(logical: str, limit: int) -> str:
    """Return a name unique to the stack: cut to the limit, ending in a hash of project, stack and logical name.

    Args:
        logical: What it is called in the program.
        limit: Most characters that the cloud allows.
    """
    of = f"{pulumi.get_project()}/{pulumi.get_stack()}/{logical}"
    digest = hashlib.sha256(of.encode()).hexdigest()[:_HASH_LENGTH]
    return f"{logical[: limit - _HASH_LENGTH - 1].rstrip('-')}-{digest}"
