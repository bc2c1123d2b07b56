// Reads one QR code with the camera, over the whole page. Only where the browser has BarcodeDetector; nothing that the
// camera sees leaves this page, and the camera is let go as soon as a code was read or the person closes it.

const LOOK_MILLIS = 150;
const NO_CAMERA = ["NotFoundError", "OverconstrainedError", "NotReadableError", "AbortError"];

// → {text}, empty when it was closed, or {problem: "refused" | "no_camera" | "failed"}
export async function scanned({ hint, close }) {
  let stream = null;
  try {
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
    return { text: await read(detector, stream, hint, close) };
  } catch (error) {
    console.error("scan:", error.name);
    if (["NotAllowedError", "SecurityError"].includes(error.name)) return { problem: "refused" };
    return { problem: NO_CAMERA.includes(error.name) ? "no_camera" : "failed" };
  } finally {
    for (const track of stream?.getTracks() ?? []) track.stop();
  }
}

async function read(detector, stream, hint, close) {
  const { dialog, video, closed } = overlay(hint, close);
  const gone = () => { if (document.hidden) dialog.close(); };
  document.addEventListener("visibilitychange", gone);
  try {
    video.srcObject = stream;
    await video.play();
    while (dialog.open) {
      const [code] = await detector.detect(video);
      if (code?.rawValue) return code.rawValue;
      await Promise.race([closed, new Promise((next) => setTimeout(next, LOOK_MILLIS))]);
    }
    return "";
  } finally {
    document.removeEventListener("visibilitychange", gone);
    dialog.remove();
  }
}

// A modal dialog: above Flutter's canvas, Escape closes it, and a screen reader stays within.
function overlay(hint, close) {
  const dialog = document.createElement("dialog"), video = document.createElement("video");
  const words = document.createElement("p"), button = document.createElement("button");
  dialog.id = "scan";
  words.textContent = hint;
  button.textContent = close;
  video.playsInline = true;
  video.muted = true;
  button.addEventListener("click", () => dialog.close());
  const closed = new Promise((resolve) => dialog.addEventListener("close", resolve));
  dialog.append(words, video, button);
  dialog.setAttribute("aria-label", hint);
  document.body.append(dialog);
  dialog.showModal();
  return { dialog, video, closed };
}
