// Reading QR codes in pictures: what the browser has for it, else ZXing (zxing.js, app/web/decoder.py), fetched only now.

const READ = { formats: ["qr_code"] };
const SHORT_SIDE = 720; // dots that a picture is looked at with: a code of a series fills them with eight to a square
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
  return {
    async detect(video) {
      const { videoWidth: wide, videoHeight: high } = video, scale = Math.min(1, SHORT_SIDE / Math.min(wide, high));
      if (!wide || !high) return [];
      const [width, height] = [wide, high].map((side) => Math.round(side * scale));
      if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
      on.drawImage(video, 0, 0, width, height);
      const found = await decoder.decodeAsync(canvas).catch(() => null); // it throws where there is no code
      return found ? [{ rawValue: found.text }] : [];
    },
  };
}
