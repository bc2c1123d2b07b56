"""What a screen shows and says: its pixels, and the tree that assistive tools read. Both, as either may be dead."""

import base64
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

TREE = """() => {
  const role = (e) => e.getAttribute("role") ?? { H1: "heading", H2: "heading", H3: "heading", INPUT: "textbox",
    TEXTAREA: "textbox", A: "link" }[e.tagName] ?? "";
  const named = (e) => (e.getAttribute("aria-label") ?? e.innerText ?? e.textContent ?? "").trim();
  const found = [];
  for (const e of document.querySelectorAll("flt-semantics-host *")) {
    const kind = role(e);
    const words = [...e.childNodes].some((c) => c.nodeType === 3 || c.tagName === "SPAN") || kind === "heading";
    if (!kind && !words || e.tagName === "SPAN") continue;
    const box = (e.tagName === "SPAN" ? e.parentElement : e).getBoundingClientRect();
    found.push({ role: kind || "text", name: named(e), level: Number(e.tagName[1]) || 0, x: box.x, y: box.y,
      width: box.width, height: box.height, can: e.hasAttribute("flt-tappable") || kind === "textbox",
      off: e.getAttribute("aria-disabled") === "true" });
  }
  return found;
}"""

# The picture's colours, all over and in each box. The ground is the colour there is most of, the
# ink the one that stands out most from it (of which there are a few pixels: edges of letters are blurred).
PIXELS = """async ([picture, boxes]) => {
  const bytes = Uint8Array.from(atob(picture), (c) => c.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const canvas = new OffscreenCanvas(image.width, image.height);
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.drawImage(image, 0, 0);
  const light = (c) => {
    const [r, g, b] = [c >> 16, c >> 8 & 255, c & 255].map((v) => v / 255)
      .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const look = (x, y, width, height) => {
    const data = pen.getImageData(x, y, Math.max(1, width), Math.max(1, height)).data, count = new Map();
    for (let i = 0; i < data.length; i += 4) {
      const c = data[i] << 16 | data[i + 1] << 8 | data[i + 2];
      count.set(c, (count.get(c) ?? 0) + 1);
    }
    let ground = 0, most = 0, best = 1;
    for (const [c, n] of count) if (n > most) [ground, most] = [c, n];
    for (const [c, n] of count) {
      if (n < 3) continue;
      const [a, b] = [light(c), light(ground)].sort((p, q) => q - p);
      best = Math.max(best, (a + 0.05) / (b + 0.05));
    }
    return { colours: count.size, contrast: best };
  };
  const scale = image.width / boxes.width;
  return { whole: look(0, 0, image.width, image.height),
    each: boxes.list.map((b) => look(...[b.x, b.y, b.width, b.height].map((v) => Math.round(v * scale)))) };
}"""


@dataclass(frozen=True, slots=True)
class Part:
    """One node of the tree, in CSS pixels. `level` is that of a heading, `can` whether it can be tapped or typed in."""

    role: str
    name: str
    level: int
    x: float
    y: float
    width: float
    height: float
    can: bool
    off: bool

    @property
    def label(self) -> str:
        """For a message of a test."""
        return f"{self.role} {self.name[:40]!r} {self.width:.0f}x{self.height:.0f}"


def tree(page: Page) -> list[Part]:
    """What an assistive tool reads, in its order."""
    return [Part(**part) for part in page.evaluate(TREE)]


def look(page: Page, picture: bytes, parts: list[Part]) -> tuple[int, list[float]]:
    """How many colours a screenshot of the page has, and the contrast within each part's box."""
    size = page.viewport_size
    assert size is not None
    boxes = {"width": size["width"], "list": [{k: getattr(p, k) for k in ("x", "y", "width", "height")} for p in parts]}
    seen: dict[str, Any] = page.evaluate(PIXELS, [base64.b64encode(picture).decode(), boxes])
    return seen["whole"]["colours"], [part["contrast"] for part in seen["each"]]
