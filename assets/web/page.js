// The page's side: starts Python's worker and Flutter together, shows how far they are, and makes way when the
// first screen is there. Everything here must work when the rest does not.

const base = document.currentScript.src.replace(/[^/]*$/, "");
const first = document.getElementById("first");
const progress = document.getElementById("progress");
const said = document.getElementById("said");
const STEPS = ["flutter", "canvas", "pyodide", "python", "unpacked", "imported", "frame", "ready"];
const done = new Set();
const DUTCH = {
  slow: "Het starten duurt lang. De hulplijnen hieronder werken gewoon.",
  failed: "De app werkt nu niet. De hulplijnen hieronder werken gewoon. Wat je had opgeslagen, is er nog.",
};

function step(name) {
  done.add(name);
  progress.value = done.size / STEPS.length;
  if (done.has("ready") && done.has("frame")) handOver();
}

function handOver() {
  clearTimeout(slow);
  first.classList.add("gone");
  setTimeout(() => { first.hidden = true; }, 300);
}

function fail(reason) {
  console.error("start:", reason);
  clearTimeout(slow);
  first.hidden = false;
  first.classList.remove("gone");
  first.classList.add("failed");
  said.textContent = DUTCH.failed;
  document.getElementById("again").hidden = false;
  progress.hidden = true;
}

const slow = setTimeout(() => { said.textContent = DUTCH.slow; }, 20000);
document.getElementById("again").addEventListener("click", () => location.reload());

// -- Python's worker and its contract with Flet's client (jsConnect, jsSend, jsDisconnect) ---------------------

const worker = new Worker(new URL("worker.js", base), { type: "module" });
const MARKER = "straat";
let toDart = null, initialized = null;
worker.postMessage({ straat: { marker: localStorage.getItem(MARKER) === "1" } });
worker.onerror = (event) => fail(event.message || "worker");
worker.onmessage = ({ data }) => {
  if (data?.straat) fromPython(data.straat);
  else if (typeof data === "string") initialized?.(data === "initialized" ? null : data);
  else toDart?.(data);
};

function fromPython(facts) {
  if (facts.step) step(facts.step);
  if (facts.ready) step("ready");
  if (facts.failed) fail(facts.failed);
  if (facts.marker === true) localStorage.setItem(MARKER, "1");
  if (facts.marker === false) localStorage.removeItem(MARKER);
  if (facts.rescued) registerServiceWorker();
  if (facts.applyUpdate) applyUpdate();
  else if (facts.reload) location.reload();
}

globalThis.jsConnect = async (appId, args, onMessage) => {
  toDart = onMessage;
  const failed = await new Promise((resolve) => {
    initialized = resolve;
    worker.postMessage({ args, documentUrl: document.URL });
  });
  if (failed) throw failed;
};
globalThis.jsSend = async (appId, data) => worker.postMessage(data, [data.buffer]);
globalThis.jsDisconnect = async () => {};

const tellPython = (facts) => worker.postMessage({ straat: facts });
document.addEventListener("visibilitychange", () => tellPython({ visible: !document.hidden, probe: true }));
addEventListener("online", () => tellPython({ online: true }));
addEventListener("offline", () => tellPython({ online: false }));

// -- Flutter ---------------------------------------------------------------------------------------------------

globalThis.flet = {
  pyodide: true, multiView: false, noCdn: true, webSocketEndpoint: "/ws",
  entrypointBaseUrl: base, assetBase: base, routeUrlStrategy: "hash",
  canvasKitBaseUrl: `${base}canvaskit/`, fontFallbackBaseUrl: `${base}fonts/`,
  pyodideUrl: `${base}pyodide/pyodide.mjs`, webRenderer: "canvaskit", appPackageUrl: `${base}app.zip`,
};
flet.flutterAppLoaded = new Promise((resolve) => { flet.flutterAppResolve = resolve; });
flet.flutterAppLoaded.then(() => step("canvas"));
globalThis.straatStep = step;
addEventListener("flutter-first-frame", () => {
  step("frame");
  document.querySelector("flt-semantics-placeholder")?.click(); // for screen readers, from the start
});
const bootstrap = document.createElement("script");
bootstrap.src = `${base}flutter_bootstrap.js`;
bootstrap.onload = () => step("flutter");
bootstrap.onerror = () => fail("flutter");
document.body.append(bootstrap);

// -- the service worker: a new version is fetched in the background and taken only when the user agrees ---------

let waiting = null;

function announce(registration) {
  waiting = registration.waiting;
  if (waiting && navigator.serviceWorker.controller) tellPython({ updateReady: true });
}

function applyUpdate() {
  if (!waiting) return location.reload();
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  waiting.postMessage("take over");
}

async function registerServiceWorker() {
  try {
    const registration = await navigator.serviceWorker.register("/sw.js");
    announce(registration);
    registration.addEventListener("updatefound", () => {
      const fresh = registration.installing;
      fresh?.addEventListener("statechange", () => { if (fresh.state === "installed") announce(registration); });
    });
    setInterval(() => registration.update().catch(() => {}), 3600_000);
  } catch (error) {
    console.warn("no service worker:", error.name);
  }
}
if ("serviceWorker" in navigator) registerServiceWorker();
