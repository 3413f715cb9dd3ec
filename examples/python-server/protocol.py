"""MCP without HTTP: the sessions that this instance holds, and what each request of theirs is answered."""

from __future__ import annotations

import json
import queue
import re
import threading
import time
import traceback
import uuid
from urllib.parse import unquote_to_bytes

from store import SessionStore, StoreError
from tools import TOOLS, BadArguments, run_tool

VERSIONS = ("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05")
LEVELS = ("debug", "info", "notice", "warning", "error", "critical", "alert", "emergency")
SUMMARY = {
    "name": "session_summary",
    "uriTemplate": "resource://session/{session_id}/summary",
    "description": "A session's counter, notes and analysis result.",
    "mimeType": "application/json",
}


class RpcError(Exception):
    def __init__(self, code: int, message: str, **data):
        super().__init__(message)
        self.told = {"code": code, "message": message, **({"data": data} if data else {})}


class Cancelled(Exception):
    """Nobody waits for the call any more."""


class Session:
    def __init__(self):
        self.id = str(uuid.uuid4())
        self.level = "debug"
        self.calls: dict[str | int, Call] = {}
        self.last_use = time.monotonic()


class Instance:
    """Protocol sessions live here and nowhere else: a client whose instance is gone opens one elsewhere, and resumes."""

    def __init__(self, name: str, store: SessionStore, ttl: float):
        self.name, self.store, self.started, self._ttl = name, store, time.monotonic(), ttl
        self.sessions: dict[str, Session] = {}

    def open_session(self) -> Session:
        for idle in [each for each in list(self.sessions.values()) if self._is_idle(each)]:
            self.close_session(idle)
        session = Session()
        self.sessions[session.id] = session
        return session

    def close_session(self, session: Session) -> None:
        self.sessions.pop(session.id, None)
        for call in list(session.calls.values()):
            call.cancel()

    def is_busy(self) -> bool:
        return any(session.calls for session in list(self.sessions.values()))

    def _is_idle(self, session: Session) -> bool:
        return not session.calls and session.last_use + self._ttl < time.monotonic()


class Call:
    """One request. What it says goes into `outbox`, its answer last; None ends it."""

    def __init__(self, instance: Instance, session: Session, request: dict):
        self.store, self.started, self.instance = instance.store, instance.started, instance.name
        self.session, self.id, self.method = session, request["id"], request["method"]
        self.params = request["params"] if isinstance(request.get("params"), dict) else {}
        self.outbox: queue.Queue[dict | None] = queue.Queue()
        self._cancelled = threading.Event()
        session.calls[self.id] = self

    def run(self) -> None:
        try:
            if self.method not in METHODS:
                raise RpcError(-32601, f"Method {self.method} not found")
            self._say(id=self.id, result=METHODS[self.method](self))
        except Cancelled:
            pass
        except RpcError as error:
            self._say(id=self.id, error=error.told)
        except Exception:
            traceback.print_exc()
            self._say(id=self.id, error={"code": -32603, "message": "Internal error"})
        finally:
            self.session.last_use = time.monotonic()
            self.session.calls.pop(self.id, None)
            self.outbox.put(None)

    def cancel(self) -> None:
        self._cancelled.set()

    def sleep(self, seconds: float) -> None:
        if self._cancelled.wait(max(0, seconds)):
            raise Cancelled

    def progress(self, done: float, total: float, message: str) -> None:
        meta = self.params.get("_meta")
        if isinstance(meta, dict) and "progressToken" in meta:
            params = {"progressToken": meta["progressToken"], "progress": done, "total": total, "message": message}
            self._say(method="notifications/progress", params=params)

    def log(self, level: str, message: str) -> None:
        if LEVELS.index(level) >= LEVELS.index(self.session.level):
            self._say(method="notifications/message", params={"level": level, "data": {"msg": message}})

    def _say(self, **message) -> None:
        self.outbox.put({"jsonrpc": "2.0", **message})


def initialize(call: Call) -> dict:
    asked = call.params.get("protocolVersion")
    return {
        "protocolVersion": asked if asked in VERSIONS else VERSIONS[0],
        "capabilities": {"tools": {}, "resources": {}, "logging": {}},
        "serverInfo": {"name": "python_server", "version": "1"},
        "instructions": f"Stateful MCP server instance: {call.instance}",
    }


def set_level(call: Call) -> dict:
    if call.params.get("level") not in LEVELS:
        raise RpcError(-32602, f"level: one of {', '.join(LEVELS)}")
    call.session.level = call.params["level"]
    return {}


def list_tools(_call: Call) -> dict:
    return {"tools": [{"name": name, **described} for name, (_, described) in TOOLS.items()]}


def call_tool(call: Call) -> dict:
    name, arguments = call.params.get("name"), call.params.get("arguments", {})
    if not isinstance(name, str) or not isinstance(arguments, dict):
        raise RpcError(-32602, "tools/call takes a name and an object of arguments")
    try:
        result, is_error = run_tool(name, arguments, call), {}
    except BadArguments as error:
        return {"content": [{"type": "text", "text": str(error)}], "isError": True}
    except StoreError as error:
        result, is_error = {"error": error.told}, {"isError": True}
    result["instance"] = call.instance
    return {"content": [{"type": "text", "text": json.dumps(result)}], "structuredContent": result, **is_error}


def read_summary(call: Call) -> dict:
    uri = str(call.params.get("uri"))
    session_id = summarized_id(uri)
    try:
        state = call.store.read(session_id, slide=session_id == call.session.id)
    except StoreError as error:
        raise RpcError(-32603, str(error), error=error.told, instance=call.instance) from None
    text = json.dumps({"session_id": session_id, **state, "instance": call.instance})
    return {"contents": [{"uri": uri, "mimeType": "application/json", "text": text}]}


def summarized_id(uri: str) -> str:
    match = re.fullmatch(r"resource://session/((?:[^/%]|%[0-9a-fA-F]{2})*)/summary", uri)
    try:
        if match:
            return unquote_to_bytes(match[1]).decode()
    except UnicodeDecodeError:
        pass
    raise RpcError(-32602, f"Resource {uri} not found")


METHODS = {
    "initialize": initialize,
    "ping": lambda _: {},
    "logging/setLevel": set_level,
    "tools/list": list_tools,
    "tools/call": call_tool,
    "resources/list": lambda _: {"resources": []},
    "resources/templates/list": lambda _: {"resourceTemplates": [SUMMARY]},
    "resources/read": read_summary,
}
