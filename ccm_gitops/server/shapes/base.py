"""What all bodies share."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, PlainSerializer
from pydantic.alias_generators import to_camel

from ccm_gitops.clock import format_instant

Instant = Annotated[datetime, PlainSerializer(format_instant, return_type=str, when_used="json")]


class Shape(BaseModel):
    """A body that goes out."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, frozen=True, use_attribute_docstrings=True
    )


class Order(Shape):
    """A body that comes in: a key or a type that does not belong there is refused."""

    model_config = ConfigDict(extra="forbid", strict=True)
