"""Names that a cloud limits in length and wants unique in a project or account."""

import hashlib

import pulumi

_HASH_LENGTH = 8


def physical_name(logical: str, limit: int) -> str:
    """A name that is the stack's own: cut to the limit, with a hash of project, stack and logical name at its end.

    Args:
        logical: What it is called in the program.
        limit: Most characters that the cloud allows.
    """
    of = f"{pulumi.get_project()}/{pulumi.get_stack()}/{logical}"
    digest = hashlib.sha256(of.encode()).hexdigest()[:_HASH_LENGTH]
    return f"{logical[: limit - _HASH_LENGTH - 1].rstrip('-')}-{digest}"
