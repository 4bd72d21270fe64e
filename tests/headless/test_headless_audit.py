"""`mcp-tui audit`: what other commands did."""

from __future__ import annotations

from tests.program import DEMO, DEMO_NAME, Shell


async def test_what_ran_and_what_was_denied_is_printed(shell: Shell) -> None:
    nothing = await shell.run("audit")
    assert (nothing.code, nothing.text) == (0, "") and "Nothing is on record" in nothing.err
    assert not list(shell.home.iterdir()), "looking leaves nothing behind"
    await shell.run("call", "add", "a=17", "b=25", *DEMO)
    denied = await shell.run("call", "delete_note", "name=shopping", *DEMO)
    assert denied.code == 5
    first, second = (await shell.run("audit")).text.splitlines()
    assert f"allowed  {DEMO_NAME}/add  command line  ok  you asked for it" in first
    assert f"denied  {DEMO_NAME}/delete_note  command line  nobody could be asked" in second
    (act,) = (await shell.run("audit", "--json", "--last", "1")).json
    assert (act["item"], act["decision"], act["arguments"]) == ("delete_note", "denied", '{"name":"shopping"}')
