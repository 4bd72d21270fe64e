"""A server of the legacy era that tells much unasked, without any SDK.

What it was told (subscriptions, log levels) its tool `told` answers.
"""

from __future__ import annotations

import json
import sys
from typing import Any

Message = dict[str, Any]
subscribed: list[str] = []
level = ""
reads = 0
QUESTION = {"message": "Still there?", "requestedSchema": {"type": "object", "properties": {}}}
TOOLS = ("touch", "leave", "told", "speak", "withdraw", "odd", "never", "show")
GIF = "R0lGODlhAwACAIAAAAAAAP///yH5BAAAAAAALAAAAAADAAIAAAIChF8AOw=="
PAGE = {"show": {"ui": {"resourceUri": "ui://telling/page"}}}


def send(**message: Any) -> None:
    print(json.dumps({"jsonrpc": "2.0", **message}), flush=True)


def call(number: Any, name: str, arguments: Message) -> Message | None:
    match name:
        case "touch":
            send(method="notifications/resources/updated", params={"uri": arguments.get("uri", "note://a")})
        case "leave":
            sys.exit(7)
        case "told":
            return {"content": [{"type": "text", "text": json.dumps({"subscribed": subscribed, "level": level})}]}
        case "speak":
            for each in ("debug", "emergency"):
                send(method="notifications/message", params={"level": each, "logger": "db", "data": {"said": each}})
        case "withdraw":
            send(id="q1", method="elicitation/create", params=QUESTION)
            return None
        case "odd":
            image = {"type": "image", "mimeType": "image/png", "data": "not base64!"}
            return {"content": [image, {"type": "text", "text": "all the same"}], "_meta": {"cost": 3}}
        case "never":
            return None
        case "show":
            link = {"type": "resource_link", "uri": "note://hidden", "name": "hidden", "mimeType": "text/plain"}
            return {"content": [{"type": "image", "mimeType": "image/gif", "data": GIF}, link]}
        case _:
            pass
    return {"content": [{"type": "text", "text": "done"}], "_meta": {"cost": 3}}


def complete(params: Message) -> Message:
    typed, others = params["argument"]["value"], params.get("context", {}).get("arguments", {})
    cities = {"fr": ["Paris", "Pau"], "de": ["Berlin", "Bonn"]}.get(others.get("country", ""), ["Paris", "Berlin"])
    values = ["fr", "de"] if params["argument"]["name"] == "country" else cities
    found = [each for each in values if each.lower().startswith(typed.lower())]
    total = 117 if typed == "B" else len(found)
    return {"completion": {"values": found, "total": total, "hasMore": total > len(found)}}


def answer(number: Any, method: str, params: Message) -> Message | None:
    """A result, or None for what is answered later or never. Raises KeyError for unknown methods."""
    global level, reads
    match method:
        case "initialize":
            able = {
                "tools": {},
                "prompts": {},
                "resources": {"subscribe": True},
                "logging": {},
                "completions": {},
                "experimental": {"flux": {"level": 3}},
                "extensions": {"io.example/x": {}},
            }
            icon = {"src": "https://example.org/icon.png", "mimeType": "image/png"}
            return {
                "protocolVersion": params["protocolVersion"],
                "capabilities": able,
                "serverInfo": {
                    "name": "telling",
                    "version": "1",
                    "websiteUrl": "https://example.org/telling",
                    "icons": [icon],
                },
            }
        case "tools/list":
            return {
                "tools": [
                    {"name": name, "inputSchema": {"type": "object"}, "_meta": PAGE.get(name, {})} for name in TOOLS
                ]
            }
        case "prompts/list":
            arguments = [{"name": "country"}, {"name": "city"}]
            return {"prompts": [{"name": "trip", "arguments": arguments}]}
        case "resources/list":
            return {"resources": [{"uri": "note://a", "name": "a"}, {"uri": "note://secret", "name": "s"}]}
        case "resources/templates/list":
            return {"resourceTemplates": [{"uriTemplate": "trip://{country}/{city}", "name": "trips"}]}
        case "prompts/get":
            return {"messages": [{"role": "user", "content": {"type": "text", "text": json.dumps(params)}}]}
        case "resources/read" if params["uri"].startswith("ui:"):
            html = "<h1>A page</h1><script>1</script>"
            return {"contents": [{"uri": params["uri"], "mimeType": "text/html;profile=mcp-app", "text": html}]}
        case "resources/read":
            reads += 1
            return {"contents": [{"uri": params["uri"], "text": f"milk {reads}"}]}
        case "resources/subscribe" if params["uri"] == "note://secret":
            raise PermissionError
        case "resources/subscribe":
            subscribed.append(params["uri"])
            return {}
        case "resources/unsubscribe":
            subscribed.remove(params["uri"])
            return {}
        case "logging/setLevel":
            level = params["level"]
            return {}
        case "completion/complete":
            return complete(params)
        case "tools/call":
            return call(number, params["name"], params.get("arguments", {}))
        case _:
            raise KeyError(method)


def main() -> None:
    print("woke up", file=sys.stderr, flush=True)
    waiting: Any = None
    for line in sys.stdin:
        message: Message = json.loads(line)
        params = message.get("params", {})
        if message.get("method") == "tools/call" and params["name"] == "withdraw":
            waiting = message["id"]
        if message.get("method") == "notifications/roots/list_changed" and waiting is not None:
            # The test's sign that the question is on the screen.
            send(method="notifications/cancelled", params={"requestId": "q1", "reason": "never mind"})
            send(id=waiting, result={"content": [{"type": "text", "text": "withdrawn"}]})
        if "id" not in message or "method" not in message:
            continue
        try:
            result = answer(message["id"], message["method"], params)
        except KeyError:
            send(id=message["id"], error={"code": -32601, "message": "no such method"})
        except PermissionError:
            send(id=message["id"], error={"code": -32000, "message": "not that one"})
        else:
            if result is not None:
                send(id=message["id"], result=result)


if __name__ == "__main__":
    main()
