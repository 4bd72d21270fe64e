"""What was asked and is over: who asked, what came of it in words, and what was said. The last ones are kept.

Nothing here decides anything: asking.py writes it down, widgets/requests.py and screens/answered.py show it.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from mcp_tui.domain.asks import Elicitation, ElicitReply, SampleReply, Sampling
from mcp_tui.domain.catalog import Tool
from mcp_tui.domain.content import block_text
from mcp_tui.domain.gate import Reply
from mcp_tui.domain.happenings import RootsTold
from mcp_tui.domain.masking import HIDDEN, MASK
from mcp_tui.domain.passing import Fate, Held, Ruling
from mcp_tui.domain.permission import Answer, Initiator, Request
from mcp_tui.domain.review import Review
from mcp_tui.domain.secrets import looks_secret
from mcp_tui.domain.servers import ServerSpec
from mcp_tui.domain.signin import SignIn
from mcp_tui.domain.text import pretty_json

KEPT = 200
MAX_TEXT = 20_000
"""Characters of one text of it."""

Asked = Literal["permission", "result", "elicitation", "sampling", "sign-in", "review", "consent", "rounds", "page"]
About = Literal[Asked, "roots"]
Sense = Literal["yes", "no", "open"]
"""Something was given, it was refused, or it ended without either."""
Texts = tuple[tuple[str, str], ...]
"""Names and texts, in the order they are read; raw."""

STOPPED = "stopped"
ENDED = "ended by the server"
IN_BROWSER = "answered in the browser"
_ALLOWED = {
    Answer.ONCE: "allowed once",
    Answer.SESSION: "allowed for session",
    Answer.ALWAYS: "always allowed",
}
_ELICITED: dict[str, tuple[str, Sense]] = {
    "accept": ("sent", "yes"),
    "decline": ("declined", "no"),
    "cancel": ("not now", "open"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a question, in words, and what was said."""

    outcome: str
    sense: Sense
    texts: Texts = ()


@dataclass(frozen=True, slots=True)
class Answered:
    """One question that is over. Texts are raw."""

    number: int
    about: About
    server: str
    item: str
    """The tool's or prompt's name or the resource's URI; "" when it is about none."""
    time: float
    """Unix time at which it was over."""
    seconds: float | None
    """How long it took to decide; None when the program answered by itself."""
    told: Told


class History:
    """The last questions that are over, the newest first."""

    def __init__(self, limit: int = KEPT) -> None:
        self._kept: deque[Answered] = deque(maxlen=limit)

    def add(self, answered: Answered) -> None:
        """Keep it. A server that asks for the folders again and again stands there once, with the last time."""
        last = self._kept[0] if self._kept else None
        if last and answered.about == "roots" and (last.about, last.server) == ("roots", answered.server):
            self._kept.popleft()
        self._kept.appendleft(answered)

    def __iter__(self) -> Iterator[Answered]:
        return iter(tuple(self._kept))

    def __len__(self) -> int:
        return len(self._kept)


def permission(request: Request, reply: Reply | None) -> Told:
    """None: the call was stopped before there was an answer."""
    who = request.who or "the model" if request.initiator is Initiator.MODEL else "you"
    texts = [(request.kind.value, request.item), ("asked by", who)]
    if reply is None:
        return Told(STOPPED, "open", _kept(*texts, ("arguments", pretty_json(request.arguments))))
    outcome = _ALLOWED.get(reply.answer)
    if outcome is None:
        denied = "always denied" if reply.answer is Answer.NEVER else "denied"
        return Told(denied, "no", _kept(*texts, ("arguments", pretty_json(request.arguments))))
    asked, sent = pretty_json(request.arguments), pretty_json(reply.arguments)
    if asked == sent:
        return Told(outcome, "yes", _kept(*texts, ("arguments", sent)))
    return Told(f"{outcome}, edited", "yes", _kept(*texts, ("asked with", asked), ("arguments, as sent", sent)))


