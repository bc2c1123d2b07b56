"""Flutter, CanvasKit and Pyodide out of the flet-web wheel: what is used, and nothing that calls elsewhere."""

import json
import re
from collections.abc import Callable
from pathlib import Path

from app.web.packages import read

_KEEP = re.compile(
    r"main\.dart\.js|flutter_bootstrap\.js|canvaskit/canvaskit\.(js|wasm)"
    r"|pyodide/(pyodide\.asm\.(mjs|wasm)|pyodide\.mjs|python_stdlib\.zip|pyodide-lock\.json)"
    r"|assets/(AssetManifest\.bin(\.json)?|FontManifest\.json|fonts/.*|shaders/.*)"
)
NO_RIVE = "rive/wasm/rive_native.js"
Rewrite = Callable[[str], str]


def _replaced(text: str, old: str, new: str, times: int = 1) -> str:
    """`text` with `old` replaced, or an error that says what a new Flet has changed."""
    if text.count(old) != times:
        raise ValueError(f"expected {times} times, found {text.count(old)}: {old!r}")
    return text.replace(old, new)


def _main(text: str) -> str:
    # Rive's loader is asked for at every start. The other two are only there for pages that say nothing else; ours
    # does (page.js). No version stands in these paths: so the phone keeps this large file when a version changes.
    text = _replaced(text, "https://cdn.jsdelivr.net/npm/@rive-app/flutter-native-wasm@44.0.0/", "/rive/")
    text = _replaced(text, "https://fonts.gstatic.com/s/", "/fonts/")
    return _replaced(
        text, "https://www.gstatic.com/flutter-canvaskit/0cd610717bde95fd88343c64f81c11ba4e5c0010/", "/canvaskit/"
    )


def _bootstrap(text: str) -> str:
    # Flutter's own service worker only unregisters ours; and CanvasKit in one variant serves every browser.
    text, found = re.subn(r"    serviceWorkerSettings: \{.*?\n    \},\n", "", text, flags=re.DOTALL)
    if found != 1:
        raise ValueError("serviceWorkerSettings not found")
    text = _replaced(text, '"https://www.gstatic.com/flutter-canvaskit"', '"/canvaskit"')
    return _replaced(
        text, "    assetBase: flet.assetBase\n", '    assetBase: flet.assetBase,\n    canvasKitVariant: "full"\n'
    )


def _pyodide(text: str) -> str:
    # Where packages would come from, were one ever asked for by name: nowhere.
    return _replaced(text, "`https://cdn.jsdelivr.net/pyodide/v${", "`/no-packages/${")


def _fonts(text: str) -> str:
    wanted = ("MaterialIcons", "Roboto")
    return json.dumps([f for f in json.loads(text) if f["family"] in wanted])


def files(wheel: Path) -> dict[str, bytes]:
    """The runtime's files by their path, the same for every version of ours."""
    rewrites: dict[str, Rewrite] = {
        "main.dart.js": _main,
        "flutter_bootstrap.js": _bootstrap,
        "pyodide/pyodide.mjs": _pyodide,
        "assets/FontManifest.json": _fonts,
    }
    found = {n: d for n, d in read(wheel, "flet_web/web/").items() if _KEEP.fullmatch(n)}
    for name, rewrite in rewrites.items():
        found[name] = rewrite(found[name].decode()).encode()
    return found


def fixed() -> dict[str, bytes]:
    """What the runtime asks for at one fixed path."""
    return {NO_RIVE: b"globalThis.RiveNative = () => new Promise(() => {}); // no animation is used\n"}
