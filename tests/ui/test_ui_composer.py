"""The chat at the keyboard: turns, their tool calls, stopping, queueing, failing, and what can be typed."""

from __future__ import annotations

import pytest
from scripted_endpoint import DONE, Endpoint, delta, refuse, say, sse
from whole_app import Folder, pocket, seat

from mcp_tui.domain.servers import ServerState
from mcp_tui.ui.screens.pick import Pick
from mcp_tui.ui.widgets.pieces import Choice

ADD = ("pocket__add", {"a": 17, "b": 25})
HANGING = sse(delta(content="Thinking about "), hang=True)


async def test_an_allowed_call_runs_and_its_result_goes_to_the_model(folder: Folder, endpoint: Endpoint) -> None:
    endpoint.script(say(calls=[ADD]), say("17 and 25 make 42."))
    async with seat(folder, [pocket()], model=endpoint.url) as me:
        await me.send("add 17 and 25")
        await me.sees("Permission required")
        await me.answer("a")
        await me.sees("✓  add", "17 and 25 make 42.")
        await me.idle()
    assert endpoint.requests[-1]["messages"][-1]["content"] == "42"


async def test_a_denied_call_does_not_run_and_the_model_hears_of_it(folder: Folder, endpoint: Endpoint) -> None:
    endpoint.script(say(calls=[ADD]), say("As you wish."))
    async with seat(folder, [pocket()], model=endpoint.url) as me:
        await me.send("add 17 and 25")
        await me.answer("d")
        await me.sees("add", "As you wish.")
        await me.idle()
        assert not me.app.bench.calls.of("pocket", "add")
    told = endpoint.requests[-1]["messages"][-1]
    assert told["role"] == "tool"
    assert "denied" in told["content"].lower()


async def test_allowed_for_the_session_a_tool_is_not_asked_for_again(folder: Folder, endpoint: Endpoint) -> None:
    endpoint.script(say(calls=[ADD]), say("First."), say(calls=[ADD]), say("Second."))
    async with seat(folder, [pocket()], model=endpoint.url) as me:
        await me.send("add")
        await me.answer("s")
        await me.sees("First.")
        await me.idle()
        await me.send("add again")
        await me.sees("Second.")
        assert len(me.app.bench.calls.of("pocket", "add")) == 2


async def test_enter_during_a_turn_queues_the_message(folder: Folder, endpoint: Endpoint) -> None:
    endpoint.script(say(calls=[ADD]), say("First."), say("Second."))
    async with seat(folder, [pocket()], model=endpoint.url) as me:
        await me.send("one")
        await me.until(lambda: me.app.asking.waiting)
        me.app.workspace.chat.composer.post_message(me.app.workspace.chat.composer.Submitted("two"))
        await me.sees("waits for the end")
        assert len(endpoint.requests) == 1
        await me.answer("a")
        await me.sees("First.", "Second.")
        await me.idle()
    assert [each["content"] for each in endpoint.requests[-1]["messages"] if each["role"] == "user"] == ["one", "two"]


@pytest.mark.parametrize("key", ["escape", "ctrl+c"])
async def test_stopping_keeps_the_text_so_far_and_gives_queued_messages_back(
    folder: Folder, endpoint: Endpoint, key: str
) -> None:
    endpoint.script(HANGING)
    async with seat(folder, [pocket()], model=endpoint.url) as me:
        await me.send("one")
        await me.sees("Thinking about")
        await me.send("two")
        await me.sees("waits for the end")
        await me.press("f3", key)
        await me.idle()
        await me.until(lambda: me.draft == "two")
        await me.sees("Thinking about", "stopped", *(["ctrl+q quits"] if key == "ctrl+c" else []))
        await me.until(endpoint.hung_up.is_set)
        assert me.app.is_running


async def test_a_new_chat_during_a_turn_begins_empty(folder: Folder, endpoint: Endpoint) -> None:
    endpoint.script(HANGING, say("All new."))
    async with seat(folder, [pocket()], model=endpoint.url) as me:
        await me.send("one")
        await me.sees("Thinking about")
        await me.send("two")
        await me.press("ctrl+n")
        await me.until(endpoint.hung_up.is_set)
        await me.sees("Nothing said yet")
        await me.send("three")
        await me.sees("All new.")
        await me.idle()
        assert not any(words in me.screen for words in ("stopped", "Thinking", "one", "two"))
        assert me.draft == ""


