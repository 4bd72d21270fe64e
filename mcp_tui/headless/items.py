"""`tools prompts resources templates call prompt read`: one answer, then exit."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from mcp_tui.domain.catalog import Item, Kind, Prompt, Resource, Template, Tool
from mcp_tui.domain.commands import key_values
from mcp_tui.domain.content import block_text
from mcp_tui.domain.errors import McpTuiError, NoSuchItem, UsageError
from mcp_tui.domain.permission import Initiator
from mcp_tui.domain.schema import FieldError, fields_of, parse
from mcp_tui.domain.servers import ServerSpec
from mcp_tui.domain.text import clean_line, shorten
from mcp_tui.headless.output import Exit, print_bytes, print_content, print_json, print_result, say, say_error
from mcp_tui.headless.session import allow, only_needed, report_unreachable, settled
from mcp_tui.workbench.bench import Workbench
from mcp_tui.workbench.home import Home

LINE = 100
"""Columns of a line of a plain list."""


async def list_items(home: Home, specs: Sequence[ServerSpec], kind: Kind, as_json: bool) -> int:
    """Print what the servers offer; those that are not there are told on stderr, and by exit code 3 or 4."""
    async with settled(home, specs, looks_only=True) as bench:
        code = report_unreachable(bench)
        items = [item for item in bench.items() if item.kind is kind]
        if as_json:
            print_json([{"server": item.server, **item.raw} for item in items])
        else:
            for row in rows(items):
                print_result(row.rstrip())
        for name in bench.hub.names:
            if error := bench.hub.catalog(name)[kind].error:
                say_error(McpTuiError(f"{name}: the {kind.group.lower()} could not be listed: {error}"))
                code = max(code, Exit.FAILED)
    return code


async def call(
    home: Home,
    specs: Sequence[ServerSpec],
    name: str,
    pairs: Sequence[str],
    arguments: str | None,
    as_json: bool,
    allowed: bool,
) -> int:
    """Call one tool. Typing it is consent, except for what its server calls destructive."""
    async with settled(home, only_needed(specs, name)) as bench:
        tool = find(bench, Kind.TOOL, name)
        assert isinstance(tool, Tool)
        if allowed:
            allow(bench, [f"{tool.server}/{tool.name}"], Initiator.COMMAND_LINE)
        values = arguments_of(tool, pairs, arguments)
        result = await bench.call_tool(tool, values, initiator=Initiator.COMMAND_LINE)
    if as_json:
        print_json(result.raw)
    else:
        print_content(result.text)
    _say_breach(result.breach)
    return Exit.FAILED if result.is_error else Exit.OK


async def prompt(home: Home, specs: Sequence[ServerSpec], name: str, pairs: Sequence[str], as_json: bool) -> int:
    """Print a prompt's messages."""
    async with settled(home, only_needed(specs, name)) as bench:
        item = find(bench, Kind.PROMPT, name)
        assert isinstance(item, Prompt)
        values = key_values(list(pairs))
        required = [argument.name for argument in item.arguments if argument.required]
        _check_names(item, values, [argument.name for argument in item.arguments], required)
        result = await bench.get_prompt(item, values, initiator=Initiator.COMMAND_LINE)
    _say_breach(result.breach)
    if as_json or result.breach:
        print_json(result.raw)
    else:
        print_result("\n\n".join(f"{message.role}: {block_text(message.block)}" for message in result.messages))
    return Exit.OK


async def read(home: Home, specs: Sequence[ServerSpec], uri: str, as_json: bool) -> int:
    """Print a resource: text as it is, binary content as bytes."""
    async with settled(home, specs) as bench:
        item, address = _resource(bench, uri)
        result = await bench.read_resource(item, address, initiator=Initiator.COMMAND_LINE)
    _say_breach(result.breach)
    if as_json or result.breach:
        print_json(result.raw)
        return Exit.OK
    for block in result.contents:
        if block.data is not None:
            print_bytes(block.data, f"{block.mime_type or 'binary'} {block.uri}")
        else:
            print_content(block.text or "")
    return Exit.OK


def _say_breach(breach: str) -> None:
    """What of a result is not as MCP describes it; it is printed as it came."""
    if breach:
        say(f"mcp-tui: the result does not conform: {breach}")


def find(bench: Workbench, kind: Kind, name: str) -> Item:
    """`Workbench.find`, but when servers are missing the item may be theirs: then that is what is said."""
    try:
        return bench.find(kind, name)
    except NoSuchItem as error:
        _blame_missing_servers(bench, error)
        raise


def _resource(bench: Workbench, uri: str) -> tuple[Resource | Template, str]:
    """The listed resource, or a template of the only server that could know the address."""
    try:
        item = bench.find(Kind.RESOURCE, uri)
        assert isinstance(item, Resource)
        return item, item.uri
    except NoSuchItem as error:
        if (template := bench.template_for(uri)) is not None:
            return template, uri
        _blame_missing_servers(bench, error)
        raise


def _blame_missing_servers(bench: Workbench, error: NoSuchItem) -> None:
    if code := report_unreachable(bench):
        say_error(error)
        raise SystemExit(code) from None


def arguments_of(tool: Tool, pairs: Sequence[str], text: str | None) -> dict[str, Any]:
    """A tool's arguments from key=value words, or from one JSON object. Raises UsageError."""
    if text is None:
        return _typed(tool, key_values(list(pairs)))
    if pairs:
        raise UsageError("give the arguments either as key=value or with --args, not both", subject=tool.name)
    try:
        value = json.loads(text)
    except ValueError as error:
        raise UsageError(f"--args is not JSON: {error}", subject=tool.name) from None
    if not isinstance(value, dict):
        raise UsageError("--args must be a JSON object", subject=tool.name, hint='for example {"a": 1}')
    return value


def _typed(tool: Tool, texts: dict[str, str]) -> dict[str, Any]:
    """`key=value` texts as the values that the tool's schema wants."""
    fields = {field.name: field for field in fields_of(tool.input_schema)}
    values: dict[str, Any] = {}
    _check_names(tool, texts, list(fields), [field.name for field in fields.values() if field.required])
    for name, text in texts.items():
        try:
            values[name] = parse(fields[name], text)
        except FieldError as error:
            raise UsageError(f"{name} {error}", subject=tool.name) from None
    return values


def _check_names(item: Item, given: Mapping[str, str], known: Sequence[str], required: Sequence[str]) -> None:
    """Raises UsageError for an argument too many or too few."""
    hint = f"arguments: {', '.join(known) or 'it takes none'}"
    for name in given:
        if name not in known:
            raise UsageError(f"{item.key} has no argument {name}", subject=name, hint=hint)
    for name in required:
        if name not in given:
            raise UsageError(f"{name} is required", subject=item.key, hint=hint)


def rows(items: Sequence[Item]) -> list[str]:
    """Items as lines: server, name, and the first words about them."""
    wide = max((len(f"{item.server}/{item.key}") for item in items), default=0)
    wide = min(wide, 48)
    return [
        f"{clean_line(f'{item.server}/{item.key}'):<{wide}}  {shorten(clean_line(item.description), LINE - wide)}"
        for item in items
    ]
