"""The Rust side: a child process that answers one JSON line for every JSON line it is sent."""

import json
import os
import selectors
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from .case import Case

PATIENCE = 30.0
"""Seconds without an answer after which the child counts as hung."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the child said about one document: exactly one of the three is set.

    `error` is the protocol's error object; `broken` says how the child failed to answer at all.
    """

    canonical: str | None = None
    error: dict[str, object] | None = None
    broken: str | None = None

    @property
    def code(self) -> str:
        """Returns the error's stable code, or an empty string."""
        return str(self.error.get("code", "")) if self.error else ""

    @property
    def loader_fails(self) -> bool:
        """Returns whether the child says that AiSOC's loader fails on the document too."""
        return bool(self.error and self.error["loader_fails"])


class Door:
    """Runs `canonicalize` and keeps it running: a document that kills it costs that document only."""

    def __init__(self, command: Sequence[str | Path], manifest: bool = False, patience: float = PATIENCE) -> None:
        """Prepares a door; `manifest` is the program's `--manifest`. The child starts with the first batch."""
        self._command = [str(part) for part in command] + (["--manifest"] if manifest else [])
        self._patience = patience
        self._child: subprocess.Popen[bytes] | None = None
        self._buffer = b""
        self._stderr = tempfile.TemporaryFile()
        self._writer: threading.Thread | None = None
        self._pending: list[Case] = []

    def __enter__(self) -> "Door":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def submit(self, cases: Sequence[Case]) -> None:
        """Sends a batch without waiting; `collect` must follow before the next batch."""
        assert not self._pending, "the last batch was not collected"
        self._pending = list(cases)
        self._send(self._pending)

    def collect(self) -> list[Reply]:
        """Returns the replies to the batch in order. A child that died or hung is replaced."""
        replies: list[Reply] = []
        while len(replies) < len(self._pending):
            line = self._read_line()
            if isinstance(line, bytes):
                replies.append(_parse_reply(line))
                continue
            replies.append(Reply(broken=line + self._last_words()))
            self._kill()
            self._send(self._pending[len(replies) :])
        if self._writer is not None:
            self._writer.join()
        self._pending = []
        return replies

    def ask(self, case: Case) -> Reply:
        """Sends one document and returns its reply."""
        self.submit([case])
        return self.collect()[0]

    def close(self) -> None:
        """Ends the child."""
        self._kill()
        self._stderr.close()

    def _start(self) -> subprocess.Popen[bytes]:
        self._buffer = b""
        self._stderr.seek(0)
        self._stderr.truncate()
        self._child = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._stderr, bufsize=0
        )
        return self._child

    def _send(self, cases: Sequence[Case]) -> None:
        if not cases:
            return
        child = self._child or self._start()
        data = "".join(json.dumps({"format": case.format, "text": case.text}) + "\n" for case in cases).encode()

        def write() -> None:
            stdin = child.stdin
            assert stdin is not None
            try:
                view = memoryview(data)
                while view:
                    view = view[stdin.write(view) :]
            except (BrokenPipeError, ValueError):
                pass  # The child ended; `collect` finds out and says so.

        # A thread of its own: the child stops reading while its answers are not read.
        self._writer = threading.Thread(target=write, daemon=True)
        self._writer.start()

    def _read_line(self) -> bytes | str:
        """Returns a line, or words for what happened instead."""
        assert self._child is not None and self._child.stdout is not None
        descriptor = self._child.stdout.fileno()
        with selectors.DefaultSelector() as selector:
            while b"\n" not in self._buffer:
                if not selector.get_map():
                    selector.register(descriptor, selectors.EVENT_READ)
                if not selector.select(self._patience):
                    return f"hung for {self._patience:g} seconds"
                chunk = os.read(descriptor, 1 << 16)
                if not chunk:
                    return f"ended with status {self._child.wait()}"
                self._buffer += chunk
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line

    def _last_words(self) -> str:
        self._stderr.seek(0)
        words = self._stderr.read().decode("utf-8", "replace").strip()
        return f": {words[-500:]}" if words else ""

    def _kill(self) -> None:
        if self._child is None:
            return
        self._child.kill()
        for stream in (self._child.stdin, self._child.stdout):
            if stream is not None:
                stream.close()
        self._child.wait()
        if self._writer is not None:
            self._writer.join()
        self._child = None


def _parse_reply(line: bytes) -> Reply:
    try:
        reply = json.loads(line)
    except ValueError as error:
        return Reply(broken=f"answered no JSON: {line[:200]!r} ({error})")
    if isinstance(reply, dict):
        if isinstance(reply.get("canonical"), str):
            return Reply(canonical=reply["canonical"])
        failure = reply.get("error")
        if isinstance(failure, dict) and isinstance(failure.get("loader_fails"), bool) and failure.get("code"):
            return Reply(error=failure)
    return Reply(broken=f"answered outside the protocol: {line[:200]!r}")
