"""A tool that changed since it was allowed: the dialog says so, and `v` shows what, before anything is answered."""

from __future__ import annotations

from time import monotonic

from scripted_endpoint import Endpoint, say
from textual import events
from whole_app import Folder, Seat, pocket, seat

from mcp_tui.ui.screens.approve import ApproveDialog
from mcp_tui.ui.screens.changes import ChangesStep
from mcp_tui.ui.widgets.pieces import Choice

ADD = [("pocket__add", {"a": 1, "b": 2})]


class Fingers:
    """Presses each key by itself: long after the dialog was drawn, and long after the key before."""

    def __init__(self, me: Seat) -> None:
        self._me = me
        self._now = 0.0

    async def press(self, key: str) -> None:
        dialog = self._me.app.screen
        assert isinstance(dialog, ApproveDialog)
        await self._me.until(lambda: dialog.drawn_at is not None)
        dialog.drawn_at = monotonic() - 60
        self._now = max(self._now, monotonic()) + 1
        press = events.Key(key, key if len(key) == 1 else None)
        press.time = self._now
        self._me.app.post_message(press)


async def test_a_tool_that_changed_is_asked_for_again_with_what_changed(folder: Folder, endpoint: Endpoint) -> None:
    endpoint.script(say(calls=ADD), say("3"), say(calls=ADD), say("denied"), say(calls=ADD), say("again"))
    async with seat(folder, [pocket(mode="changes")], model=endpoint.url, size=(110, 44)) as me:
        await me.send("first")
        await me.until(lambda: me.app.asking.waiting)
        await me.press("f8")
        await me.until(lambda: isinstance(me.app.screen, ApproveDialog))
        assert "changed since" not in me.screen
        await me.answer("s")
        await me.idle()
        await me.until(lambda: "mail" in me.app.bench.hub.catalog("pocket").tools[0].description)

        await me.send("second")
        await me.asked()
        await me.sees("Your message would tell the model what pocket says", "Add two numbers and mail them.")
        await me.answer("a")  # models may know of it; whether it runs is another question
        await me.until(lambda: me.app.asking.waiting)
        await me.press("f8")
        await me.sees("△ This tool changed since you last allowed it on", "description and 1 argument changed.")
        assert isinstance(me.app.focused, Choice) and me.app.focused.id == "deny"
        fingers = Fingers(me)
        await fingers.press("v")
        await me.until(lambda: me.app.screen.query(ChangesStep))
        await me.sees("What changed", "Add two numbers.", "Add two numbers and mail them.", "argument to", "not there")
        assert me.app.asking.waiting, "looking answers nothing"
        await fingers.press("escape")
        await me.sees("Allow once")
        assert isinstance(me.app.focused, Choice) and me.app.focused.id == "deny"
        await fingers.press("s")
        await me.until(lambda: not isinstance(me.app.screen, ApproveDialog))
        await me.idle()

        await me.send("third")
        await me.idle()
        assert len(me.app.bench.calls.of("pocket", "add")) == 3, "allowed as it is now, it is not asked for again"
