"""Brings a model's files into a folder: whole or not at all, resumed where it was cut off, verified by checksums.

This package runs by itself in an init container or a Job, with nothing but Python: it imports the standard library and
its own modules.

    python -m fetch gs://bucket/path/ /store/model [--sha256 HEX]
    python -m fetch --wait /store/model
"""
