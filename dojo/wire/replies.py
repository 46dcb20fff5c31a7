"""Say what the process that holds a submission may reply: whatever else it says is no reply.

`wire.Line` has seen to it that text is text and numbers are finite; this is their place and number.
Each list has an end, and an object no more names than it may: each fault in them is kept and told.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from dojo.catalog.verdict import Cause
from dojo.ground.endings import OwnWord
from dojo.ground.foreign import first_fault
from dojo.wire.line import LineBroken

LONGEST_WAIT_S = 1e7

_Word = Annotated[str, Field(max_length=500)]
# Of an exception the process sends 2000 characters; one that cannot be written takes six.
_Said = Annotated[str, Field(max_length=20_000)]
_Moment = Annotated[float, Field(ge=0, le=1e11)]
_Count = Annotated[int, Field(ge=0, le=1_000_000)]

_Kind = TypeVar("_Kind")


_MOST_NAMES = 20


class _Reply(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _has_few_names(cls, told: Any) -> Any:
        if isinstance(told, dict) and len(told) > _MOST_NAMES:
            raise ValueError(f"it has {len(told)} names")
        return told


class Loaded(_Reply):
    """The submission is imported."""

    loaded: Literal[True]


class Refused(_Reply):
    """The submission cannot be imported."""

    refused: _Said
    cause: Cause
    ending: OwnWord | None = None


class Waited(_Reply):
    """The submission would wait: the supervisor's clock goes on first."""

    waited: Annotated[float, Field(ge=0, le=LONGEST_WAIT_S)]
    by: _Word


class _Made(_Reply):
    """A call was made, and broke these house rules, this one or those before it."""

    laws: Annotated[list[_Word], Field(max_length=50)] = Field(default_factory=list)


class Returned(_Made):
    """A call returned; `wire.unpack` reads the value."""

    returned: Any
    handle: _Count


class Raised(_Made):
    """A call raised."""

    raised: _Word
    text: _Said
    where: _Word
    kinds: Annotated[list[_Word], Field(max_length=20)] = Field(default_factory=list)


class Ended(_Reply):
    """A call raised what ends a program, or had no more memory."""

    ended: OwnWord
    by: _Word


class Done(_Reply):
    """What was asked for is done."""

    done: Literal[True]


class Watched(_Reply):
    """What was seen of the trainings."""

    peak: _Count
    started: Annotated[list[_Said], Field(max_length=1000)]


class ToldTaskRun(_Reply):
    """A task run, as the engine in the process told it."""

    id: _Said
    function: _Said
    name: _Said
    states: Annotated[list[_Said], Field(max_length=1000)]
    stamps: Annotated[list[_Moment], Field(max_length=1000)]
    delays_s: Annotated[list[float], Field(max_length=1000)]
    tags: Annotated[list[_Said], Field(max_length=100)]
    flow_run_id: _Said | None
    upstream_ids: Annotated[list[_Said], Field(max_length=1000)]


def _one_by_one(told: list[Any]) -> list[ToldTaskRun]:
    """Read task runs up to the first that is none: of all together the faults have no end."""
    return [ToldTaskRun.model_validate(one) for one in told]


class Engine(_Reply):
    """What the engine in the process told."""

    task_runs: Annotated[list[Any], Field(max_length=1000), AfterValidator(_one_by_one)]
    logs: Annotated[
        list[Annotated[list[str], Field(min_length=2, max_length=2)]], Field(max_length=1000)
    ]


class RanApart(_Reply):
    """What a function of a kata's `inside.py` returned; it saw what the submission has left."""

    ran_apart: Any


LOADED: TypeAdapter[Loaded | Refused] = TypeAdapter(Loaded | Refused)
CALLED: TypeAdapter[Returned | Raised | Ended] = TypeAdapter(Returned | Raised | Ended)
WAITED = TypeAdapter(Waited)
DONE = TypeAdapter(Done)
WATCHED = TypeAdapter(Watched)
ENGINE = TypeAdapter(Engine)
RAN_APART = TypeAdapter(RanApart)


def read_reply(message: dict[str, Any], kind: TypeAdapter[_Kind]) -> _Kind:
    """Read a reply.

    Raises:
        LineBroken: It is not what was asked for.
    """
    try:
        return kind.validate_python(message)
    except ValidationError as error:
        raise LineBroken(first_fault(error)) from None
