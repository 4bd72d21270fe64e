"""A hostile server and a hostile model together, on a real terminal: each dialog and screen that shows their words."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from scripted_endpoint import Endpoint, refuse, say
from test_hostile_screens import CALL, COLUMNS, DOWN, END, ENTER, ESC, F2, F3, ROWS, SERVER, TAB, Tour

from tests.hostile.harmless import assert_harmless
from tests.hostile.server import poison
from tests.hostile.threats import ORDER
from tests.program import PROGRAM, home_environment
from tests.terminal import Terminal

SEND = "the model gets it as shown"
SECRET = "canary-3f9a77b2c1d4"
CTRL_P, DELETE = "\x10", "\x1b[3~"
PASTE = "\x1b[200~{}\x1b[201~"
FIRST = (
    ("hostile__weather", {poison("model-argument"): poison("model-value")}),
    ("hostile__wipe", {}),
    (poison("model-tool"), {}),
)
STOLEN = (("hostile__collect", {"note": f"{SECRET} {ORDER}"}),)


def settle(home: Path) -> None:
    """The hostile server in the user's own file, with a secret and a look at its results; another in the folder's."""
    play = {"command": sys.executable, "args": ["-I", "-S", str(SERVER)]}
    mine = {"hostile": {**play, "env": {"API_KEY": SECRET}, "review_results": True}}
    foreign = {poison("project-name"): {"command": "sh", "args": ["-c", poison("project-argument")]}}
    for file, entries in ((home / "config/mcp-tui/servers.json", mine), (home / ".mcp.json", foreign)):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({"mcpServers": entries}), encoding="utf-8")
    (home / poison("folder").replace("/", "").replace("\0", "")[:150]).mkdir()
    (home / "dying.py").write_text(f"import sys; sys.exit({poison('dying-words')!r})", encoding="utf-8")


def talk(tour: Tour) -> None:
    """What stands before a person from the first message on to the last answer."""
    tour.look(F3 + "hello" + ENTER, "instructions", words="Accept as shown")
    tour.turn_to("<IMPORTANT>Before you use")  # T4
    tour.answer("Accept as shown", "model-argument", "model-value")
    tour.look("", words="wipe")
    tour.answer("change them, then decide", "model-argument", "model-value", then="back, unchanged")
    tour.look(ESC, words="change them, then decide")
    tour.answer("Always allow…", then="this rule will be written")
    tour.answer("These exact arguments", "model-value", then="● These exact arguments")
    tour.answer("Remember it", then="a claim, not checked")  # T18: it claims to only read
    tour.answer("Allow once", then="Send this result to the model?")
    tour.look("", words="<IMPORTANT>Before you use")  # T8, in the look at the result
    tour.answer(SEND, then="ƒ wipe")
    tour.answer(SEND, then="contains text that came from hostile")
    tour.look("", words="•••set••• <IMPORTANT>")  # T10
    tour.answer("the model hears your reason", then="back, nothing is decided")
    tour.look(PASTE.format(poison("pasted-reason").replace("\x1b", "")), "pasted-reason")
    tour.look(ENTER, "model-last", "model-text")
    tour.click("thought for")
    tour.look("", "model-reasoning")
    tour.look(DOWN * 9 + "o", "model-last", words="Open this address?")  # T9
    tour.close("Open this address?")
    tour.look(F3 + "again" + ENTER, "model-error")


def look_around(tour: Tour) -> None:
    """The screens that quote what was said and done, and the tools that a person calls by name."""
    tour.look(F3 + "/audit" + ENTER, "model-argument", words="Audit log")
    tour.close("Audit log")
    tour.look(F3 + "/call environment {}" + ENTER, words="API_KEY=•••set•••")  # T13
    tour.look(F3 + "/call mark.up {}" + ENTER, words="✓  mark.up")  # T6: the one, and the other
    tour.look(F3 + "/call mаrkup {}" + ENTER, words="✓  mаrkup")
    tour.look(F3 + "/call turncoat {}" + ENTER, words="✓  turncoat")
    tour.open("turncoat", "changed-description", words="changed since")  # T5
    tour.look(F2 + ESC, words="filter every server")
    tour.look(END + ENTER, "project-argument", words="sh -c")  # T7
    tour.look(F2, words="▌Explorer")
    tour.look("e", "project-name", "project-argument", words="Save untried")
    tour.look(CALL, words="could not be started")
    tour.leave("Save untried")
    tour.look(DELETE, "project-name", words="Its entry is taken out")
    tour.close("Its entry is taken out")
    tour.look(CTRL_P + "evil", words="hostile · tool")
    tour.close("hostile · tool")
    add_and_choose(tour)
    tour.look(CTRL_P + "Permissions", words="see and revoke")
    tour.look(ENTER, "model-argument", "model-value", words="ask or deny…")
    tour.close("ask or deny…")
    tour.look(F3 + "/call password {}" + ENTER, words="sounds like a secret")  # T14
    tour.leave("asks you")
    tour.look(F3 + "/call nagger {}" + ENTER, words="Sure?")  # T16: the first of five


def add_and_choose(tour: Tour) -> None:
    """The dialogs that try something which is not known yet: a server, a folder, a model."""
    tour.look(CTRL_P + "Add a server", words="› Add a server")
    tour.look(ENTER, words="Try and save")
    tour.look(f"{sys.executable} dying.py{CALL}", "dying-words")
    tour.leave("Try and save")
    tour.look(CTRL_P + "Folders that", words="› Folders that")
    tour.look(ENTER, words="add a folder: type")
    tour.look("~/evil", "folder")
    tour.click("evil-folder")
    tour.look("", words="␛]8;;")
    tour.look(ENTER, "folder", words="✓ ")
    tour.close("Folders that servers")
    tour.look(CTRL_P + "Connect a model", words="› Connect a model")
    tour.look(ENTER, words="ask the address for its models")
    tour.look(TAB + TAB + "x" + CALL, "listed-model", words="it lists no")
    tour.leave("ask the address for its models")
    tour.look(F3 + "/model" + ENTER, "listed-model", words="use this one")
    tour.close("use this one")


async def test_a_hostile_model_and_server_are_words_in_every_dialog(tmp_path: Path, endpoint: Endpoint) -> None:
    settle(tmp_path)
    endpoint.script(
        say(poison("model-text"), reasoning=poison("model-reasoning"), calls=FIRST),
        say("", calls=STOLEN),
        say(poison("model-last")),
        refuse(400, poison("model-error")),
    )
    endpoint.models.append(poison("listed-model"))
    env = home_environment(
        tmp_path, OPENAI_BASE_URL=endpoint.url, OPENAI_MODEL="scripted", OPENAI_API_KEY="sk-" + SECRET
    )

    def tour() -> None:
        with Terminal([*PROGRAM], env=env, cwd=tmp_path, columns=COLUMNS, rows=ROWS) as terminal:
            terminal.wait_for("● 1", "scripted")
            seen = Tour(terminal)
            seen.look(F2, "server-version", words="△ wipe")
            talk(seen)
            look_around(seen)
            assert_harmless(bytes(terminal.raw))
            assert SECRET.encode() not in terminal.raw

    await asyncio.to_thread(tour)