def result(held: Held, ruling: Ruling | None) -> Told:
    """None: the turn was stopped before there was an answer."""
    texts = [("tool", held.tool), ("result", held.text)]
    if ruling is None:
        return Told(STOPPED, "open", _kept(*texts))
    more = [("as the model got it", ruling.text), ("reason", ruling.reason)]
    return Told(ruling.fate.value, "no" if ruling.fate is Fate.WITHHELD else "yes", _kept(*texts, *more))


def review(looked_at: Review, accepted: bool | None) -> Told:
    """None: the turn was stopped before there was an answer."""
    tools = ", ".join(each.tool.name for each in looked_at.tools)
    found = "\n".join(
        f"{each.kind.value}: {each.what}, in {tool or said.where}" for tool, said, each in looked_at.findings
    )
    return _either(accepted, "accepted as shown", "left out of the chat", ("tools", tools), ("suspicious", found))


def consent(spec: ServerSpec, agreed: bool | None) -> Told:
    """None: the program left before there was an answer."""
    return _either(agreed, "agreed", "left off", ("starts", spec.address))


def rounds(count: int, go_on: bool | None) -> Told:
    """None: the turn was stopped before there was an answer."""
    return _either(go_on, "went on", "stopped there", ("rounds so far", str(count)))


def page(tool: Tool, agreed: bool | None) -> Told:
    """None: the program left before there was an answer."""
    return _either(agreed, "let into the browser", "left closed", ("page", tool.page))


def elicitation(ask: Elicitation, reply: ElicitReply | None) -> Told:
    """None: the server no longer wants to know."""
    texts = [("question", ask.message), ("address", ask.url)]
    if reply is None:
        return Told(ENDED, "open", _kept(*texts))
    outcome, sense = _ELICITED[reply.action]
    if reply.content is not None:
        texts.append(("answer", pretty_json({name: _hidden(name, value) for name, value in reply.content.items()})))
    return Told("agreed to go there" if ask.url and sense == "yes" else outcome, sense, _kept(*texts))


def sampling(ask: Sampling, reply: SampleReply | None, ended: bool = False) -> Told:
    """`reply` None means refused, unless the server no longer wants it."""
    said = ((each.role, "\n".join(map(block_text, each.blocks))) for each in ask.messages)
    asked = "\n\n".join(f"{role}: {text}" for role, text in said)
    texts = [("instructions", ask.system), ("question", asked)]
    if reply is None:
        return Told(*((ENDED, "open") if ended else ("declined", "no")), _kept(*texts))
    calls = "\n".join(f"{call.name} {call.arguments}" for call in reply.calls)
    return Told("sent", "yes", _kept(*texts, ("answer", reply.text), ("calls", calls), ("written by", reply.model)))


def sign_in(ask: SignIn, *, pasted: bool = False, came_back: bool = False, ended: bool = False) -> Told:
    """The answer itself holds a secret, and is not kept; of the address, who was asked."""
    parts = urlsplit(ask.url)
    texts = _kept(("address", f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"))
    if came_back:
        return Told(IN_BROWSER, "yes", texts)
    if pasted:
        return Told("sent", "yes", texts)
    return Told(ENDED if ended else "not now", "open", texts)


def roots(told: RootsTold, number: int) -> Answered:
    """A server asked for the folders, which the user chose beforehand."""
    count = len(told.uris)
    words = f"sent {count} folder{'' if count == 1 else 's'}" if count else "sent no folders"
    texts = _kept(("folders", "\n".join(told.uris)))
    return Answered(number, "roots", told.server, "", time.time(), None, Told(words, "yes", texts))


def _either(answer: bool | None, yes: str, no: str, *texts: tuple[str, str]) -> Told:
    """What came of a question with two answers; None: it ended without one."""
    if answer is None:
        return Told(STOPPED, "open", _kept(*texts))
    return Told(yes, "yes", _kept(*texts)) if answer else Told(no, "no", _kept(*texts))


def _kept(*texts: tuple[str, str]) -> Texts:
    return tuple((name, HIDDEN.cut(text, MAX_TEXT)) for name, text in texts if text)


def _hidden(name: str, value: Any) -> Any:
    """What was typed into a field whose name says that it is secret stays with the server."""
    return MASK if looks_secret(name) else value