async def test_an_endpoint_that_fails_is_a_card_and_r_tries_again(folder: Folder, endpoint: Endpoint) -> None:
    endpoint.script(refuse(400, "the tape is torn"), say("All well."))
    async with seat(folder, [pocket()], model=endpoint.url) as me:
        await me.send("play")
        await me.sees("the tape is torn")
        await me.idle()
        await me.press("f3", "shift+tab", "r")
        await me.sees("All well.")
        await me.idle()
    users = [each["content"] for each in endpoint.requests[-1]["messages"] if each["role"] == "user"]
    assert users == ["play"]


async def test_an_answer_that_is_cut_keeps_its_text_and_r_asks_again(folder: Folder, endpoint: Endpoint) -> None:
    endpoint.script(sse(delta(content="Half an answ"), abort=True), say("A whole answer."))
    async with seat(folder, [pocket()], model=endpoint.url) as me:
        await me.send("tell")
        await me.idle()
        await me.sees("Half an answ", "cut", "ask again")
        await me.press("f3", "shift+tab", "r")
        await me.sees("Half an answ", "A whole answer.")


async def test_without_a_model_what_is_missing_is_said_and_the_text_comes_back(folder: Folder) -> None:
    async with seat(folder, [pocket()]) as me:
        await me.send("hello model")
        await me.sees("Connect a model")
        assert me.draft == "hello model"


async def test_an_unknown_command_is_named_with_what_may_have_been_meant(folder: Folder) -> None:
    async with seat(folder, [pocket()]) as me:
        await me.send("/tolls")
        await me.sees("there is no command /tolls", "did you mean", "/tools?")
        assert me.draft == "/tolls"


async def test_a_typed_call_runs_without_asking_and_without_a_model(folder: Folder) -> None:
    async with seat(folder, [pocket()]) as me:
        await me.send('/call add {"a": 20, "b": 22}')
        await me.sees("✓  add", "42")
        await me.send("/call add a=1 b=2")
        await me.until(lambda: len(me.app.bench.calls.of("pocket", "add")) == 2)
        await me.send("/call ad")
        await me.sees("no server offers a tool ad", "did you mean")


async def test_a_typed_call_of_a_destructive_tool_asks_once_more(folder: Folder) -> None:
    async with seat(folder, [pocket()]) as me:
        await me.send("/call forget name=milk")
        await me.sees("Permission required", "destructive")
        await me.answer("d")
        await me.sees("⊘  forget", "you said no")
        assert not me.app.bench.calls.of("pocket", "forget")


async def test_the_card_of_a_typed_call_says_that_it_waits_and_counts_no_time_until_it_runs(folder: Folder) -> None:
    async with seat(folder, [pocket()]) as me:
        await me.send("/call forget name=milk")
        await me.type("a thought")
        await me.sees("?  forget", "waits for you   F8", "▲ destructive")
        me.app.workspace.chat.composer.text = ""
        await me.sees("Permission required")  # after 0.7 s without a key
        await me.answer("a")
        await me.sees("✓  forget")
        assert " ms" in next(row for row in me.screen.splitlines() if "✓  forget" in row)


async def test_prompts_and_resources_open_in_the_inspector(folder: Folder) -> None:
    async with seat(folder, [pocket()]) as me:
        await me.send("/prompt greet who=Ada")
        await me.answer("a")
        await me.sees("¶ greet", "Say hello to Ada")
        await me.send("get prompt greet who=Bob")  # consent to the server's prompts holds
        await me.sees("Say hello to Bob")
        await me.send("/read note://monday")
        await me.sees("milk for note://monday")


async def test_lists_and_plain_words_answer_in_the_transcript(folder: Folder) -> None:
    async with seat(folder, [pocket()]) as me:
        await me.send("list tools")
        await me.sees("pocket/add  Add two numbers.", "pocket/forget")
        await me.send("/resources")
        await me.sees("pocket/note://today")
        await me.send("/prompts")
        await me.sees("pocket/greet  A greeting.")


@pytest.mark.parametrize("word", ["quit", "exit", "/quit"])
async def test_a_word_leaves(folder: Folder, word: str) -> None:
    async with seat(folder, [pocket()]) as me:
        await me.send(word)
        await me.until(lambda: me.app.return_code == 0)


async def test_slash_model_changes_the_model_by_name_or_from_the_list(folder: Folder, endpoint: Endpoint) -> None:
    endpoint.models[:] = ["small", "large"]
    async with seat(folder, [pocket()], model=endpoint.url) as me:
        await me.send("/model small")
        await me.sees("small · 127.0.0.1")
        await me.send("/model")
        await me.until(lambda: isinstance(me.app.screen, Pick))
        await me.sees("small", "large")
        await me.press("down", "enter")
        await me.sees("large · 127.0.0.1")
        await me.send("hi")
        await me.idle()
    assert endpoint.requests[-1]["model"] == "large"


