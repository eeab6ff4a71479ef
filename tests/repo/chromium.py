"""A headless Chromium, driven over a pipe in the protocol of its developer tools: no driver, no port, no library."""

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time

import pytest


class Chromium:
    """One browser with one page; use as a context manager."""

    def __init__(self):
        program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        if program is None:
            pytest.skip("Chromium is missing (Debian: chromium): the site has not been looked at in a browser")
        self._home = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        (to_browser, self._out), (self._in, from_browser) = os.pipe(), os.pipe()

        def pipes():  # the browser reads from 3 and writes to 4
            ours, theirs = os.dup(to_browser), os.dup(from_browser)
            os.dup2(ours, 3)
            os.dup2(theirs, 4)

        flags = [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
            "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
            "--disable-sync",
        ]  # fmt: skip
        self._process = subprocess.Popen(
            [program, *flags, "--remote-debugging-pipe", f"--user-data-dir={self._home.name}", "about:blank"],
            preexec_fn=pipes, pass_fds=(3, 4, to_browser, from_browser),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(to_browser)
        os.close(from_browser)
        self._number, self._buffer, self.problems = 0, b"", []
        targets = self._ask("Target.getTargets")["targetInfos"]
        page = next(t["targetId"] for t in targets if t["type"] == "page")
        self._session = None
        self._session = self._ask("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._ask(f"{domain}.enable")

    _session = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()
        os.close(self._out)
        os.close(self._in)
        self._home.cleanup()

    def _receive(self):
        while b"\0" not in self._buffer:
            chunk = os.read(self._in, 1 << 20)
            assert chunk, "the browser has ended"
            self._buffer += chunk
        message, _, self._buffer = self._buffer.partition(b"\0")
        said = json.loads(message)
        self._note(said.get("method"), said.get("params", {}))
        return said

    def _note(self, method, about):
        """Keep every error of the console, every exception, and everything that was not loaded."""
        if method == "Runtime.exceptionThrown":
            self.problems.append(about["exceptionDetails"]["text"])
        elif method == "Runtime.consoleAPICalled" and about["type"] in ("error", "warning", "assert"):
            self.problems.append(str(about["args"]))
        elif method == "Log.entryAdded" and about["entry"]["level"] in ("error", "warning"):
            self.problems.append(about["entry"]["text"])
        elif method == "Network.loadingFailed":
            self.problems.append(about["errorText"])
        elif method == "Network.requestWillBeSent" and not about["request"]["url"].startswith(("file:", "data:")):
            self.problems.append(f"asked the network for {about['request']['url']}")

    def _ask(self, method, **parameters):
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while (said := self._receive()).get("id") != self._number:
            pass
        assert "error" not in said, said
        return said["result"]

    def open(self, path, fragment=""):
        """Go to a page and wait until it has loaded."""
        self._ask("Page.navigate", url="about:blank")
        self._ask("Page.navigate", url=path.resolve().as_uri() + fragment)
        self.wait("document.readyState === 'complete' && location.protocol === 'file:'")

    def wait(self, condition):
        """Wait until a JavaScript condition holds, for at most half a minute."""
        for _ in range(600):
            if self.run(condition):
                return
            time.sleep(0.05)
        pytest.fail(f"never came true: {condition}")

    def run(self, script):
        """Return the value of a JavaScript expression."""
        said = self._ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in said, said
        return said["result"].get("value")

    def look(self, *, width=1200, height=900, dark=False, paper=False):
        """Set the size of the window, the colour scheme, and whether it is printed; narrow windows are phones."""
        self._ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._ask("Emulation.setEmulatedMedia", media="print" if paper else "", features=[scheme])

    def press(self, key):
        """Press and release a key."""
        text = {"Enter": "\r"}.get(key, key if len(key) == 1 else "")
        for kind in ("keyDown", "keyUp"):
            self._ask(
                "Input.dispatchKeyEvent", type=kind, key=key, code=key if len(key) > 1 else "", text=text,
                windowsVirtualKeyCode={"Tab": 9, "Enter": 13, "ArrowRight": 39}.get(key, ord(key[0].upper())),
            )  # fmt: skip

    def mouse(self, *steps):
        """Do with the mouse what the steps say, each a kind (moved, pressed, released) and a place in the window."""
        for kind, x, y in steps:
            self._ask(
                "Input.dispatchMouseEvent", type=f"mouse{kind.capitalize()}", x=x, y=y, button="left", clickCount=1,
                buttons=int(kind == "pressed"),
            )  # fmt: skip

    def touch(self, x, y):
        """Touch a place in the window and let go."""
        self._ask("Emulation.setTouchEmulationEnabled", enabled=True)
        self._ask("Input.dispatchTouchEvent", type="touchStart", touchPoints=[{"x": x, "y": y}])
        self._ask("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])
        self._ask("Emulation.setTouchEmulationEnabled", enabled=False)

    def scripts(self, allowed):
        """Allow or forbid the scripts of pages."""
        self._ask("Emulation.setScriptExecutionDisabled", value=not allowed)

    def screenshot(self, path):
        """Write what the window shows as PNG."""
        path.write_bytes(base64.b64decode(self._ask("Page.captureScreenshot", format="png")["data"]))
