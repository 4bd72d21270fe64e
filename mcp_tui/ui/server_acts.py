"""What can be done to a server from the app: start again, edit, switch, remove, consent, add."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.content import Content

from mcp_tui.domain.catalog import Kind
from mcp_tui.domain.errors import ConfigError, McpTuiError
from mcp_tui.domain.servers import LOG_LEVELS, HttpSpec, ServerState, free_name
from mcp_tui.ui.refs import Ref
from mcp_tui.ui.screens.confirm import Confirm
from mcp_tui.ui.screens.pick import Pick
from mcp_tui.ui.screens.server_form import Check, ServerForm

if TYPE_CHECKING:
    from mcp_tui.ui.app import McpTuiApp


async def act(app: McpTuiApp, server: str, what: str) -> None:
    """Do it; what goes wrong is said, and the program goes on."""
    hub, home = app.bench.hub, app.bench.home
    try:
        match what:
            case "reconnect":
                await hub.reconnect(server)
            case "switch" | "off":
                on = hub.status(server).state is ServerState.OFF
                await hub.switch(server, on)
                home.switch_server(server, on)
            case "consent":
                if not app.asking.bring_up("consent", server):
                    await app.bench.consent(server, app.asking.consent)
            case "edit":
                await edit(app, server)
            case "remove":
                await _remove(app, server)
            case "log level":
                await _choose_log_level(app, server)
            case "sign out":
                app.tell(await app.bench.signing_in.sign_out(hub, server))
            case "texts":
                app.workspace.open(Ref(server))
                app.workspace.inspector.show_texts(server)
            case "log":
                await app.workspace.show_log(server)
            case _:
                raise ValueError(what)
        if what in ("reconnect", "switch") and hub.status(server).state is ServerState.CONSENT:
            app.workspace.open(Ref(server))
    except McpTuiError as error:
        app.tell(f"{error.what}. {error.hint}", severity="error")


async def add(app: McpTuiApp) -> bool:
    """The dialog for a new server; True when one was added."""
    made = await app.push_screen_wait(ServerForm(_check(app), lambda name, entry: _try(app, name, entry)))
    if made is None:
        return False
    try:
        spec = app.bench.home.save_server(made.name, made.entry)
    except McpTuiError as error:
        app.tell(f"{error.what}. {error.hint}", severity="error")
        return False
    app.bench.pinned.own(spec)
    app.bench.hub.add(spec)
    return True


async def edit(app: McpTuiApp, server: str) -> None:
    """The dialog for a known server."""
    home, hub = app.bench.home, app.bench.hub
    entry = home.entry(server) or _entry_of(app, server)
    form = ServerForm(_check(app, server), lambda name, entry: _try(app, name, entry), server, entry)
    made = await app.push_screen_wait(form)
    if made is None:
        return
    in_file = bool(home.entry(server))
    spec = home.save_server(made.name, made.entry, server if in_file else None)
    app.bench.pinned.own(spec)
    if made.name == server:
        await hub.replace(spec)
    else:
        await hub.remove(server)
        hub.add(spec)
    app.workspace.inspector.show(Ref(made.name))


async def _remove(app: McpTuiApp, server: str) -> None:
    sure = await app.push_screen_wait(
        Confirm(
            f"Remove {server}?",
            "Its entry is taken out of your servers file, and it is stopped.",
            ("y", "Remove", "it can be added again"),
            ("n", "Keep", ""),
            danger=True,
        )
    )
    if sure:
        app.bench.home.remove_server(server)
        await app.bench.hub.remove(server)


async def _choose_log_level(app: McpTuiApp, server: str) -> None:
    """A level of its own for this server, kept in its entry where it has one."""
    now = app.bench.hub.log_level(server)
    lines = [Content(f"{'●' if level == now else '○'} {level}") for level in LOG_LEVELS]
    chosen = await app.push_screen_wait(Pick("What it logs, from this level on", lines, "", "chooses it"))
    if chosen is not None:
        await app.bench.hub.set_log_level(server, LOG_LEVELS[chosen])
        app.bench.home.remember_log_level(server, LOG_LEVELS[chosen])


def _check(app: McpTuiApp, server: str = "") -> Check:
    """What the form asks before it lets go of an entry: of a new one, or of the one that `server` has."""

    def check(name: str, entry: dict[str, Any]) -> None:
        home, names = app.bench.home, app.bench.hub.names
        if name != server and (name in names or home.entry(name)):
            hint = f"{free_name(name, [*names, name])} is free"
            raise ConfigError(f"there is a server {name} already", subject=name, hint=hint)
        home.spec_of(name, entry)

    return check


async def _try(app: McpTuiApp, name: str, entry: dict[str, Any]) -> str:
    """Connect once, beside everything else. Raises ConfigError and ServerUnreachable."""
    catalog = await app.bench.try_server(app.bench.home.spec_of(name, entry))
    return ", ".join(f"{len(catalog[kind].items)} {kind.group.lower()}" for kind in Kind)


def _entry_of(app: McpTuiApp, server: str) -> dict[str, Any]:
    """An entry for a server that stands in no file of ours: as its folder's file has it, with the names of variables
    and not their values; or, from the command line, as it is now."""
    spec, level = app.bench.hub.spec(server), app.bench.hub.log_level(server)
    if written := app.bench.home.project_entries.get(server):
        return {**written, **({"log_level": level} if level else {})}
    if isinstance(spec, HttpSpec):
        entry: dict[str, Any] = {"url": spec.url, "headers": dict(spec.headers)}
    else:
        entry = {"command": spec.command, "args": list(spec.args), "env": dict(spec.env), "cwd": spec.cwd}
    return {key: value for key, value in {**entry, "log_level": level}.items() if value}
