"""The catalogue as an argument: a Python value, which no config file and no JSON schema has."""

from typing import Annotated

from pydantic import Field, InstanceOf
from pydantic.json_schema import SkipJsonSchema

from gpuplane.hardware.catalogue import Catalogue

CatalogueArgument = Annotated[SkipJsonSchema[InstanceOf[Catalogue]], Field(exclude=True, repr=False)]
