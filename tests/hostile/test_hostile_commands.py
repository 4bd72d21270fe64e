"""Every command without a screen, before a hostile server and model, on a real terminal: nothing is obeyed."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from scripted_endpoint import Endpoint, refuse, say
from test_hostile_screens import SERVER

from mcp_tui.domain.catalog import Kind
from mcp_tui.domain.rules import Effect, Initiator, Rule, Scope
from mcp_tui.storage.rules import RulesStore
from tests.hostile.harmless import left_over
from tests.hostile.server import poison
from tests.program import home_environment
from tests.terminal import Terminal

HOSTILE = ("--", sys.executable, "-I", "-S", str(SERVER), "--only", "T1,T3")
TYPED = poison("typed").replace("\0", "")
LISTS = ("tools", "prompts", "resources", "templates")
COMMANDS = {
    **{f"{group}": (group,) for group in LISTS},
    **{f"{group} --json": (group, "--json") for group in LISTS},
    **{f"call {name}": ("call", name) for name in ("works", "fails", "refuses", "leads", "hidden", "fuzz")},
    **{f"call {name}": ("call", name) for name in ("asks", "samples")},
    **{f"call {name} --json": ("call", name, "--json") for name in ("works", "fails", "refuses", "hidden")},
    "no such tool": ("call", TYPED),
    "no such prompt": ("prompt", TYPED),
    "no such resource": ("read", TYPED),
    **{f"prompt {flag}": ("prompt", "speech", "who=x", *flag.split()) for flag in ("", "--json")},
    **{f"read {flag}": ("read", "evil://text", *flag.split()) for flag in ("", "--json")},
    **{f"doctor {flag}": ("doctor", *flag.split()) for flag in ("", "--json")},
    **{f"explain {flag}": ("permissions", "explain", "works", *flag.split()) for flag in ("", "--json")},
    **{f"accept {flag}": ("permissions", "accept", "hostile", *flag.split()) for flag in ("", "--json")},
    **{f"ask {flag}": ("ask", "hello", *flag.split()) for flag in ("", "--json")},
}
REMEMBERED = Rule(
    Effect.DENY,
    Scope.EXACT,
    Initiator.MODEL,
    poison("rule-server"),
    "",
    Kind.TOOL,
    poison("rule-tool"),
    arguments=json.dumps({"key": poison("rule-value")}),
)
REVOKED = {flag: replace(REMEMBERED, item=poison(f"revoked{flag}")) for flag in ("", "--json")}
AFTERWARDS = {
    **{f"audit {flag}": ("audit", *flag.split()) for flag in ("", "--json")},
    **{f"permissions {flag}": ("permissions", *flag.split()) for flag in ("", "--json")},
    **{f"the folder's doctor {flag}": ("doctor", *flag.split()) for flag in ("", "--json")},
    "the folder's tools": ("tools",),
    "sign-out": ("sign-out", TYPED),
    **{f"revoke {flag}": ("permissions", "revoke", rule.id, *flag.split()) for flag, rule in REVOKED.items()},
    **{f"ask {flag}, and be refused": ("ask", "hello", *flag.split(), *HOSTILE) for flag in ("", "--json")},
}
"""With no server but the folder's, unless they name one."""
WORDLESS = {"doctor", "explain", "call asks", "call samples"}
"""Commands that may show no word of the server's."""


def run(program: list[str], home: Path, words: tuple[str, ...], url: str) -> bytes:
    """All that a command writes to its terminal; every question it asks is answered by an empty line."""
    env = home_environment(home, OPENAI_BASE_URL=url, OPENAI_MODEL="scripted")
    with Terminal([*program, *words], env=env, cwd=home, columns=200, rows=60) as terminal:
        terminal.mute()

        def is_over() -> bool:
            if terminal.raw.endswith((b"] ", b": ")):  # a question: what is typed before it does not count
                terminal.type("\n")
            return terminal.exit_code is not None

        terminal.wait_until(is_over, "its end")
        terminal.wait_exit()
        return bytes(terminal.raw)


async def test_no_command_lets_anything_through_to_the_terminal(
    program: list[str], tmp_path: Path, endpoint: Endpoint
) -> None:
    store = RulesStore(tmp_path / "data" / "mcp-tui" / "mcp-tui.db")
    for rule in (REMEMBERED, *REVOKED.values()):
        store.add(rule)
    store.close()
    endpoint.script(*(say(poison("answer")) for _ in range(4)))
    foreign = {poison("project-name"): {"command": "sh", "args": ["-c", poison("project-argument")]}}
    (tmp_path / ".mcp.json").write_text(json.dumps({"mcpServers": foreign}), encoding="utf-8")

    def one(name: str, words: tuple[str, ...]) -> tuple[str, bytes]:
        return name, run(program, tmp_path, words, endpoint.url)

    with ThreadPoolExecutor(3) as pool:
        loop = asyncio.get_running_loop()
        acts = [loop.run_in_executor(pool, one, name, (*words, *HOSTILE)) for name, words in COMMANDS.items()]
        written = dict(await asyncio.gather(*acts))
        endpoint.forget()
        endpoint.script(*(refuse(400, poison("refusal")) for _ in range(2)))
        acts = [loop.run_in_executor(pool, one, name, words) for name, words in AFTERWARDS.items()]
        written |= dict(await asyncio.gather(*acts))
    for name, raw in written.items():
        text = raw.decode()
        assert left_over(re.sub(r"[\r\n\t]", "", text)) == [], name
        assert re.search(r"evil|fuzz-|invoice|\\ud", text) or WORDLESS & {name, name.split()[0]}, f"{name}: {text}"
