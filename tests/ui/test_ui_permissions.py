"""Permissions from the keyboard: the screen, the modes, the read-only marks, and the wider answers of the dialog."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from asking_app import Asked, asked, request, settle, told
from looking import screen_text
from scripted_endpoint import Endpoint, say
from textual import events
from whole_app import Folder, Seat, pocket, seat

from mcp_tui.domain.errors import PermissionDenied
from mcp_tui.domain.masking import HIDDEN
from mcp_tui.domain.permission import Answer, Initiator, Mode, rule_about
from mcp_tui.domain.rules import Effect, Origin, Rule, Scope
from mcp_tui.ui.screens.approve import ApproveDialog
from mcp_tui.ui.screens.permissions import PermissionsScreen

ADD = [("pocket__add", {"a": 1, "b": 2})]
SIZES = pytest.mark.parametrize("size", [(80, 24), (140, 42)])


def rule(me: Seat, effect: Effect, scope: Scope = Scope.TOOL, tool: str = "add", who: str = "model") -> Rule:
    """A rule of last week that was used three times."""
    found = me.app.bench.find_tool("pocket", tool)
    assert found
    asks = me.app.bench.request(found, {"a": 1, "b": 2}, Initiator(who))
    made = rule_about(asks, effect, scope, "always", Origin.DIALOG, time.time() - 7 * 86400)
    return replace(made, used=3, last_used=time.time() - 86400)


async def open_permissions(me: Seat) -> None:
    me.app.action_permissions()
    await me.until(lambda: isinstance(me.app.screen, PermissionsScreen))
    await me.pilot.pause()


@SIZES
async def test_with_nothing_remembered_the_screen_says_what_that_means(folder: Folder, size: tuple[int, int]) -> None:
    async with seat(folder, [pocket()], size=size) as me:
        await open_permissions(me)
        await me.sees("Permissions", "Nothing is remembered. Every call by the model is asked for.", "esc")
        await me.press("delete", "escape")
        await me.until(lambda: me.app.screen is me.app.workspace)


@SIZES
async def test_each_rule_is_told_whole_and_revoked_with_a_key(folder: Folder, size: tuple[int, int]) -> None:
    async with seat(folder, [pocket()], size=size) as me:
        gate = me.app.bench.gate
        for each in (rule(me, Effect.ALLOW, Scope.EXACT), rule(me, Effect.DENY, Scope.SERVER, who="you")):
            gate.add(each)
        await open_permissions(me)
        await me.sees("deny", "every tool", "form", "server", "allow", "add", "model", "exact", "3×")
        await me.sees("You, from a form or with a slash command, may never call any tool of pocket")
        await me.press("down")
        await me.sees('{"a":1,"b":2}', "the permission dialog", "3 times, last ", gate.rules[0].short_id)
        await me.press("delete")
        await me.until(lambda: [each.effect for each in gate.rules] == [Effect.DENY])
        await me.press("delete")
        await me.sees("Nothing is remembered.")
        assert gate.rules == []


async def test_rules_are_revoked_as_fast_as_one_presses_the_key(folder: Folder) -> None:
    async with seat(folder, [pocket()]) as me:
        gate = me.app.bench.gate
        for scope in (Scope.EXACT, Scope.TOOL, Scope.SERVER):
            gate.add(rule(me, Effect.DENY, scope, who="you"))
        await open_permissions(me)
        await me.sees("esc", "deny")
        for key in ("end", "delete", "delete", "delete"):
            me.app.post_message(events.Key(key, None))
        await me.sees("Nothing is remembered.")
        assert gate.rules == []


@SIZES
async def test_a_rule_that_denies_is_added_by_the_arrow_keys_alone(folder: Folder, size: tuple[int, int]) -> None:
    async with seat(folder, [pocket()], size=size) as me:
        await open_permissions(me)
        await me.press("n")
        await me.sees("Ask every time", "Deny")
        await me.press("down", "enter")
        await me.sees("On which server?")
        await me.press("enter")
        await me.sees("every tool", "forget")
        await me.press("down", "down", "down", "enter")
        await me.sees("When who wants it?")
        await me.press("down", "enter")
        await me.sees("deny", "forget", "form")
        (made,) = me.app.bench.gate.rules
        assert (made.effect, made.item, made.initiator) == (Effect.DENY, "forget", Initiator.USER)
        assert (made.lifetime, made.origin) == ("always", Origin.SCREEN)


async def test_what_is_read_can_be_denied_as_well_and_hostile_names_are_drawn_as_words(folder: Folder) -> None:
    async with seat(folder, [pocket()], size=(80, 24)) as me:
        hostile = "[@click=app.exit]x[/] \x1b[2J\u202e"
        me.app.bench.gate.add(replace(rule(me, Effect.ASK), item=hostile, server=hostile))
        await open_permissions(me)
        await me.sees("[@click=app.exit]x", "⟦U+202E⟧")
        assert not {"\x1b", "\u202e"} & set(me.screen)
        await me.press("n", "down", "enter", "enter")
        await me.sees("every prompt and resource")
        await me.press("up", "enter", "down", "enter")
        await me.sees(
            "You, from a form or with a slash command, may never read any prompt or", "resource of pocket, until"
        )
        prompt = me.app.bench.hub.catalog("pocket").prompts[0]
        with pytest.raises(PermissionDenied) as denied:
            await me.app.bench.get_prompt(prompt, {"who": "you"})
        assert "a rule of yours denies it" in denied.value.hint


async def test_going_back_at_any_step_adds_nothing(folder: Folder) -> None:
    async with seat(folder, [pocket()]) as me:
        await open_permissions(me)
        for steps in range(4):
            await me.press("n")
            await me.until(lambda: not isinstance(me.app.screen, PermissionsScreen))
            for _ in range(steps):
                before = me.app.screen
                await me.press("enter")
                await me.until(lambda before=before: me.app.screen is not before)
                await me.until(lambda: not isinstance(me.app.screen, PermissionsScreen))
            await me.press("escape")
            await me.until(lambda: isinstance(me.app.screen, PermissionsScreen))
        assert me.app.bench.gate.rules == []


async def test_rules_that_can_answer_nothing_any_more_are_marked_with_the_reason(folder: Folder) -> None:
    async with seat(folder, [pocket()], size=(80, 24)) as me:
        made = rule(me, Effect.ALLOW)
        dead = {
            "the tool is defined otherwise now": replace(made, definition="other"),
            "there is no server gone now": replace(made, server="gone"),
            "pocket is started otherwise now": replace(made, identity="other"),
            "pocket offers no such tool now": replace(made, item="nothing"),
        }
        for each in (made, *dead.values()):
            me.app.bench.gate.add(each)
        reasons = {standing.rule.id: standing.dead for standing in me.app.bench.permissions.rules}
        assert reasons == {made.id: "", **{each.id: why for why, each in dead.items()}}
        await open_permissions(me)
        await me.sees("✗ allow", "It can answer nothing any more: there is no server gone now.")


async def test_modes_are_switched_by_key_command_and_setting_and_stand_in_the_status_bar(folder: Folder) -> None:
    folder.config.mkdir(parents=True)
    (folder.config / "settings.toml").write_text('permissions.mode = "manual"\n')
    async with seat(folder, [pocket()]) as me:
        await me.sees("tools manual")
        assert me.app.bench.tools_on_offer() == []
        await me.press("f9")
        await me.sees("tools ask first")
        assert len(me.app.bench.tools_on_offer()) == 4
        await me.press("ctrl+g", "m")
        await me.sees("tools read-only")
        await me.send("/mode ask")
        await me.sees("tools ask first")
        await me.send("/mode")
        await me.sees("Mode ask: what no rule answers is asked for.")
        await me.send("/mode off")
        await me.sees("there is no mode off. the modes are ask,")
        assert me.app.bench.gate.mode is Mode.ASK
        on_record = [act.text("decision") for act in me.app.bench.audit.acts()[0] if act.what == "mode"]
        assert on_record == ["ask", "read-only", "ask"]
    assert folder.settings == 'permissions.mode = "manual"\n', "a switch is for the session"


async def test_in_read_only_mode_only_what_the_user_marked_runs_from_a_form_and_the_model(
    folder: Folder, endpoint: Endpoint
) -> None:
    endpoint.script(say(calls=ADD), say("no luck"), say(calls=ADD), say("3"))
    async with seat(folder, [pocket()], model=endpoint.url) as me:
        await me.press("f9")
        await me.send('/call add {"a": 1, "b": 2}')
        await me.sees("read-only mode is on")
        await me.send("add them")
        await me.idle()
        assert not me.app.asking.waiting and not me.app.bench.calls.of("pocket", "add")
        assert "read-only mode is on" in str(endpoint.requests[-1]["messages"])

        await me.press("f2")
        await me.type("/")
        await me.type("add")
        await me.press("enter", "enter")
        await me.sees("mark it read-only")
        await me.press("m")
        await me.sees("take the mark away")
        (mark,) = me.app.bench.gate.rules
        assert (mark.effect, mark.origin) == (Effect.READ_ONLY, Origin.INSPECTOR)
        await me.send('/call add {"a": 1, "b": 2}')
        await me.until(lambda: len(me.app.bench.calls.of("pocket", "add")) == 1)
        await me.send("again")
        await me.answer("a")
        await me.idle()
        assert len(me.app.bench.calls.of("pocket", "add")) == 2, "a mark is no permission: the model was asked about"


async def test_uses_are_counted_after_the_calls_and_shown(folder: Folder, endpoint: Endpoint) -> None:
    endpoint.script(say(calls=ADD), say("3"), say(calls=ADD), say("3"))
    async with seat(folder, [pocket()], model=endpoint.url) as me:
        me.app.bench.gate.add(replace(rule(me, Effect.ALLOW), used=0, last_used=0.0))
        for _ in range(2):
            await me.send("add")
            await me.idle()
        await open_permissions(me)
        await me.sees("2×", "2 times, last ")


# -- the dialog -----------------------------------------------------------------------------------------


async def remembered(dialog: Asked, *keys: str) -> None:
    await dialog.alone("A")
    await dialog.ready()
    for key in keys:
        await dialog.alone(key)
        await dialog.ready()


@pytest.mark.parametrize("size", [(80, 24), (140, 42)])
async def test_the_scope_is_chosen_and_the_exact_rule_is_shown_before_it_is_written(size: tuple[int, int]) -> None:
    async with asked(request(), size) as dialog:
        await remembered(dialog)
        assert "● This tool" in screen_text(dialog.app) and "with any arguments without" in await told(dialog.pilot)
        await dialog.alone("1")
        await dialog.ready()
        assert "● These exact arguments" in screen_text(dialog.app)
        assert 'with exactly the arguments {"a":17,"b":25} without being asked about' in await told(dialog.pilot)
        await dialog.alone("3")
        await dialog.ready()
        said = await told(dialog.pilot)
        assert "every tool of everything, destructive ones and those it adds or changes later too" in said
        assert not dialog.reply.done()
        await dialog.alone("y")
        reply = await settle(dialog.reply)
        assert (reply.answer, reply.scope) == (Answer.ALWAYS, Scope.SERVER)


async def test_always_deny_is_reached_from_there() -> None:
    async with asked(request()) as dialog:
        await remembered(dialog, "1", "n")
        said = await told(dialog.pilot)
        assert "Always deny" in said and "may never call the tool add on everything with exactly" in said
        await dialog.alone("y")
        reply = await settle(dialog.reply)
        assert (reply.answer, reply.scope) == (Answer.NEVER, Scope.EXACT)


async def test_the_scope_is_chosen_by_arrows_and_enter_too_and_enter_remembers_only_where_the_focus_was_moved() -> None:
    async with asked(request()) as dialog:
        await remembered(dialog)
        dialog.keys.wait(1)
        dialog.keys.press(*["up"] * 9, gap=0.01)
        await dialog.alone("enter")
        await dialog.ready()
        assert "● These exact arguments" in screen_text(dialog.app) and not dialog.reply.done()


async def test_typing_into_the_step_remembers_nothing_and_folds_it_away() -> None:
    async with asked(request()) as dialog:
        await remembered(dialog)
        dialog.keys.wait(1)
        dialog.keys.type("yes 123 no", gap=0.05)
        await dialog.pilot.pause(0.5)
        assert not dialog.reply.done() and dialog.app.dialog is None
        assert dialog.app.text == "yes 123 no"


async def test_arguments_with_a_secret_are_never_offered_to_be_remembered() -> None:
    HIDDEN.add(["sesame-open-up"])
    async with asked(request(arguments={"word": "sesame-open-up"})) as dialog:
        await remembered(dialog)
        said = screen_text(dialog.app)
        assert "These exact arguments" not in said and "● This tool" in said
        await dialog.alone("1")
        assert not dialog.reply.done()


async def test_where_each_time_is_asked_the_dialog_says_so_and_offers_nothing_that_lasts() -> None:
    why = "the tool demands a question every time"
    async with asked(request(every_time=why), (80, 24)) as dialog:
        said = screen_text(dialog.app)
        assert f"Asked every time: {why}" in said and "Allow once" in said
        assert "Allow for session" not in said and "Always" not in said
        dialog.keys.wait(1)
        dialog.keys.press("s")
        await dialog.pilot.pause(0.5)
        assert not dialog.reply.done() and dialog.app.text == "s"


@asynccontextmanager
async def demanding(folder: Folder, endpoint: Endpoint) -> AsyncGenerator[Seat]:
    async with seat(folder, [pocket(mode="demands")], model=endpoint.url, size=(110, 40)) as me:
        yield me


async def test_a_tool_whose_meta_demands_it_is_asked_about_in_spite_of_a_rule(
    folder: Folder, endpoint: Endpoint
) -> None:
    endpoint.script(say(calls=ADD), say("no"))
    async with demanding(folder, endpoint) as me:
        me.app.bench.gate.add(rule(me, Effect.ALLOW, Scope.SERVER))
        await me.send("add")
        await me.until(lambda: me.app.asking.waiting)
        await me.press("f8")
        await me.until(lambda: isinstance(me.app.screen, ApproveDialog))
        await me.sees("Asked every time: the tool demands a question every time.")
        await me.answer("d")
        await me.idle()
        assert not me.app.bench.calls.of("pocket", "add")
