"""Fetches a model into a folder: completely or not at all, resumed after interruptions, verified by checksums.

The package runs on its own in an init container or a Job: it imports only the standard library and its own modules.

    python -m fetch gs://bucket/path/ /store/model [--sha256 HEX]
    python -m fetch --wait /store/model
"""
