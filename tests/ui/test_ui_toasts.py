"""What is said in passing does not lie over what somebody types."""

from __future__ import annotations

import pytest

from mcp_tui.domain.happenings import Noticed
from tests.ui.whole_app import Folder, pocket, seat

NOTICE = "4 new tools of strange are held back until you look: t"


@pytest.mark.parametrize("size", [(80, 24), (140, 42)])
async def test_a_toast_never_lies_over_the_field_that_has_the_focus(
    folder: Folder, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mcp_tui.ui.toasts.NOTICES_LAST", 60)
    async with seat(folder, [pocket()], size=size) as me:

        def lies_over_nothing() -> bool:
            toasts = [toast.region for toast in me.app.screen.query("Toast")]
            field = me.app.focused
            assert field is not None
            return bool(toasts) and all(toasts) and not any(field.region.overlaps(toast) for toast in toasts)

        await me.sees("● pocket")
        await me.press("f3")
        me.app.bench.tell(Noticed(NOTICE))
        await me.until(lambda: me.app.screen.query("Toast"), "nothing was said")
        await me.until(lies_over_nothing, "it lies over the composer")
        await me.press("f2", "slash")
        await me.until(lies_over_nothing, "it lies over the filter")
        await me.press("f3")
        await me.until(lies_over_nothing, "it lies over the composer again")


@pytest.mark.parametrize("size", [(80, 24), (140, 42)])
async def test_many_toasts_reach_no_further_than_one(
    folder: Folder, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen with a dozen servers that changed their tools: the oldest toasts stood on the composer."""
    monkeypatch.setattr("mcp_tui.ui.toasts.LASTS", 60)
    async with seat(folder, [pocket()], size=size) as me:
        await me.sees("● pocket")
        await me.press("f3")
        for at in range(20):
            me.app.tell(f"Notice {at:02} of a server")
            await me.sees(f"Notice {at:02} of a server")
        field = me.app.focused
        assert field is not None
        for x, y in (field.region.offset, field.region.bottom_right_inclusive):
            assert me.app.screen.get_widget_at(x, y)[0] is field, "something lies over the composer"


async def test_a_focus_that_moves_while_the_app_ends_is_no_failure(folder: Folder) -> None:
    """Leaving takes the screens away one by one; seen as exit code 1 after ctrl+q during the start."""
    async with seat(folder, [pocket()]) as me:
        app = me.app
    assert not app.screen_stack
    app.on_descendant_focus()
