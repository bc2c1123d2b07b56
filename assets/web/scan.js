// Reads QR codes with the camera, over the whole page: one, or a series until the app says that it has enough. Nothing that
// the camera sees leaves this page, and the camera is let go as soon as it is over or the person closes it.

import { awake, dialogOf, part } from "./overlay.js";
import { reader } from "./qr.js";

const LOOK_MILLIS = 150, SERIES_MILLIS = 40;
const AGAIN_MILLIS = 2_000; // a code of a series is told again after this: what was told may have been forgotten since
const NO_CAMERA = ["NotFoundError", "OverconstrainedError", "NotReadableError", "AbortError"];
const FINE = { width: { ideal: 1280 }, height: { ideal: 720 } }; // a code of a series is finer than one of a link

// → {text}, empty when it was closed, or {problem: "refused" | "no_camera" | "failed"}
export async function scanned({ hint, close }) {
  let text = "";
  const look = (codes, stop) => { if (codes[0]?.rawValue) { text = codes[0].rawValue; stop(); } };
  const problem = await withCamera({}, dialogOf("scan", hint, close), LOOK_MILLIS, look);
  return problem ? { problem } : { text };
}

// Every code that comes by, until `enough`. `tell` hears texts that are new, or were told a while ago.
// → {over: {problem} or {}, soFar(words, part of 1), enough()}
export function scannedSeries({ hint, close }, tell) {
  const told = new Map(), said = part("p", "status"), bar = document.createElement("progress");
  const overlay = dialogOf("scan", hint, close, [said, bar]);
  bar.value = 0;
  bar.setAttribute("aria-hidden", "true"); // the words say it
  said.setAttribute("role", "status");
  const look = (codes) => {
    const now = performance.now();
    const fresh = codes.map((code) => code.rawValue).filter((text) => text && !(now - told.get(text) < AGAIN_MILLIS));
    for (const text of fresh) told.set(text, now);
    if (told.size > 2_000) told.clear();
    if (fresh.length) tell(fresh);
  };
  const over = withCamera(FINE, overlay, SERIES_MILLIS, look).then((problem) => (problem ? { problem } : {}));
  return {
    over,
    soFar: (words, of) => { said.textContent = words; bar.value = of; },
    enough: () => { navigator.vibrate?.(80); overlay.dialog.close(); },
  };
}

async function withCamera(size, { dialog, closed, head }, every, look) {
  let stream = null, release = () => {};
  const video = document.createElement("video");
  const gone = () => { if (document.hidden) dialog.close(); };
  video.playsInline = true;
  video.muted = true;
  head.after(video);
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", ...size }, audio: false });
    document.body.append(dialog);
    dialog.showModal();
    document.addEventListener("visibilitychange", gone);
    release = awake();
    const detector = await reader(dialog.id);
    video.srcObject = stream;
    await video.play();
    while (dialog.open) {
      look(await detector.detect(video), () => dialog.close());
      await Promise.race([closed, new Promise((next) => setTimeout(next, every))]);
    }
    return "";
  } catch (error) {
    console.error("scan:", error.name);
    if (["NotAllowedError", "SecurityError"].includes(error.name)) return "refused";
    return NO_CAMERA.includes(error.name) ? "no_camera" : "failed";
  } finally {
    document.removeEventListener("visibilitychange", gone);
    for (const track of stream?.getTracks() ?? []) track.stop();
    release();
    dialog.remove();
  }
}
