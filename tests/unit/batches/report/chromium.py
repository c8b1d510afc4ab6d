"""A headless Chromium driven through its debugging pipe: enough to look at one page, and no library for it."""

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

BINARY = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars", "--disable-extensions",
    "--disable-background-networking", "--remote-debugging-pipe", "about:blank",
)  # fmt: skip


class Page:
    """A page, and all that it complained of or asked the network for."""

    def __init__(self, out: int, into: int) -> None:
        self._out, self._into, self._left, self._last = out, into, b"", 0
        self._session: str | None = None
        self.complaints: list[str] = []
        self.requests: list[str] = []

    def attach(self) -> None:
        """Open a tab, and listen to it."""
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "Accessibility"):
            self.ask(f"{domain}.enable")

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Ask for one thing, and take what happens meanwhile in."""
        self._last += 1
        asked = {"id": self._last, "method": method, "params": parameters}
        if self._session is not None:
            asked["sessionId"] = self._session
        os.write(self._out, json.dumps(asked).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._last:
                assert "error" not in answer, answer["error"]
                result: dict[str, Any] = answer["result"]
                return result

    def wait_for(self, happening: str) -> None:
        """Wait until the page says that this happened."""
        while self._next().get("method") != happening:
            pass

    def look(self, file: Path, *, width: int = 1280, height: int = 900, is_dark: bool = False) -> None:
        """Load a file as a screen of this size would."""
        features = [{"name": "prefers-color-scheme", "value": "dark" if is_dark else "light"}]
        self.ask("Emulation.setEmulatedMedia", media="", features=features)
        self.ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        self.ask("Page.navigate", url=file.as_uri())
        self.wait_for("Page.loadEventFired")

    def value(self, expression: str) -> Any:
        """Evaluate an expression in the page, from outside its content security policy."""
        return self.ask("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def picture(self, file: Path, *, top: float = 0, height: float | None = None) -> None:
        """Save what the page looks like, all of it or a part."""
        size = self.ask("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": top, "width": size["width"], "height": height or size["height"] - top, "scale": 1}
        shot = self.ask("Page.captureScreenshot", format="png", clip=clip, captureBeyondViewport=True)
        file.write_bytes(base64.b64decode(shot["data"]))

    def paper(self, file: Path) -> None:
        """Save what it looks like in print."""
        printed = self.ask("Page.printToPDF", preferCSSPageSize=True, printBackground=False)
        file.write_bytes(base64.b64decode(printed["data"]))

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._left:
            more = os.read(self._into, 1 << 20)
            if not more:
                raise ConnectionError("chromium went away")
            self._left += more
        line, _, self._left = self._left.partition(b"\0")
        said: dict[str, Any] = json.loads(line)
        self._note(said.get("method"), said.get("params", {}))
        return said

    def _note(self, method: str | None, told: dict[str, Any]) -> None:
        if method == "Log.entryAdded":
            self.complaints.append(told["entry"]["text"])
        if method in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown"):
            self.complaints.append(json.dumps(told)[:300])
        if method == "Network.requestWillBeSent":
            self.requests.append(told["request"]["url"])


@contextmanager
def chromium(folder: Path) -> Iterator[Page]:
    """Start Chromium with a profile of its own, and end that one process."""
    assert BINARY is not None
    theirs_in, ours_out = os.pipe()
    ours_in, theirs_out = os.pipe()

    def wired() -> None:
        high_in, high_out = os.dup(theirs_in), os.dup(theirs_out)
        os.dup2(high_in, 3)
        os.dup2(high_out, 4)

    process = subprocess.Popen(  # a browser that was found, with flags of ours
        [BINARY, f"--user-data-dir={folder}", *FLAGS], preexec_fn=wired, close_fds=False,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(theirs_in)
    os.close(theirs_out)
    page = Page(ours_out, ours_in)
    try:
        page.attach()
        yield page
    finally:
        with suppress(ConnectionError, OSError):
            page._session = None
            page.ask("Browser.close")
        process.terminate()
        process.wait(timeout=20)
        os.close(ours_out)
        os.close(ours_in)
