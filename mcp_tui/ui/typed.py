"""What the composer's commands do: `/call`, `/prompt`, `/read`, the lists, `/model`, `/help`, `quit`."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from mcp_tui.chat.events import ToolApproved, ToolDenied, ToolFinished, ToolProgressed
from mcp_tui.domain.catalog import Kind, Prompt, Resource, Template, Tool
from mcp_tui.domain.commands import (
    COMMANDS,
    CallTool,
    Command,
    FetchPrompt,
    ListItems,
    PickModel,
    Quit,
    ReadResource,
    Say,
    SetMode,
    ShowAudit,
    ShowHelp,
)
from mcp_tui.domain.errors import McpTuiError, NoSuchItem, PermissionDenied
from mcp_tui.domain.permission import Decision, Initiator, Mode
from mcp_tui.domain.text import clean_line, shorten
from mcp_tui.ui import model_acts, rule_acts
from mcp_tui.ui.refs import Ref

if TYPE_CHECKING:
    from mcp_tui.ui.screens.workspace import Workspace


async def run_typed(workspace: Workspace, command: Command) -> None:
    """Do it; what goes wrong is said in the transcript, and the program goes on."""
    app, transcript = workspace.app, workspace.chat.transcript
    try:
        match command:
            case CallTool():
                await _call(workspace, command)
            case FetchPrompt(name, arguments):
                prompt = app.bench.find(Kind.PROMPT, name)
                assert isinstance(prompt, Prompt)
                workspace.open(Ref(prompt.server, prompt.kind, prompt.key))
                workspace.inspector.fetch(prompt, arguments)
            case ReadResource(uri):
                item = _resource(workspace, uri)
                workspace.open(Ref(item.server, item.kind, item.key))
                workspace.inspector.read(item, uri)
            case ListItems(kind):
                transcript.add_output(kind.group, _list(workspace, kind))
            case PickModel(name):
                await model_acts.pick(app, name)
            case SetMode(Mode() as mode):
                rule_acts.set_mode(app, mode)
            case SetMode():
                transcript.add_output("Mode", rule_acts.MODE_SAYS[app.bench.gate.mode])
            case ShowAudit():
                await app.action_audit()
            case ShowHelp():
                lines = [f"{name:<11} {about}" for name, about in COMMANDS.items()]
                transcript.add_output("Commands", "\n".join([*lines, "F1 shows every key."]))
            case Quit():
                await app.action_quit()
            case Say(text):
                workspace.chat.send(text)
    except McpTuiError as error:
        transcript.add_note(". ".join(part for part in (error.what, error.hint) if part), kind="warn")


async def _call(workspace: Workspace, command: CallTool) -> None:
    """A person's own call, as a card like the model's."""
    bench, transcript = workspace.app.bench, workspace.chat.transcript
    tool = bench.find(Kind.TOOL, command.name)
    assert isinstance(tool, Tool)
    request = bench.request(tool, command.arguments, Initiator.USER, consented=True)
    call = transcript.add_user_call(tool.server, tool.name, command.arguments, request)
    patience = bench.hub.patience(tool.server)
    started = time.monotonic()

    def approved(decision: Decision) -> None:
        nonlocal started
        started = time.monotonic()
        transcript.fold(ToolApproved(call, decision, patience))

    def progress(done: float, total: float | None, message: str) -> None:
        transcript.fold(ToolProgressed(call, done, total, message))

    try:
        result = await bench.call_tool(tool, command.arguments, progress=progress, patience=patience, approved=approved)
    except PermissionDenied as denied:
        transcript.fold(ToolDenied(call, Decision(False, command.arguments, denied.hint)))
    except McpTuiError as error:
        transcript.fold(ToolFinished(call, time.monotonic() - started, error=error.what))
    except asyncio.CancelledError:
        transcript.fold(ToolFinished(call, time.monotonic() - started, stopped=True))
        raise
    else:
        transcript.fold(ToolFinished(call, time.monotonic() - started, result))


def _resource(workspace: Workspace, uri: str) -> Resource | Template:
    """The listed resource, else a template that the address could come from."""
    bench = workspace.app.bench
    try:
        item = bench.find(Kind.RESOURCE, uri)
        assert isinstance(item, Resource)
        return item
    except NoSuchItem:
        if (template := bench.template_for(uri)) is not None:
            return template
        raise


def _list(workspace: Workspace, kind: Kind) -> str:
    items = [item for item in workspace.app.bench.items() if item.kind is kind]
    if not items:
        return f"No {kind.group.lower()} on any server."
    return "\n".join(
        f"{clean_line(item.server)}/{clean_line(item.key)}  {shorten(clean_line(item.description), 80)}".rstrip()
        for item in items
    )
