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
ROBOTO = "fonts/roboto/v32/KFOmCnqEu92Fr1Me4GZLCzYlKw.woff2"
NO_RIVE = "rive/wasm/rive_native.js"
Rewrite = Callable[[str], str]


def _replaced(text: str, old: str, new: str, times: int = 1) -> str:
    """`text` with `old` replaced, or an error that says what a new Flet has changed."""
    if text.count(old) != times:
        raise ValueError(f"expected {times} times, found {text.count(old)}: {old!r}")
    return text.replace(old, new)


def _main(text: str, base: str) -> str:
    # Rive's loader and the fallback fonts would ask other hosts at every start.
    text = _replaced(text, "https://cdn.jsdelivr.net/npm/@rive-app/flutter-native-wasm@44.0.0/", f"{base}rive/")
    text = _replaced(text, "https://fonts.gstatic.com/s/", f"{base}fonts/")
    return _replaced(
        text,
        "https://www.gstatic.com/flutter-canvaskit/0cd610717bde95fd88343c64f81c11ba4e5c0010/",
        f"{base}canvaskit/",
    )


def _bootstrap(text: str) -> str:
    # Flutter's own service worker only unregisters ours; and CanvasKit in one variant serves every browser.
    text, found = re.subn(r"    serviceWorkerSettings: \{.*?\n    \},\n", "", text, flags=re.DOTALL)
    if found != 1:
        raise ValueError("serviceWorkerSettings not found")
    return _replaced(
        text, "    assetBase: flet.assetBase\n", '    assetBase: flet.assetBase,\n    canvasKitVariant: "full"\n'
    )


def _fonts(text: str) -> str:
    wanted = ("MaterialIcons", "Roboto")
    return json.dumps([f for f in json.loads(text) if f["family"] in wanted])


def files(wheel: Path, base: str) -> dict[str, bytes]:
    """The runtime's files by path below `base` (an absolute path on the site, ending in a slash)."""
    rewrites: dict[str, Rewrite] = {
        "main.dart.js": lambda text: _main(text, base),
        "flutter_bootstrap.js": _bootstrap,
        "assets/FontManifest.json": _fonts,
    }
    found = {n: d for n, d in read(wheel, "flet_web/web/").items() if _KEEP.fullmatch(n)}
    for name, rewrite in rewrites.items():
        found[name] = rewrite(found[name].decode()).encode()
    found[NO_RIVE] = b"globalThis.RiveNative = () => new Promise(() => {}); // no animation is used\n"
    found[ROBOTO] = found["assets/fonts/roboto.woff2"]  # where the engine looks for its default font
    return found
