"""The folders that servers may use: typed, picked, removed; connected servers hear of each change."""

from __future__ import annotations

from pathlib import Path

from textual.widgets import Input, OptionList
from whole_app import Folder, Seat, pocket, seat


def told(me: Seat) -> int:
    """How often the servers heard that the folders changed."""
    frames = me.app.bench.trace
    return sum(frame.outgoing and frame.method == "notifications/roots/list_changed" for frame in frames)


async def test_a_folder_is_typed_and_remembered_and_servers_hear_of_it(folder: Folder, tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    async with seat(folder, [pocket()]) as me:
        await me.app.run_action("roots")
        await me.sees("Folders that servers may use")
        me.find(Input).value = str(project)
        await me.press("enter")
        await me.until(lambda: told(me) == 1)
        assert me.app.bench.hub.roots[0].uri == project.as_uri()
        assert str(project) in folder.settings
        await me.press("escape")
    async with seat(folder, [pocket()]) as me:
        assert me.app.bench.hub.roots[0].uri == project.as_uri()


async def test_what_is_no_folder_is_said_and_stays_typed(folder: Folder, tmp_path: Path) -> None:
    async with seat(folder, [pocket()]) as me:
        await me.app.run_action("roots")
        me.find(Input).value = str(tmp_path / "nowhere")
        await me.press("enter")
        await me.sees("no such folder")
        assert me.find(Input).value == str(tmp_path / "nowhere")
        assert not me.app.bench.hub.roots and told(me) == 0


async def test_a_folder_is_picked_from_what_fits_the_line(folder: Folder, tmp_path: Path) -> None:
    (tmp_path / "alpha" / "inner").mkdir(parents=True)
    (tmp_path / "beta").mkdir()
    async with seat(folder, [pocket()]) as me:
        await me.app.run_action("roots")
        me.find(Input).value = f"{tmp_path}/al"
        await me.sees("alpha/")
        await me.press("down", "enter")
        await me.until(lambda: me.find(Input).value == f"{tmp_path}/alpha/")
        await me.sees("inner/")
        await me.press("enter")
        await me.until(lambda: told(me) == 1)
        assert me.app.bench.roots.folders == (str((tmp_path / "alpha").resolve()),)


async def test_a_folder_that_is_picked_while_the_line_changes_is_the_one_that_was_seen(
    folder: Folder, tmp_path: Path
) -> None:
    (tmp_path / "alpha").mkdir()
    async with seat(folder, [pocket()]) as me:
        await me.app.run_action("roots")
        me.find(Input).value = f"{tmp_path}/al"
        await me.sees("alpha/")
        near = me.find(OptionList, "#near")
        picked = OptionList.OptionSelected(near, near.get_option_at_index(0), 0)
        me.find(Input).value = "/nowhere/at all"
        await me.until(lambda: near.option_count == 0)
        near.post_message(picked)  # the click was before that
        await me.until(lambda: me.find(Input).value == f"{tmp_path}/alpha/")


async def test_delete_takes_a_folder_back(folder: Folder, tmp_path: Path) -> None:
    async with seat(folder, [pocket()]) as me:
        await me.app.bench.roots.add(str(tmp_path))
        await me.app.run_action("roots")
        await me.sees("Folders that servers may use")
        await me.press("up", "delete")
        await me.until(lambda: told(me) == 2)
        assert me.app.bench.hub.roots == ()
        on_record = [
            (act.text("about"), act.text("item"), act.text("decision")) for act in me.app.bench.audit.acts()[0]
        ]
        assert on_record == [("roots", str(tmp_path), how) for how in ("removed", "added")]
        assert "roots" not in folder.settings or str(tmp_path) not in folder.settings
