// Reading QR codes in pictures: what the browser has for it, else ZXing (zxing.js, app/web/decoder.py), fetched only now.

const READ = { formats: ["qr_code"] };
// Dots that the short side of a picture is looked at with, one after another: what is noise or falls between the squares at
// one size is read at another (docs/decisions/0035).
const SHORT_SIDES = [720, 400, 600];
let fetched = null;

// → {detect(video) → [{rawValue}]}; `host`: the id of any element that is in the page, which the library asks for
export async function reader(host) {
  if (await native().catch(() => false)) return new BarcodeDetector(READ);
  const { Html5Qrcode, Html5QrcodeSupportedFormats } = await (fetched ??= library());
  const config = { formatsToSupport: [Html5QrcodeSupportedFormats.QR_CODE], useBarCodeDetectorIfSupported: false, verbose: false };
  return over(new Html5Qrcode(host, config).qrcode);
}

// Some browsers have the detector and no format that it reads.
const native = async () => "BarcodeDetector" in globalThis && (await BarcodeDetector.getSupportedFormats()).includes("qr_code");

function library() {
  const script = document.createElement("script");
  script.src = new URL("./zxing.js", import.meta.url);
  const come = new Promise((resolve, reject) => {
    script.onload = () => resolve(globalThis.__Html5QrcodeLibrary__);
    script.onerror = () => { fetched = null; reject(new Error("zxing.js")); };
  });
  document.head.append(script);
  return come.finally(() => script.remove());
}

function over(decoder) {
  const canvas = document.createElement("canvas"), on = canvas.getContext("2d", { willReadFrequently: true });
  let looks = 0;
  return {
    async detect(video) {
      const { videoWidth: wide, videoHeight: high } = video, short = SHORT_SIDES[looks++ % SHORT_SIDES.length];
      const scale = Math.min(1, short / Math.min(wide, high));
      if (!wide || !high) return [];
      const [width, height] = [wide, high].map((side) => Math.round(side * scale));
      if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
      on.imageSmoothingQuality = "high"; // setting the size forgets it
      on.drawImage(video, 0, 0, width, height);
      const found = await decoder.decodeAsync(canvas).catch(() => null); // it throws where there is no code
      return found ? [{ rawValue: found.text }] : [];
    },
  };
}
