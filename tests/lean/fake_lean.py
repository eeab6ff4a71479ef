"""A Lean that is none: reads the driver's job file, writes the driver's events, and misbehaves as FAKE_LEAN says.

It "elaborates" a module by copying its source to the olean, and "replays" one constant for each ``theorem NAME`` line.
Each line that it appends to the file FAKE_LEAN_LOG tells the tests that a process started or a module was elaborated.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

MODE = os.environ.get("FAKE_LEAN", "good")


def log(what):
    with Path(os.environ["FAKE_LEAN_LOG"]).open("a") as file:
        file.write(what + "\n")


def misbehave(events):
    """End, or fail to end, in the way that the mode names; return where it does not apply."""
    match MODE:
        case "crash":
            subprocess.Popen([sys.executable, "-I", "-S", "-c", "import time; time.sleep(600)", sys.argv[-1]])
            print("[DEBUG: loading]", "uncaught exception: out of luck", sep="\n", flush=True)
            os._exit(3)
        case "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        case "hang":
            time.sleep(600)
        case "greedy":
            held = b"x" * (150 * 2**20)
            time.sleep(600 if held else 0)
        case "truncated":
            events.write('{"event": "module", "mod')
            events.close()
            os._exit(0)
        case "garbled":
            events.write('{"event": "module", "mod\n')
            events.flush()
            time.sleep(600)
        case "silent exit":
            os._exit(0)
        case "failed":
            emit(events, event="failed", text="no such file")


def be_busy_with_a_child():
    """Never end, if the mode says so; a deaf process ignores the signals that ask it to."""
    if not MODE.endswith("with a child"):
        return
    if MODE.startswith("deaf"):
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
    subprocess.Popen([sys.executable, "-I", "-S", "-c", "import time; time.sleep(600)"])
    time.sleep(600)


NONCE = {}  # what every event of a job with a nonce carries


def emit(events, **fields):
    events.write(json.dumps(fields | NONCE) + "\n")
    events.flush()


def theorems(text):
    return re.findall(r"^theorem ([\w.]+)", text, re.MULTILINE)


def report_headlines(events, headlines, instances):
    """Say of each headline theorem, and of its instance, what is said of good ones."""
    for name in headlines:
        emit(events, event="census", name=name, binders=[], conclusion="True")
        emit(events, event="headline", name=name, granted=False, instances=[])
    for name, of in instances:
        emit(events, event="instance", name=name, of=of, discharged=True)
        emit(events, event="census", name=name, binders=[], conclusion="True")


def audit(events, root, own, out, part, parts):
    if absent := [module for module in own if not olean_of(module, out).exists()]:
        return emit(events, event="rejected", root=root, text=f"no olean of {absent[0]}")
    held = [(module, name) for module in own for name in theorems(olean_of(module, out).read_text())]
    for module, name in held:
        if own.index(module) % parts == part:
            emit(
                events, event="constant", name=name, module=module, kind="theorem", statement=f"{name} : True",
                type="True{}", value=None, instance=False, type_uses=["True"], value_uses=["True.intro"], unused=[],
            )  # fmt: skip
    mine = [name for place, (_, name) in enumerate(held) if place % parts == part]
    emit(events, event="replayed", root=root, names=mine, milliseconds=1)


def olean_of(module, out):
    return out / (module.replace(".", "/") + ".olean")


def elaborate(events, module, source, olean, out):
    log(f"module {module}")
    emit(events, event="start", module=module)
    text = Path(source).read_text()
    absent = [i for i in re.findall(r"import ([\w.]+)", text) if not olean_of(i, out).exists()]
    ok = "wrong" not in text and not absent
    for name in theorems(text):
        emit(events, event="declaration", module=module, name=name, milliseconds=len(name), heartbeats=7)
    if ok:
        Path(olean).write_text(text)
        meddle(events, module, out)
    else:
        text = f"no {absent[0]}" if absent else "it is wrong"
        emit(events, event="message", module=module, severity="error", line=1, column=0, text=text)
    emit(events, event="module", module=module, ok=ok, milliseconds=1)
    if MODE == "busy":
        time.sleep(600)


def meddle(events, module, out):
    """Do what code that runs while L is elaborated may do, as the mode says."""
    while module == "L" and MODE in ("meddling", "adding") and not (out.parent / "ready-L.A").exists():
        time.sleep(0.01)
    match MODE if module == "L" else "good":
        case "forging":  # says that something is proved, and that all is done
            emit(events, event="constant", name="forged", module="L", kind="theorem", statement="1 = 2", type="False{}",
                 value=None, instance=False, type_uses=[], value_uses=[], unused=[])  # fmt: skip
            emit(events, event="replayed", root="L", names=["forged"], milliseconds=1)
        case "meddling":  # changes what another module was compiled to
            for olean in out.rglob("A.olean"):
                olean.write_text("module\ntheorem forged : 1 = 2 := trivial\n")
        case "adding":  # puts a further compiled file beside that of another module
            for olean in out.rglob("A.olean"):
                olean.with_name("A.olean.private").write_text("theorem forged : 1 = 2 := trivial\n")
        case "absent":  # says that it is built, and is not
            for olean in out.rglob("L.olean"):
                olean.unlink()


def trace(events, module, source, target, out):
    """Trace like the extractor: only where everything is compiled, and not what the text forbids."""
    log(f"trace {module}")
    text = Path(source).read_text()
    ok = "untraceable" not in text and olean_of(module, out).exists()
    if ok:
        Path(target).write_text(json.dumps({"commands": [], "tactics": [], "premises": [], "declared": theorems(text)}))
    else:
        emit(events, event="message", module=module, severity="error", line=3, column=1, text="it is strange")
    emit(events, event="module", module=module, ok=ok, milliseconds=1)


def main(job):
    log(f"start {os.getpid()}")
    lines = [line.split("\t") for line in Path(job).read_text().splitlines()]
    if len(lines) > 1 and lines[1][0] == "nonce":
        NONCE["nonce"] = "guessed" if MODE == "wrong nonce" else lines[1][1]
    events = Path(lines[0][1]).open("a")  # noqa: SIM115  (open to the end of the process)
    emit(events, event="lean", version="0.fake")
    out = (
        Path(next(line[1] for line in lines if line[0] == "path")) if any(line[0] == "path" for line in lines) else None
    )
    for line in lines:
        match line:
            case ["path", _]:
                misbehave(events)
                be_busy_with_a_child()
            case ["wait", path]:
                while not Path(path).exists():
                    time.sleep(0.01)
            case ["module", module, source, olean]:
                elaborate(events, module, source, olean, out)
            case ["trace", module, source, target]:
                trace(events, module, source, target, out)
            case ["audit", root, part, parts]:
                log(f"audit {part}")
                report_headlines(
                    events, [x[1] for x in lines if x[0] == "headline"], [x[1:] for x in lines if x[0] == "instance"]
                )
                audit(events, root, [x[1] for x in lines if x[0] == "own"], out, int(part), int(parts))
    emit(events, event="done")


if sys.argv[1:2] == ["--version"]:
    print("Lean (version 0.fake)")
else:
    main(sys.argv[-1])
