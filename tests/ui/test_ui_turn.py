"""A turn of the chat in the whole app: real server, scripted endpoint, keys."""

from __future__ import annotations

from scripted_endpoint import Endpoint, refuse, say, sse
from whole_app import Folder, pocket, seat

from mcp_tui.domain.chat import ToolMessage

ADD = ("pocket__add", {"a": 17, "b": 25})


async def test_an_allowed_call_runs_and_the_model_reports_its_result(folder: Folder, endpoint: Endpoint) -> None:
    endpoint.script(say("I will add.", calls=[ADD]), say("It is **42**."))
    async with seat(folder, [pocket()], model=endpoint.url) as me:
        await me.send("add 17 and 25")
        await me.sees("Permission required", "a", "17", "b", "25")
        await me.answer("a")
        await me.idle()
        await me.sees("✓  add pocket", "It is 42.")
        assert endpoint.requests[1]["messages"][-1]["role"] == "tool"
        assert me.app.bench.calls.of("pocket", "add")[0].arguments == {"a": 17, "b": 25}


async def test_a_denied_call_reaches_no_server_and_the_model_hears_of_it(folder: Folder, endpoint: Endpoint) -> None:
    endpoint.script(say(calls=[ADD]), say("As you wish."))
    async with seat(folder, [pocket()], model=endpoint.url) as me:
        await me.send("add 17 and 25")
        await me.answer("d")
        await me.idle()
        await me.sees("you denied it", "As you wish.")
        assert "Permission denied" in endpoint.requests[1]["messages"][-1]["content"]
        assert me.app.bench.calls.of("pocket", "add") == []


async def test_allowed_for_the_session_is_not_asked_again(folder: Folder, endpoint: Endpoint) -> None:
    endpoint.script(say(calls=[ADD]), say("One."), say(calls=[ADD]), say("Two."))
    async with seat(folder, [pocket()], model=endpoint.url) as me:
        await me.send("add")
        await me.answer("s")
        await me.idle()
        await me.send("again")
        await me.sees("Two.")
        assert len(me.app.bench.calls.of("pocket", "add")) == 2


async def test_escape_stops_the_turn_and_gives_back_what_was_queued(folder: Folder, endpoint: Endpoint) -> None:
    endpoint.script(sse({"choices": [{"index": 0, "delta": {"content": "thinking"}}]}, hang=True), say("Back again."))
    async with seat(folder, [pocket()], model=endpoint.url) as me:
        await me.send("first")
        await me.sees("thinking")
        await me.send("second")
        await me.sees("Your message waits")
        await me.press("escape")
        await me.idle()
        await me.sees("stopped by you")
        assert me.draft == "second"
        await me.press("enter")
        await me.sees("Back again.")


async def test_a_turn_stopped_during_a_question_leaves_every_call_answered(folder: Folder, endpoint: Endpoint) -> None:
    endpoint.script(say(calls=[ADD]))
    async with seat(folder, [pocket()], model=endpoint.url) as me:
        await me.send("add")
        await me.until(lambda: me.app.asking.waiting)
        me.app.workspace.chat.stop()
        await me.idle()
        assert isinstance(me.app.bench.conversation.messages[-1], ToolMessage)
        await me.until(lambda: not me.app.asking.waiting and me.app.screen is me.app.workspace)


async def test_an_endpoints_error_is_a_card_and_r_sends_the_same_again(folder: Folder, endpoint: Endpoint) -> None:
    endpoint.script(refuse(500, "the model fell over"), say("Here I am."))
    async with seat(folder, [pocket()], model=endpoint.url) as me:
        await me.send("hello")
        await me.sees("the model fell over")
        me.app.workspace.chat.transcript.focus()
        await me.press("r")
        await me.sees("Here I am.")
        assert [message["content"] for message in endpoint.requests[1]["messages"]] == ["hello"]


async def test_without_a_model_the_chat_says_what_is_missing_and_keeps_the_text(folder: Folder) -> None:
    async with seat(folder, [pocket()]) as me:
        await me.send("hello")
        await me.sees("OPENAI_API_KEY")
        assert me.draft == "hello"


async def test_the_cap_of_rounds_asks_whether_to_go_on(folder: Folder, endpoint: Endpoint) -> None:
    folder.config.mkdir(parents=True)
    (folder.config / "settings.toml").write_text("[chat]\nmax_rounds = 1\n")
    endpoint.script(say(calls=[ADD]), say("Done at last."))
    async with seat(folder, [pocket()], model=endpoint.url) as me:
        await me.send("add")
        await me.answer("a")
        await me.sees("Go on?")
        await me.press("y")
        await me.sees("Done at last.")