async def test_a_list_of_models_that_comes_late_takes_no_key_that_was_pressed_before(
    folder: Folder, endpoint: Endpoint
) -> None:
    endpoint.models[:] = ["small", "large"]
    async with seat(folder, [pocket()], model=endpoint.url) as me:
        await me.send("/model large")
        await me.sees("large · 127.0.0.1")
        endpoint.lists.clear()
        await me.send("/model")
        await me.sees("Models", "asking the endpoint …")
        await me.press("enter")
        endpoint.lists.set()
        await me.sees("small")
        await me.press("enter")  # where it stands: nothing changes
        await me.sees_no("Models")
        assert me.app.model_label.startswith("large")
        for key in ("ctrl+c", "escape"):
            endpoint.lists.clear()
            await me.send("/model")
            await me.sees("asking the endpoint …")
            await me.press(key)
            await me.sees_no("Models")
            endpoint.lists.set()
        await endpoint.stop()
        await me.send("/model")
        await me.sees("Cannot reach")
        await me.press("escape")
        await me.until(lambda: me.app.screen is me.app.workspace)


async def test_up_recalls_and_ctrl_j_makes_a_line(folder: Folder, endpoint: Endpoint) -> None:
    async with seat(folder, [pocket()], model=endpoint.url) as me:
        for text in ("one", "two"):
            await me.send(text)
            await me.idle()
        await me.press("up")
        assert me.draft == "two"
        await me.press("up")
        assert me.draft == "one"
        await me.press("ctrl+j", "x")
        assert me.draft == "one\nx"
        await me.press("enter")
        await me.idle()
    assert endpoint.requests[-1]["messages"][-1]["content"] == "one\nx"


async def test_a_paste_of_several_lines_stays_one_draft(folder: Folder, endpoint: Endpoint) -> None:
    async with seat(folder, [pocket()], model=endpoint.url) as me:
        await me.paste("one\ntwo\n/quit\n")
        await me.until(lambda: me.draft == "one\ntwo\n/quit\n")
        assert not endpoint.requests
        assert me.app.is_running


async def test_after_the_cap_of_rounds_the_user_decides_and_typing_does_not(folder: Folder, endpoint: Endpoint) -> None:
    folder.config.mkdir(parents=True)
    (folder.config / "settings.toml").write_text("[chat]\nmax_rounds = 1\n")
    endpoint.script(say(calls=[ADD]), say("Done at last."))
    async with seat(folder, [pocket()], model=endpoint.url) as me:
        await me.send("go")
        await me.answer("a")
        await me.until(lambda: me.app.asking.waiting)
        await me.type("yes, any n")
        await me.sees("? continue this long turn?", "F8")
        assert me.draft == "yes, any n" and len(endpoint.requests) == 1
        await me.asked()
        await me.sees("Continue?", "used its tools once")
        assert isinstance(me.app.focused, Choice) and me.app.focused.id == "no"
        await me.answer("y")
        await me.sees("Done at last.")
        assert me.draft == "yes, any n"
        endpoint.script(say(calls=[ADD]))
        await me.send("go again")
        await me.answer("a")
        await me.until(lambda: me.app.asking.waiting and me.app.asking.waiting[0].about == "rounds")
        await me.answer("enter")
        await me.idle()
        outcomes = [over.told.outcome for over in me.app.asking.history if over.about == "rounds"]
        assert outcomes == ["stopped there", "went on"]
    assert len(endpoint.requests) == 3


async def test_the_context_that_the_endpoint_counts_is_on_the_status_bar(folder: Folder, endpoint: Endpoint) -> None:
    async with seat(folder, [pocket()], model=endpoint.url) as me:
        await me.send("hi")
        await me.sees("18 tokens")
        endpoint.models = [{"id": "bigger", "context_length": 150}]
        await me.send("/model bigger")
        await me.send("hi again")
        await me.sees("context 12 %")


async def test_a_server_that_dies_is_marked_and_the_chat_goes_on(folder: Folder, endpoint: Endpoint) -> None:
    endpoint.script(sse(delta(content="Still here."), delta("stop"), DONE))
    async with seat(folder, [pocket("broken", "fails"), pocket()], model=endpoint.url) as me:
        assert me.app.bench.hub.status("broken").state is ServerState.FAILED
        await me.sees("✗ broken", "● pocket")
        await me.send("hi")
        await me.sees("Still here.")
