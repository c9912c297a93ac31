"""What all bodies share."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer
from pydantic.alias_generators import to_camel

from ccm_gitops.clock import format_instant

Instant = Annotated[datetime, PlainSerializer(format_instant, return_type=str, when_used="json")]

Id = Annotated[
    str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=100, examples=["daily-analysis"])
]
# What a person types into one line; a line break would be no name.
Line = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Text = Annotated[str, Field(max_length=2000, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$")]


class Shape(BaseModel):
    """A body that goes out."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, frozen=True, use_attribute_docstrings=True
    )


class Order(Shape):
    """A body that comes in: a key or a type that does not belong there is refused."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Done(Shape):
    """It is done, and there is nothing more to say."""

    success: bool = True
