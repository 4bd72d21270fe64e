"""The demo MCP server: every feature of the protocol once, and harmless. `python -m mcp_tui.demo.server`.

It speaks both eras over stdio. The tools that ask back (`ask_me`, `ask_model`) do it by resolvers, which the SDK
turns into a request of the server (up to 2025-11-25) or into an "input required" result (2026-07-28).
"""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Literal

from mcp.server.mcpserver import (
    AcceptedElicitation,
    AssistantMessage,
    Context,
    Elicit,
    ElicitationResult,
    MCPServer,
    Message,
    Resolve,
    Sample,
    UserMessage,
)
from mcp.server.mcpserver.exceptions import ResourceNotFoundError, ToolError
from mcp.types import (
    Completion,
    CompletionArgument,
    CompletionContext,
    CreateMessageResult,
    PromptReference,
    ResourceTemplateReference,
    SamplingMessage,
    TextContent,
    ToolAnnotations,
)
from pydantic import BaseModel, Field, WithJsonSchema

from mcp_tui import __version__
from mcp_tui.demo.notes import ABOUT, GUIDE, NOTES, Forecast, Units, draw_picture, invent_forecast
from mcp_tui.demo.zones import UnknownZone, tell_time

STYLES = ("warm", "formal", "pirate", "haiku")
LANGUAGES = ("python", "typescript", "go", "rust", "sql", "shell")

READS_ONLY = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
ASKS_BACK = ToolAnnotations(read_only_hint=True, idempotent_hint=False, open_world_hint=False)
DESTROYS = ToolAnnotations(read_only_hint=False, destructive_hint=True, idempotent_hint=False, open_world_hint=False)

server = MCPServer(
    "demo",
    title="mcp-tui demo",
    version=__version__,
    instructions="Harmless tools to try a client with. The weather is invented; notes live in memory only.",
    log_level="WARNING",
)
notes = dict(NOTES)


# -- tools ----------------------------------------------------------------------------------------------------


def _number(description: str) -> WithJsonSchema:
    """Keeps whole numbers exact, and says "number" in the schema all the same."""
    return WithJsonSchema({"type": "number", "description": description})


@server.tool(title="Add", annotations=READS_ONLY, structured_output=False)
def add(
    a: Annotated[int | float, _number("The first number")],
    b: Annotated[int | float, _number("The second number")],
) -> str:
    """Add two numbers and return their sum."""
    if isinstance(a, int) and isinstance(b, int):
        return str(a + b)
    return str(float(Decimal(str(a)) + Decimal(str(b)))).removesuffix(".0")


@server.tool(title="Reverse text", annotations=READS_ONLY, structured_output=False)
def reverse_text(text: Annotated[str, Field(description="What to turn around")]) -> str:
    """Turn a text around, last character first."""
    return text[::-1]


@server.tool(
    title="Current time",
    annotations=ToolAnnotations(read_only_hint=True, idempotent_hint=False, open_world_hint=False),
    structured_output=False,
)
def get_current_time(
    timezone: Annotated[str, Field(description="An IANA name such as Europe/Paris, or a city of one")] = "UTC",
) -> str:
    """Tell what time it is in a time zone."""
    try:
        return tell_time(timezone, datetime.now(UTC))
    except UnknownZone as error:
        raise ToolError(str(error)) from error


@server.tool(title="Count slowly", annotations=READS_ONLY, structured_output=False)
async def count_slowly(
    context: Context,
    steps: Annotated[int, Field(ge=1, le=100, description="How far to count")] = 5,
    pause: Annotated[float, Field(ge=0, le=10, description="Seconds between two steps")] = 0.5,
) -> str:
    """Count up step by step and report progress, so that there is something to watch and to cancel."""
    for step in range(1, steps + 1):
        await context.report_progress(step, steps, f"counted to {step} of {steps}")
        if step < steps:
            await asyncio.sleep(pause)
    return f"Counted to {steps}."


@server.tool(title="Fail", annotations=READS_ONLY, structured_output=False)
def fail(
    message: Annotated[str, Field(description="What the error says")] = "This tool fails on purpose.",
) -> str:
    """Always fail with the message that you choose."""
    raise ToolError(message)


@server.tool(title="Weather (invented)", annotations=READS_ONLY)
def get_weather(
    city: Annotated[str, Field(min_length=1, description="Any place, real or not")],
    days: Annotated[int, Field(ge=1, le=7, description="How many days, today included")] = 3,
    units: Annotated[Units, Field(description="Of the temperatures")] = "celsius",
) -> Forecast:
    """Give a weather forecast. It is made up from the letters of the name: the same place, the same weather."""
    return invent_forecast(city, days, units)


class AboutYou(BaseModel):
    """What the demo server asks you."""

    name: str = Field(min_length=1, max_length=60, description="What should I call you?")
    favourite_colour: Literal["red", "green", "blue", "yellow"] = Field(description="Pick one")
    lucky_number: int = Field(default=7, ge=1, le=99, description="Between 1 and 99")
    likes_terminals: bool = Field(default=True, description="Do you like terminals?")


