"""The state of sessions in Redis: a hash for each session, one deadline for the whole of it, one step for each use."""

from __future__ import annotations

import json
import os
import socket
import time
from urllib.parse import urlsplit

# A bug to be found: PLANTED_BUG=reads-do-not-slide, and a session that is only read expires under its reader.
READS_SLIDE = os.environ.get("PLANTED_BUG") != "reads-do-not-slide"

# In all scripts ARGV[1] is the time to live in milliseconds. Being scripts they are atomic, the slide included.
READ = """
local values = redis.call('HGETALL', KEYS[1])
if ARGV[1] ~= '' then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return values
"""
INCREMENT = """
local counter = redis.call('HINCRBY', KEYS[1], 'counter', 1)
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return counter
"""
# Notes are one JSON string a line: a line can be added without reading the others.
ADD_NOTE = """
local notes = (redis.call('HGET', KEYS[1], 'notes') or '') .. ARGV[2] .. '\\n'
redis.call('HSET', KEYS[1], 'notes', notes)
redis.call('PEXPIRE', KEYS[1], ARGV[1])
local _, count = string.gsub(notes, '\\n', '')
return count
"""
SET_ANALYSIS = """
redis.call('HSET', KEYS[1], 'analysis_result', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[1])
"""
COPY = """
local values = redis.call('HGETALL', KEYS[1])
for i = 1, #values, 2 do redis.call('HSET', KEYS[2], values[i], values[i + 1]) end
redis.call('PEXPIRE', KEYS[2], ARGV[1])
return #values / 2
"""

# The balancer waits no longer for an answer of /health.
PING_SECONDS = 1

# Redis answers these before a script has written anything; after any other error it may have.
REFUSALS = ("OOM", "READONLY", "LOADING", "MISCONF", "MASTERDOWN", "NOAUTH", "NOPERM", "BUSY")


class StoreError(Exception):
    """`code` is store_unavailable where nothing was executed, store_unknown where it may have been."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.told = {"code": code, "message": message}


class SessionStore:
    def __init__(self, url: str, ttl_ms: int, deadline: float):
        self._address = (urlsplit(url).hostname, urlsplit(url).port or 6379)
        self._ttl_ms, self._deadline = ttl_ms, deadline

    def read(self, session_id: str, slide: bool = True) -> dict:
        """All that a session has. Another's is read without sliding its deadline."""
        ttl = self._ttl_ms if slide and READS_SLIDE else ""
        reply = self._run("EVAL", READ, 1, _key(session_id), ttl, writes=False)
        values = {name.decode(): value for name, value in zip(reply[::2], reply[1::2])}
        analysis = values.get("analysis_result")
        return {
            "counter": int(values.get("counter", 0)),
            "notes": [json.loads(line) for line in values.get("notes", b"").splitlines()],
            "analysis_result": analysis and json.loads(analysis),
        }

    def increment(self, session_id: str) -> int:
        return self._run("EVAL", INCREMENT, 1, _key(session_id), self._ttl_ms)

    def add_note(self, session_id: str, note: str) -> int:
        return self._run("EVAL", ADD_NOTE, 1, _key(session_id), self._ttl_ms, json.dumps(note))

    def set_analysis(self, session_id: str, result: dict) -> None:
        self._run("EVAL", SET_ANALYSIS, 1, _key(session_id), self._ttl_ms, json.dumps(result))

    def copy(self, source: str, target: str) -> int:
        """How many values were copied. The source keeps its own deadline."""
        return self._run("EVAL", COPY, 2, _key(source), _key(target), self._ttl_ms)

    def count(self) -> int:
        """This Redis holds sessions and nothing else."""
        return self._run("DBSIZE", writes=False)

    def ping(self) -> None:
        self._run("PING", writes=False, limit=min(PING_SECONDS, self._deadline))

    def _run(self, *command, writes: bool = True, limit: float | None = None):
        """On a connection of its own: one that was kept may have died unseen, and a write sent into it is in doubt."""
        seconds = limit or self._deadline
        deadline = time.monotonic() + seconds
        sent = False
        try:
            with socket.create_connection(self._address, seconds) as connection:
                connection.settimeout(max(0.001, deadline - time.monotonic()))
                sent = True
                connection.sendall(_encoded(command))
                return _reply(connection.makefile("rb"))
        except OSError as error:
            refused = str(error).startswith(REFUSALS)
            code = "store_unknown" if writes and sent and not refused else "store_unavailable"
            raise StoreError(code, f"Redis: {error}") from None


def _encoded(command) -> bytes:
    words = [word if isinstance(word, bytes) else str(word).encode() for word in command]
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%b\r\n" % (len(word), word) for word in words)


def _reply(reader):
    """Reads one reply. An error of Redis is an OSError here, as a broken connection is."""
    line = reader.readline()
    if not line.endswith(b"\r\n"):
        raise ConnectionError("the connection was closed")
    kind, rest = line[:1], line[1:-2]
    if kind == b"-":
        raise OSError(rest.decode())
    if kind == b"*":
        return [_reply(reader) for _ in range(int(rest))]
    if kind != b"$":
        return int(rest) if kind == b":" else rest
    if rest == b"-1":
        return None
    text = reader.read(int(rest) + 2)
    if len(text) < int(rest) + 2:
        raise ConnectionError("the connection was closed")
    return text[:-2]


def _key(session_id: str) -> bytes:
    """Any text is an id, one that is no proper Unicode too."""
    return b"mcp:session:" + session_id.encode("utf-8", "surrogatepass")
