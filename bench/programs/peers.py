# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Child processes that run programs: the protocol of docs/benchmark-peers.md."""
import json
import os
import select
import shlex
import subprocess
import tempfile
import time


class PeerError(Exception):
    """A peer has failed, or answers what it must not."""


class Peer:
    """One child process. Use as a context manager: it ends with the block."""

    def __init__(self, command, timeout=120.0):
        """`command`: a list of words, or a string as for a shell. `timeout`: seconds that one answer may take."""
        self.command = shlex.split(command) if isinstance(command, str) else [str(word) for word in command]
        self.timeout = timeout
        self.rest = b""
        self.errors = tempfile.TemporaryFile()
        try:
            self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors)
        except OSError as error:
            self.errors.close()
            raise PeerError(f"{self.command[0]}: {error.strerror}") from error

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Ends the process: by the end of its input, or by force."""
        for stream in (self.process.stdin, self.process.stdout):
            try:
                stream.close()
            except OSError:
                pass
        try:
            self.process.wait(2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.errors.close()

    def ask(self, request):
        """The answer to one request. PeerError: it says that it can't, says nothing in time, or has ended."""
        try:
            self.process.stdin.write(json.dumps(request).encode() + b"\n")
            self.process.stdin.flush()
        except OSError as error:
            raise PeerError(self.last_words()) from error
        try:
            answer = json.loads(self.read_line())
        except ValueError as error:
            raise PeerError(f"an answer that is no JSON: {error}") from error
        if not isinstance(answer, dict) or not answer.get("ok"):
            raise PeerError(str(answer.get("error", answer)) if isinstance(answer, dict) else f"an answer that is no object: {answer}")
        return answer

    def load(self, path, times=1):
        """Compiles a file; the answer, whose "ns" may be absent."""
        return self.ask({"do": "load", "file": str(path), "times": times})

    def run(self, n, times=1):
        """(result as text, nanoseconds of each call)"""
        answer = self.ask({"do": "run", "n": n, "times": times})
        if not isinstance(answer.get("ns"), list) or len(answer["ns"]) != times:
            raise PeerError(f"'ns' must be a list of {times} numbers")
        return str(answer.get("result")), answer["ns"]

    def read_line(self):
        end = time.monotonic() + self.timeout
        while b"\n" not in self.rest:
            ready, _, _ = select.select([self.process.stdout], [], [], max(0, end - time.monotonic()))
            if not ready:
                raise PeerError(f"no answer in {self.timeout:.0f} s")
            part = os.read(self.process.stdout.fileno(), 65536)
            if not part:
                raise PeerError(self.last_words())
            self.rest += part
        line, self.rest = self.rest.split(b"\n", 1)
        return line

    def last_words(self):
        """Why it has ended, as far as it has said."""
        self.errors.seek(0)
        lines = self.errors.read().decode(errors="replace").strip().splitlines()
        return f"the process has ended: {lines[-1] if lines else 'without a word'}"
