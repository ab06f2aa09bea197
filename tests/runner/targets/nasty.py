#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""A target that misbehaves on purpose: a proxy in front of a good one (`pvm-conform serve`) that goes wrong at chosen cases.

usage: nasty.py MODE PATTERN SERVER...

MODE is what to do when the id of the case contains PATTERN; the other cases are answered properly. The modes of `hello_modes` go wrong at
the greeting, and PATTERN is then ignored. Modes that need a memory across restarts keep it in the file NASTY_STATE.
"""
import json
import os
import signal
import subprocess
import sys
import time

mode, pattern, server_command = sys.argv[1], sys.argv[2], sys.argv[3:]


def say(text):
    sys.stdout.write(text)
    sys.stdout.flush()


def counted():
    """How often this was called, over all restarts."""
    path = os.environ["NASTY_STATE"]
    with open(path, "a+", encoding="ascii") as state:
        state.write("x")
    return os.path.getsize(path)


def crash(request):
    sys.stderr.write("about to fall over\n")
    sys.stderr.flush()
    os.kill(os.getpid(), signal.SIGSEGV)


def hang(request):
    time.sleep(600)


def flood(request):
    while True:
        say("x" * 65536)


def flood_lines(request):
    while True:
        say("garbage\n" * 4096)


def flood_errors(request):
    while True:
        sys.stderr.write("e" * 65536)


def close_output(request):
    os.close(1)
    time.sleep(600)


def partial(request):
    say('{"seq":1')
    os._exit(0)


def partial_hang(request):
    say('{"seq":1')
    time.sleep(600)


def grandchild(request):
    """Leaves a process behind that keeps the pipes open."""
    subprocess.Popen(["sleep", "600"])
    os._exit(7)


def wrong_seq(reply):
    reply["seq"] += 1000
    return reply


before = {
    "crash": crash, "exit": lambda request: os._exit(3), "hang": hang, "flood": flood, "flood-lines": flood_lines,
    "flood-errors": flood_errors, "slow": lambda request: time.sleep(0.04),
    "close-output": close_output, "partial": partial, "partial-hang": partial_hang, "grandchild": grandchild,
}
instead = {
    "garbage": lambda reply: say("this is no JSON\n"),
    "binary": lambda reply: (sys.stdout.buffer.write(b"\xff\x00\xfe{}\n"), sys.stdout.buffer.flush()),
    "empty-line": lambda reply: say("\n"),
    "empty-object": lambda reply: say("{}\n"),
    "wrong-seq": lambda reply: say(json.dumps(wrong_seq(reply)) + "\n"),
    "wrong-types": lambda reply: say(json.dumps({"seq": reply["seq"], "steps": [{"status": 3}]}) + "\n"),
    "too-few-steps": lambda reply: say(json.dumps({"seq": reply["seq"], "steps": []}) + "\n"),
    "huge-number": lambda reply: say('{"seq":%d,"steps":%s}\n' % (reply["seq"], "9" * 5000)),
    "deep": lambda reply: say("[" * 200000 + "\n"),
    "error": lambda reply: say(json.dumps({"seq": reply["seq"], "error": "cannot do that <b>&\x1b[31m"}) + "\n"),
    "twice": lambda reply: say((json.dumps(reply) + "\n") * 2),
    "late-twice": lambda reply: (say(json.dumps(reply) + "\n"), time.sleep(0.05), say(json.dumps(reply) + "\n")),
    "exit-after": lambda reply: (say(json.dumps(reply) + "\n"), os._exit(0)),
    "no-newline": lambda reply: (say(json.dumps(reply)), time.sleep(600)),
    "wrong-answer": lambda reply: say(json.dumps(spoil(reply)) + "\n"),
    "carriage-return": lambda reply: say(json.dumps(reply) + "\r\n"),
}


def spoil(reply):
    """Another value in a0 of every run step."""
    for step in reply.get("steps", []):
        if "regs" in step:
            step["regs"][7] = hex(int(step["regs"][7], 16) ^ 0xBAD)
            step["memory"] = [dict(part, bytes="00" * (len(part["bytes"]) // 2)) for part in step.get("memory", [])]
    if "rejected" in reply:
        reply = {"seq": reply["seq"], "steps": []}
    return reply


def greet(answer):
    """The greeting, or what the mode makes of it. True if the target goes on."""
    if mode == "no-hello":
        time.sleep(600)
    elif mode == "exit-at-once":
        os._exit(9)
    elif mode == "hello-garbage":
        say("Welcome to my VM!\n")
    elif mode == "hello-protocol":
        say('{"hello":{"protocol":99,"name":"x","version":"1","semantics":["rv64-1"],"features":[]}}\n')
    elif mode == "hello-empty":
        say('{"hello":{}}\n')
    elif mode == "hello-none":
        hello = json.loads(answer)
        hello["hello"]["semantics"] = ["mips-4"]
        say(json.dumps(hello) + "\n")
    elif mode == "dies-for-good" and counted() > 1:
        sys.stderr.write("no second life\n")
        os._exit(1)
    else:
        if mode == "slow-start":
            time.sleep(1.0)
        say(answer)


def main():
    if mode == "ignores-eof":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with subprocess.Popen(server_command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        for line in sys.stdin:
            request = json.loads(line)
            if "bye" in request:
                break
            case = request.get("run") or request.get("trace")
            hit = case is not None and pattern in case["id"] and "run" in request
            if hit and mode in before:
                before[mode](request)
            if hit and mode == "dies-for-good":
                crash(request)
            server.stdin.write(line)
            server.stdin.flush()
            answer = server.stdout.readline()
            if "hello" in request:
                greet(answer)
            elif hit and mode in instead:
                instead[mode](json.loads(answer))
            else:
                say(answer)
        while mode == "ignores-eof":
            time.sleep(600)


if __name__ == "__main__":
    main()