def _ask_about_you() -> Elicit[AboutYou]:
    return Elicit("The demo server would like to know you. Nothing you enter leaves this machine.", AboutYou)


@server.tool(title="Ask me", annotations=ASKS_BACK, structured_output=False)
def ask_me(reply: Annotated[ElicitationResult[AboutYou], Resolve(_ask_about_you)]) -> str:
    """Ask the person at the screen to fill in a form, and repeat what they said."""
    if not isinstance(reply, AcceptedElicitation):
        return "No answers: the form was declined." if reply.action == "decline" else "No answers: the form was closed."
    you = reply.data
    likes = "likes" if you.likes_terminals else "does not like"
    return f"{you.name} picks {you.favourite_colour}, trusts in {you.lucky_number} and {likes} terminals."


def _ask_the_model(question: str) -> Sample:
    said = SamplingMessage(role="user", content=TextContent(type="text", text=question))
    return Sample([said], max_tokens=300, system_prompt="Answer in one or two sentences.")


@server.tool(title="Ask the model", annotations=ASKS_BACK, structured_output=False)
def ask_model(
    question: Annotated[str, Field(min_length=1, description="What the server asks the client's model")],
    answer: Annotated[CreateMessageResult, Resolve(_ask_the_model)],
) -> str:
    """Send a question to the model of the client (MCP sampling) and return what it answers."""
    text = answer.content.text if isinstance(answer.content, TextContent) else f"({answer.content.type} content)"
    return f"{answer.model} says: {text}"


@server.tool(title="Delete a note", annotations=DESTROYS, structured_output=False)
def delete_note(name: Annotated[str, Field(description="The note's name, as in demo://notes/NAME")]) -> str:
    """Delete a note for good. Notes live in memory: a restart of the server brings them back."""
    if notes.pop(name, None) is None:
        raise ToolError(f"There is no note {name!r}. {_notes_there_are()}")
    return f"Deleted the note {name!r}. {_notes_there_are()}"


def _notes_there_are() -> str:
    return f"There are: {', '.join(notes)}." if notes else "No notes are left."


# -- prompts --------------------------------------------------------------------------------------------------


@server.prompt(title="Greet somebody")
def greet(
    name: Annotated[str, Field(description="Who is greeted")],
    style: Annotated[str, Field(description="warm, formal, pirate or haiku")] = "warm",
) -> str:
    """Write a greeting in a style."""
    return f"Write a {style} greeting for {name}, in at most three sentences."


@server.prompt(title="Review code")
def review(
    code: Annotated[str, Field(description="The code to look at")],
    language: Annotated[str, Field(description="The language it is written in")] = "python",
) -> list[Message]:
    """Start a code review: a request with the code, and the first words of the answer."""
    return [
        UserMessage(f"Review this {language} code. Name bugs before style.\n\n```{language}\n{code}\n```"),
        AssistantMessage("I will look for bugs first, then for unclear names, then for what can be left out."),
        UserMessage("Begin with the most serious problem."),
    ]


# -- resources ------------------------------------------------------------------------------------------------


@server.resource("demo://about", title="About this server", mime_type="text/plain")
def about() -> str:
    """What this server is, in plain text."""
    return ABOUT


@server.resource("demo://guide", title="A short tour", mime_type="text/markdown")
def guide() -> str:
    """What to try, in Markdown."""
    return GUIDE


@server.resource("demo://notes", title="All notes", mime_type="application/json")
def all_notes() -> str:
    """All notes by name, as JSON."""
    return json.dumps(notes, indent=2, ensure_ascii=False)


@server.resource("demo://picture", title="A picture", mime_type="image/png")
def picture() -> bytes:
    """A small PNG image, drawn by a formula."""
    return draw_picture()


@server.resource("demo://bytes", title="All bytes", mime_type="application/octet-stream")
def all_bytes() -> bytes:
    """The 256 bytes from 0 to 255."""
    return bytes(range(256))


@server.resource("demo://notes/{name}", title="One note", mime_type="text/plain")
def note(name: str) -> str:
    """The text of one note."""
    if name not in notes:
        raise ResourceNotFoundError(f"There is no note {name!r}. {_notes_there_are()}")
    return notes[name]


# -- completion -----------------------------------------------------------------------------------------------


@server.completion()
async def complete(
    ref: PromptReference | ResourceTemplateReference,
    argument: CompletionArgument,
    context: CompletionContext | None,
) -> Completion:
    """Values that begin with what was typed, for prompt arguments and the notes' template."""
    values: tuple[str, ...] = ()
    match ref, argument.name:
        case PromptReference(name="greet"), "style":
            values = STYLES
        case PromptReference(name="review"), "language":
            values = LANGUAGES
        case ResourceTemplateReference(uri="demo://notes/{name}"), "name":
            values = tuple(notes)
        case _:
            pass
    typed = argument.value.casefold()
    fitting = [value for value in values if value.startswith(typed)]
    return Completion(values=fitting, total=len(fitting), has_more=False)


if __name__ == "__main__":
    server.run()
