"""What a tool may be given: typed arguments, the schemas drawn from them, and what is said of arguments that do not fit.

No argument is a key or a URL: a server is named by its environment, and where its key is says `catalogsync.yaml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
)
from pydantic.json_schema import GenerateJsonSchema

from catalogsync.core.canon import Body
from catalogsync.core.diagnostics import Diagnostic, Severity, on_one_line
from catalogsync.core.wording import did_you_mean

_Path = Annotated[str, StringConstraints(min_length=1)]
_DECIMAL = r"^[0-9]{1,40}(\.[0-9]{1,40})?$"


_NUMBERS = 'each as decimal text ("0.5") or as a whole number'


def _in_digits(value: object) -> object:
    return str(value) if type(value) is int else value


_Quantity = Annotated[
    str,
    StringConstraints(pattern=_DECIMAL),
    BeforeValidator(_in_digits),
    WithJsonSchema({"anyOf": [{"type": "string", "pattern": _DECIMAL}, {"type": "integer", "minimum": 0}]}),
]
"""A quantity as decimal text; a whole number may be given as a number. A number with a point would be a float, which no quantity becomes."""
_Against = Annotated[str, StringConstraints(pattern=r"^git:[^:-][^:]*$")]
_AGAINST = "The catalog that was last applied, instead of what the run store knows, at a commit: git:REV."
_SERVER = (
    "An environment of catalogsync.yaml: it names the server, the key and the overlays. Without it the server of the variable "
    "OPENMETER_URL, else the file's default environment."
)


class Arguments(BaseModel):
    """What a tool is given: these members and no others."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class CatalogArguments(Arguments):
    """Which catalog."""

    paths: list[_Path] = Field(
        default=[],
        description="Files and folders of manifests, as seen from the folder of the server; catalog without any.",
    )
    environment: str | None = Field(
        default=None,
        description="An environment of catalogsync.yaml: its overlays are merged. Without it the catalog as it is.",
    )


class ValidateArguments(CatalogArguments):
    """Which catalog; without an environment it is checked with the overlays of each."""

    environment: str | None = Field(
        default=None,
        description="This environment of catalogsync.yaml alone. Without it: without overlays, and with those of every environment.",
    )


class PlanArguments(CatalogArguments):
    """Which catalog, for which server, and what more is asked."""

    environment: str | None = Field(default=None, description=_SERVER)
    only: list[str] = Field(
        default=[],
        description="Only these objects, as KIND/KEY, with what they need; plan/* means all plans.",
    )
    prune: bool = Field(
        default=False,
        description="Plan to remove too what the last applied catalog had and the files have no longer.",
    )
    against: _Against | None = Field(default=None, description=f"With prune. {_AGAINST}")
    rehearse: bool = Field(
        default=False,
        description="Carry the plan out on a copy of the live catalog, in memory, and say how it went.",
    )
    at: dict[str, list[_Quantity]] = Field(
        default={}, description=f"Show changed prices at these quantities of a feature too, {_NUMBERS}."
    )


class DriftArguments(CatalogArguments):
    """Which catalog, on which server, compared with what."""

    environment: str | None = Field(default=None, description=_SERVER)
    against: _Against | None = Field(default=None, description=_AGAINST)


class QuoteArguments(CatalogArguments):
    """Whose bill."""

    plan: str = Field(description="The key of a plan.")
    phase: str = Field(default="", description="The key of one of its phases; without it the last one.")
    usage: dict[str, _Quantity] = Field(
        default={},
        description=f"How much of each feature is used in the billing period, {_NUMBERS}; 0 where it is left out.",
    )
    addons: dict[str, Annotated[int, Field(ge=1)]] = Field(
        default={}, description="How often each add-on is bought, by its key: a whole number of at least 1."
    )


class ExplainArguments(Arguments):
    """Which code."""

    code: str | None = Field(
        default=None, description="A code of a diagnostic, as in refused-stale; without it all of them."
    )


Given = TypeVar("Given", bound=Arguments)


class ArgumentsUnfit(Exception):
    """Arguments that a tool does not take; `diagnostics` says each, without the value that was given."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__()
        self.diagnostics = diagnostics


class _Schema(GenerateJsonSchema):
    def field_title_should_be_set(self, schema: object) -> bool:
        """A title would only repeat the member's name."""
        return False


def schema_of(arguments: type[Arguments]) -> dict[str, object]:
    """The JSON schema of a tool's arguments."""
    return arguments.model_json_schema(schema_generator=_Schema)


def read(arguments: type[Given], given: Body) -> Given:
    """The arguments, typed. Raises ArgumentsUnfit."""
    try:
        return arguments.model_validate(dict(given))
    except ValidationError as problem:
        found = problem.errors(include_url=False, include_context=False, include_input=False)
        said = (_diagnostic(one["loc"], one["type"], arguments) for one in found)
        raise ArgumentsUnfit(tuple(dict.fromkeys(said))) from None


_MUST: Mapping[str, str] = {
    "bool_type": "must be true or false",
    "dict_type": "must be an object",
    "int_type": "must be a whole number",
    "list_type": "must be a list",
    "missing": "is missing",
    "string_too_short": "must not be empty",
    "string_type": "must be text",
}


def _diagnostic(place: tuple[int | str, ...], kind: str, arguments: type[Arguments]) -> Diagnostic:
    """What is wrong with one argument. Its hint is what the schema says of it."""
    name, known = on_one_line(".".join(map(str, place))), arguments.model_fields
    if kind == "extra_forbidden":
        hint = did_you_mean(name, known, f"there are {', '.join(known)}")
        return Diagnostic("mcp-arguments", Severity.ERROR, f"there is no argument `{name}`", hint=hint)
    said = _MUST.get(kind, "is not of the form that it must have")
    hint = known[str(place[0])].description or ""
    return Diagnostic("mcp-arguments", Severity.ERROR, f"argument `{name}` {said}", hint=hint)
