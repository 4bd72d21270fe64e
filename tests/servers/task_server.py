"""A server of 2025-11-25 that does tasks, without any SDK. Usage: task_server.py [bare|newer]

Every look at a task (tasks/get) is a step of its work, so that a test need not wait for a clock.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

Message = dict[str, Any]
MODE = sys.argv[1] if len(sys.argv) > 1 else ""
SUPPORT = {
    "research": "optional",
    "clarify": "required",
    "dither": "required",
    "spoil": "required",
    "explode": "required",
    "endless": "required",
    "vanish": "required",
    "announce": "required",
    "hasty": "required",
    "plain": "forbidden",
}
CREATED = "2026-01-02T03:04:05Z"
tasks: dict[str, Message] = {}
work: dict[str, Message] = {}
"""What is known of each task beside what the protocol tells: its tool, its arguments, the looks at it."""


def send(message: Message) -> None:
    print(json.dumps({"jsonrpc": "2.0", **message}), flush=True)


def text(words: str, **more: Any) -> Message:
    return {"content": [{"type": "text", "text": words}], **more}


def fault(words: str, code: int = -32602) -> Message:
    return {"error": {"code": code, "message": words}}


def become(task: Message, status: str, words: str) -> Message:
    task.update(status=status, statusMessage=words, lastUpdatedAt=CREATED)
    return task


def start(name: str, arguments: Message) -> Message:
    task: Message = {"taskId": f"task-{len(tasks) + 1}", "createdAt": CREATED, "ttl": 60000, "pollInterval": 100}
    tasks[task["taskId"]] = become(task, "working", "taken on")
    work[task["taskId"]] = {"tool": name, "arguments": arguments, "looks": 0}
    if name in ("announce", "endless"):
        task["pollInterval"] = 60000
    return {"task": dict(task)}


def announce() -> None:
    """Tell how such tasks go on, unasked."""
    for task in tasks.values():
        if work[task["taskId"]]["tool"] == "announce" and task["status"] == "working":
            send({"method": "notifications/tasks/status", "params": become(task, "completed", "all done")})


def look(task: Message) -> Message:
    """One step of a task."""
    doing = work[task["taskId"]]
    doing["looks"] += 1
    first = doing["looks"] == 1
    if task["status"] == "working":
        match doing["tool"]:
            case "research":
                become(task, *(("working", "half way") if first else ("completed", "found")))
            case "clarify" | "dither":
                become(task, *(("input_required", "which one?") if not doing.get("answer") else ("completed", "clear")))
            case "spoil" | "explode":
                become(task, "failed", "it went wrong")
            case "vanish" if not first:
                os._exit(7)
            case _:
                become(task, "working", "at it")
    return task


def result(task: Message) -> Message:
    """The answer to tasks/result."""
    doing = work[task["taskId"]]
    match doing["tool"]:
        case "clarify" | "dither":
            schema = {"type": "object", "properties": {"name": {"type": "string"}}}
            asking = {"message": "Which one?", "requestedSchema": schema, "_meta": related(task)}
            send({"id": "q1", "method": "elicitation/create", "params": asking})
            doing["answer"] = answer_of("q1")
            become(task, "completed", "clear")
            if doing["tool"] == "dither":
                serve_until("tasks/get")
            return {"result": text(json.dumps(doing["answer"]), _meta=related(task))}
        case "spoil":
            return {"result": text("no such library", isError=True)}
        case "explode":
            return fault("the library burnt down", -32603)
        case _:
            return {"result": text(json.dumps(doing["arguments"]), _meta=related(task))}


def related(task: Message) -> Message:
    return {"io.modelcontextprotocol/related-task": {"taskId": task["taskId"]}}


def answer_of(number: str) -> Message | None:
    """Whatever comes before the answer to our question is answered meanwhile, as a server must."""
    for line in sys.stdin:
        message: Message = json.loads(line)
        if message.get("id") == number and "method" not in message:
            return message.get("result")
        handle(message)
    return None


def serve_until(method: str) -> None:
    """Go on with other requests until one of these was answered."""
    for line in sys.stdin:
        message: Message = json.loads(line)
        handle(message)
        if message.get("method") == method:
            return


def end(task: Message) -> Message:
    if task["status"] in ("completed", "failed", "cancelled"):
        return fault(f"the task is {task['status']} already")
    print("cancelled", task["taskId"], file=sys.stderr, flush=True)
    return {"result": become(task, "cancelled", "cancelled by request")}


def page(cursor: str) -> Message:
    """Two tasks to a page."""
    at = int(cursor or 0)
    more = {"nextCursor": str(at + 2)} if at + 2 < len(tasks) else {}
    return {"tasks": list(tasks.values())[at : at + 2], **more}


def capabilities() -> Message:
    offered: Message = {"tools": {}}
    if MODE != "bare":
        offered["tasks"] = {"list": {}, "cancel": {}, "requests": {"tools": {"call": {}}}}
    if MODE == "newer":
        offered = {"tools": {}, "extensions": {"io.modelcontextprotocol/tasks": {}}}
    return offered


def call(params: Message) -> Message:
    name, arguments = params["name"], params.get("arguments", {})
    if "task" not in params:
        return {"result": text(f"{name} at once")}
    if name == "hasty":
        return {"result": text("done already")}
    return {"result": start(name, arguments)}


def handle(message: Message) -> None:
    if "id" not in message or "method" not in message:
        return
    params = message.get("params", {})
    match message["method"], tasks.get(params.get("taskId", "")):
        case "initialize", _:
            info = {"name": "tasks", "version": "1"}
            version = params["protocolVersion"]
            answer = {"result": {"protocolVersion": version, "capabilities": capabilities(), "serverInfo": info}}
        case "tools/list", _:
            schema = {"type": "object", "properties": {"topic": {"type": "string"}}}
            tools = [
                {"name": name, "description": "A task.", "inputSchema": schema, "execution": {"taskSupport": support}}
                for name, support in SUPPORT.items()
            ]
            answer = {"result": {"tools": tools}}
        case "tools/call", _:
            answer = call(params)
        case "tasks/list", _:
            answer = {"result": page(params.get("cursor") or "")}
        case ("tasks/get" | "tasks/result" | "tasks/cancel") as method, dict() as task:
            made = {"tasks/get": lambda task: {"result": look(task)}, "tasks/result": result, "tasks/cancel": end}
            answer = made[method](task)
        case (("tasks/get" | "tasks/result" | "tasks/cancel"), None):
            answer = fault("there is no such task")
        case _:
            answer = fault("no such method", -32601)
    send({"id": message["id"], **answer})
    announce()


def main() -> None:
    for line in sys.stdin:
        handle(json.loads(line))


if __name__ == "__main__":
    main()
