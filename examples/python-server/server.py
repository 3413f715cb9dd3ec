"""A small stateful MCP server over Streamable HTTP: one of several instances behind a balancer, its state in Redis."""

from __future__ import annotations

import json
import os
import queue
import select
import signal
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from protocol import Call, Instance, Session
from store import SessionStore, StoreError

MAX_BODY_BYTES = 1024 * 1024
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
QUIET_SECONDS = 0.3
LOOK_AFTER_CLIENT = 0.1


def setting(name: str, default: str) -> str:
    return os.environ.get(name, default)


KEEP_ALIVE = float(setting("KEEP_ALIVE_MS", "2000")) / 1000
STORE_DEADLINE = float(setting("STORE_DEADLINE_MS", "2000")) / 1000
DRAIN = float(setting("DRAIN_MS", "10000")) / 1000
SESSION_TTL = float(setting("SESSION_TTL", "1800"))
STORE = SessionStore(setting("REDIS_URL", "redis://127.0.0.1:6379"), round(SESSION_TTL * 1000), STORE_DEADLINE)
INSTANCE = Instance(setting("INSTANCE_ID", "unknown"), STORE, SESSION_TTL)

draining = threading.Event()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        if self.path == "/health":
            self.answer_health()
        elif self.session() is not None:
            self.refuse(405, -32000, "This server says nothing outside of calls")

    def do_DELETE(self) -> None:
        session = self.session()
        if session is not None:
            INSTANCE.close_session(session)
            self.answer(200, {})

    def do_POST(self) -> None:
        message = self.message()
        if message is None:
            return
        method = message.get("method")
        is_request = isinstance(method, str) and isinstance(message.get("id"), (str, int))
        opens = is_request and method == "initialize" and "mcp-session-id" not in self.headers
        session = self.opened() if opens else self.session()
        if session is None:
            return
        session.last_use = time.monotonic()
        if not is_request:
            if method == "notifications/cancelled":
                cancel(session, message)
            self.answer(202)
        elif message["id"] in session.calls or (method == "initialize" and not opens):
            self.refuse(400, -32600, "The session is initialized, or has a call of this id")
        else:
            self.stream(Call(INSTANCE, session, message))

    def message(self) -> dict | None:
        """The body of a POST. It is read before anything is answered: the connection goes on after it."""
        length = int(self.headers.get("content-length") or 0)
        if length > MAX_BODY_BYTES:
            self.close_connection = True
            return self.refuse(413, -32000, f"Body must not exceed {MAX_BODY_BYTES} bytes")
        body = self.rfile.read(length)
        origin = self.headers.get("origin")
        if origin and urlsplit(origin).hostname not in LOCAL_HOSTS:
            return self.refuse(403, -32000, "Origin is not allowed")
        try:
            message = json.loads(body)
        except (ValueError, RecursionError):
            return self.refuse(400, -32700, "Parse error: invalid JSON")
        return message if isinstance(message, dict) else self.refuse(400, -32600, "One message a request is needed")

    def session(self) -> Session | None:
        """The session that the request names; where there is none, that is the answer."""
        session_id = self.headers.get("mcp-session-id")
        if session_id is None:
            return self.refuse(400, -32600, "The mcp-session-id header is missing")
        return INSTANCE.sessions.get(session_id) or self.refuse(404, -32001, "Session not found")

    def opened(self) -> Session | None:
        """No session is opened without the store, or an instance that has lost it would attract them all."""
        try:
            STORE.ping()
        except StoreError:
            return self.refuse(503, -32000, "This instance cannot open sessions now")
        return INSTANCE.open_session()

    def stream(self, call: Call) -> None:
        """Headers at once, then what the call says, and comments while it says nothing: silence means a dead instance."""
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("cache-control", "no-cache")
        self.send_header("mcp-session-id", call.session.id)
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        threading.Thread(target=call.run, daemon=True).start()
        try:
            for event in events(call, self.connection):
                self.wfile.write(b"%x\r\n%b\r\n" % (len(event), event))
            self.wfile.write(b"0\r\n\r\n")
        except OSError:  # Its client has gone.
            call.cancel()
            self.close_connection = True

    def answer_health(self) -> None:
        if draining.is_set():
            return self.answer(404, {"status": "draining", "instance": INSTANCE.name})
        try:
            STORE.ping()
        except StoreError:
            return self.answer(503, {"status": "degraded", "instance": INSTANCE.name, "store": "unreachable"})
        self.answer(200, {"status": "ok", "instance": INSTANCE.name})

    def refuse(self, status: int, code: int, message: str) -> None:
        self.answer(status, {"jsonrpc": "2.0", "error": {"code": code, "message": message}, "id": None})

    def answer(self, status: int, body: dict | None = None) -> None:
        text = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_) -> None:
        """No line for each request: the balancer has one."""


def events(call: Call, connection: socket.socket):
    """What the call says as it says it, and a comment whenever it has said nothing for a while."""
    silent_since = time.monotonic()
    while True:
        try:
            said = call.outbox.get(timeout=min(KEEP_ALIVE, LOOK_AFTER_CLIENT))
        except queue.Empty:
            # In the middle of its answer a client sends nothing: what can be read is the end of its connection.
            if select.select([connection], [], [], 0)[0]:
                raise ConnectionError("the client has gone") from None
            if time.monotonic() < silent_since + KEEP_ALIVE:
                continue
            event = b": keep-alive\n\n"
        else:
            if said is None:
                return
            event = f"event: message\ndata: {json.dumps(said)}\n\n".encode()
        yield event
        silent_since = time.monotonic()


def cancel(session: Session, message: dict) -> None:
    params = message.get("params")
    request_id = params.get("requestId") if isinstance(params, dict) else None
    if isinstance(request_id, (str, int)) and request_id in session.calls:
        session.calls[request_id].cancel()


def drain() -> None:
    """Waits for calls to end. The listener stays open: the balancer still sends those of sessions that are here."""
    draining.set()
    end = time.monotonic() + DRAIN
    last_busy = time.monotonic()
    while last_busy + QUIET_SECONDS > time.monotonic() < end:
        time.sleep(0.01)
        if INSTANCE.is_busy():
            last_busy = time.monotonic()


class Server(ThreadingHTTPServer):
    request_queue_size = 128


def main() -> None:
    # Before any thread begins, so that all of them leave the signals to this one.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    server = Server((setting("HOST", "127.0.0.1"), int(setting("PORT", "8000"))), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    drain()


if __name__ == "__main__":
    main()
