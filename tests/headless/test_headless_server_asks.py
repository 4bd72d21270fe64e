"""What servers ask while a command runs: answered on the terminal, and by nobody where there is none."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from scripted_endpoint import Endpoint, say

from mcp_tui.domain.asks import Elicitation, ElicitReply
from mcp_tui.headless.server_asks import TerminalAsks
from mcp_tui.headless.terminal import Terminal as Plain
from tests.program import DEMO, PROGRAM, home_environment
from tests.terminal import Terminal


async def test_a_form_is_filled_in_and_a_models_answer_read_before_it_leaves(
    endpoint: Endpoint, tmp_path: Path
) -> None:
    endpoint.script(say("Rain is water."))
    env = home_environment(tmp_path, OPENAI_BASE_URL=endpoint.url, OPENAI_MODEL="scripted")

    def sit(words: Sequence[str], *steps: tuple[str, str]) -> str:
        with Terminal([*PROGRAM, "call", *words, *DEMO], env=env, cwd=tmp_path) as terminal:
            for asked, answer in steps:
                terminal.wait_raw(asked.encode())
                terminal.type(f"{answer}\r")
            terminal.wait_exit()
            return terminal.text

    form = (
        ("required\r\n    │ What should I call you?\r\n  name: ", "Ada"),
        ("  favourite_colour: ", "purple"),
        ("It must be one of red, green, blue, yellow.\r\n  favourite_colour: ", "green"),
        ("empty: 7\r\n    │ Between 1 and 99\r\n  lucky_number: ", ""),
        ("  likes_terminals: ", "no"),
        ("Send (s), Decline (d), Not now (n)? [n] ", "s"),
        ('"lucky_number": 7', ""),
    )
    model = (("Let scripted", "y"), ("│ Rain is water.\r\nSend it to the server (y)", "y"))
    said = await asyncio.gather(
        asyncio.to_thread(sit, ["ask_me"], *form),
        asyncio.to_thread(sit, ["ask_model", "question=What is rain?"], *model),
    )
    assert "Ada picks green, trusts in 7 and does not like terminals." in said[0]
    assert "scripted says: Rain is water." in said[1] and "What is rain?" in said[1]


class Typed(Plain):
    """A terminal at which these lines are typed; None is the end of input."""

    def __init__(self, *lines: str | None) -> None:
        super().__init__()
        self._lines = list(lines)

    async def line(self, prompt: str) -> str | None:
        return self._lines.pop(0)


FORM = Elicitation("srv", "Who?", {"type": "object", "properties": {"n": {"type": "string"}}, "required": ["n"]})
VISIT = Elicitation("srv", "Pay here", url="http://xn--pple-43d.com/pay?to=me")


@pytest.mark.parametrize(
    ("ask", "lines", "reply"),
    [
        (FORM, [""], ElicitReply("cancel")),
        (FORM, [None], ElicitReply("cancel")),
        (FORM, ["Ada", "d"], ElicitReply("decline")),
        (FORM, ["Ada", None], ElicitReply("cancel")),
        (VISIT, [""], ElicitReply("decline")),
        (VISIT, [None], ElicitReply("decline")),
        (VISIT, ["yes"], ElicitReply("accept")),
    ],
)
async def test_only_a_clear_yes_is_one(
    ask: Elicitation, lines: list[str | None], reply: ElicitReply, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await TerminalAsks(Typed(*lines)).elicit(ask) == reply
    told = capsys.readouterr().err
    assert "srv asks you" in told
    if ask is VISIT:
        assert "http://xn--pple-43d.com/pay?to=me" in told and "△ not https" in told and "in letters" in told
