"""What a server gave stays that server's text, also when the user puts it into the chat."""

from __future__ import annotations

from scripted_endpoint import Endpoint, say
from whole_app import Folder, pocket, seat

GREETING = "Say hello to Ada, in one sentence."


async def test_a_prompt_that_was_put_into_the_chat_is_known_again_in_a_call_to_another_server(
    folder: Folder, endpoint: Endpoint
) -> None:
    endpoint.script(say(calls=[("web__book", {"city": GREETING, "days": 1})]), say("Done."))
    async with seat(folder, [pocket("notes"), pocket("web")], model=endpoint.url) as you:
        await you.send("/prompt notes/greet who=Ada")
        await you.answer("a")
        await you.sees(GREETING)
        await you.press("i")
        assert you.draft == GREETING and you.place == "chat"
        await you.press("enter")
        await you.asked()
        await you.sees("▲ high risk", "city contains text that came from notes")
        await you.answer("d")
        await you.idle()
