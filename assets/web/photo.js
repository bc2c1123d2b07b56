// Lets a person choose or take one photo, and makes it small: upright, at most 1280 pixels, a JPEG of at most 300 kB.
// The browser decodes it, away from Python; drawing it anew leaves behind all that a camera writes (place, time, make).

import { askedFor } from "./file.js";

const MAX_FILE = 30 * 2 ** 20; // larger is refused unread
const MAX_PIXELS = 64e6; // what a phone of today makes at most; more would take all its memory
const LONGEST = 1280, MAX_JPEG = 300_000, QUALITIES = [0.82, 0.7, 0.55, 0.4];

// → {jpeg: Uint8Array}, {} when none was chosen, or {problem: "too_large" | "not_image" | "unreadable"}
export async function chosenPhoto(words) {
  const file = await askedFor("image/*", "photo", words);
  if (!file) return {};
  try {
    return await shrunk(file);
  } catch (error) {
    console.error("photo:", error.name);
    return { problem: "unreadable" };
  }
}

async function shrunk(file) {
  if (!file.size || (file.type && !file.type.startsWith("image/"))) return { problem: "not_image" };
  if (file.size > MAX_FILE) return { problem: "too_large" };
  const [width, height] = await statedSize(file);
  if (width * height > MAX_PIXELS) return { problem: "too_large" };
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  try {
    for (let longest = LONGEST; longest > 200; longest *= 0.75) {
      const canvas = drawn(picture, longest);
      for (const quality of QUALITIES) {
        const jpeg = await new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
        if (jpeg && jpeg.size <= MAX_JPEG) return { jpeg: new Uint8Array(await jpeg.arrayBuffer()) };
      }
    }
    return { problem: "too_large" };
  } finally {
    picture.close();
  }
}

function drawn(picture, longest) {
  const scale = Math.min(1, longest / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas"), pen = canvas.getContext("2d", { alpha: false });
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  pen.imageSmoothingQuality = "high";
  pen.fillStyle = "#fff"; // behind a picture with holes
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}

// Width and height as a JPEG's or PNG's first bytes state them, [0, 0] for another format.
async function statedSize(file) {
  const data = new DataView(await file.slice(0, 2 ** 18).arrayBuffer()), size = data.byteLength;
  if (size > 24 && data.getUint32(0) === 0x89504e47) return [data.getUint32(16), data.getUint32(20)];
  if (size < 4 || data.getUint16(0) !== 0xffd8) return [0, 0];
  for (let at = 2; at + 9 < size && data.getUint8(at) === 0xff; at += 2 + data.getUint16(at + 2)) {
    const marker = data.getUint8(at + 1), frame = marker >= 0xc0 && marker <= 0xcf;
    if (frame && ![0xc4, 0xc8, 0xcc].includes(marker)) return [data.getUint16(at + 7), data.getUint16(at + 5)];
  }
  return [0, 0];
}
