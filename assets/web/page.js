// The page's side: starts Python's worker and Flutter together, shows how far they are, and makes way when the
// first screen is there. Everything here must work when the rest does not.

import { say, speak, word } from "./words.js";
import { countBytes } from "./counted.js";
import { keepLines, showLines } from "./lines.js";
import { surroundings, invitation } from "./surroundings.js";
import { answerPasskey } from "./passkey.js";
import { updates } from "./updates.js";
import { letterDone, letterOf } from "./letters.js";

const base = new URL(".", import.meta.url).href;
const first = document.getElementById("first");
const progress = document.getElementById("progress");
const said = document.getElementById("said");
const again = document.getElementById("again");
const STEPS = ["flutter", "canvas", "pyodide", "python", "unpacked", "imported", "frame", "ready"];
const FADE_MILLIS = 300;
const WENT_BACK = "straat.went-back";

// -- the language that is read out, and the size of all text: the app's choice, which the first page takes over ------

function dress({ language, percent }) {
  speak(language);
  document.documentElement.style.fontSize = percent === 100 ? "" : `${percent}%`; // of what browser and device have
}

function dressAsBefore() {
  const language = localStorage.getItem("flutter.straat.language") === '"en"' ? "en" : "nl";
  const percent = { '"large"': 140, '"huge"': 200 }[localStorage.getItem("flutter.straat.text")] ?? 100;
  dress({ language, percent });
}

// -- how far it is ---------------------------------------------------------------------------------------------

const done = new Set();
const got = { page: 0, worker: 0 };
// On a first visit most of the time goes to bringing the files in, later to starting what is there.
const firstVisit = !navigator.serviceWorker?.controller;
const toFetch = firstVisit ? Number(progress.dataset.bytes) : 0;
let failed = false, hiding = 0, stopCounting = () => {};

function show() {
  const started = done.size / STEPS.length;
  const fetched = toFetch ? Math.min(1, (got.page + got.worker) / toFetch) : 1;
  const far = toFetch ? 0.7 * fetched + 0.3 * started : started;
  progress.value = Math.max(progress.value, far);
  if (fetched > 0.97 && said.dataset.word === "fetching") say(said, "starting");
}

function step(name) {
  done.add(name);
  show();
  if (!failed && done.has("ready") && done.has("frame")) handOver();
}

function handOver() {
  stopCounting();
  first.classList.remove("failed"); // it came after all
  first.classList.add("gone");
  hiding = setTimeout(() => { first.hidden = true; }, FADE_MILLIS);
  updating.start(); // only now: while it starts, the app needs the line and the processor for itself
}

function fail(reason, words = "failed") {
  failed = true;
  tellFailure(reason, words);
  if (words === "failed") goBack();
}

// A new version that can't start makes way for the one before it. Nothing of what was saved is touched by that.
async function goBack() {
  if (!await updating.broken()) return;
  sessionStorage.setItem(WENT_BACK, "1");
  location.reload();
}

function tellFailure(reason, words = "failed") {
  console.error("start:", reason);
  clearTimeout(hiding);
  first.hidden = false;
  first.classList.remove("gone");
  first.classList.add("failed");
  say(said, words);
  again.hidden = false;
  updating.start(); // what is broken may be mended by a newer version
}

again.addEventListener("click", () => location.reload());

// A script that did not come, or an error nobody caught: told while the app is not there yet.
function uncaught(event) {
  if (done.has("frame") || event.target instanceof HTMLImageElement) return;
  tellFailure(event.message ?? event.reason ?? event.target?.src ?? "error");
}
addEventListener("error", uncaught, true);
addEventListener("unhandledrejection", uncaught);

// -- Python's worker and its contract with Flet's client (jsConnect, jsSend, jsDisconnect) ---------------------

const MARKER = "straat";
let worker = null, toDart = null, initialized = null;
const PATIENCE_MILLIS = 3000;
let covering = false; // whether somebody is in, so that what is on screen is covered when the page is hidden
const tellPython = (facts) => worker?.postMessage({ straat: facts });
const updating = updates(tellPython);

function startWorker() {
  worker = new Worker(new URL(firstVisit ? "worker.js?count" : "worker.js", base), { type: "module" });
  tellPython({ marker: localStorage.getItem(MARKER) ?? "", invitation: invitation.kept() });
  surroundings().then((found) => tellPython({ surroundings: found }));
  worker.onerror = (event) => fail(event.message || "worker");
  worker.onmessage = ({ data, ports }) => {
    if (data?.straat?.passkey) answerPasskey(data.straat.passkey, ports[0]);
    else if (data?.straat) fromPython(data.straat);
    else if (typeof data === "string") initialized?.(data === "initialized" ? null : data);
    else toDart?.(data);
  };
}

function fromPython(facts) {
  if (facts.bytes) { got.worker = facts.bytes; show(); }
  if (facts.step) step(facts.step);
  if (facts.works) updating.works();
  if (facts.ready) { step("ready"); updating.tell(); } // told before, Python was not there to hear it
  if (facts.failed) fail(facts.failed);
  if ("marker" in facts) mark(facts.marker);
  if ("invitation" in facts) invitation.keep(facts.invitation);
  if ("directory" in facts) keepLines(facts.directory);
  if (facts.share) share(facts.share);
  if (facts.scan) scan(facts.scan);
  if (facts.scanSeries) scanSeries(facts.scanSeries);
  if (facts.soFar) series?.soFar(...facts.soFar);
  if (facts.enough) series?.enough();
  if (facts.showSeries) showSeries(facts.showSeries);
  if (facts.code) shown?.add(facts.code);
  if (facts.photo) photo(facts.photo);
  if (facts.file) file(facts.file);
  if (facts.sheet) import("./print.js").then(({ printSheet }) => printSheet(facts.sheet));
  if (facts.report) import("./print.js").then(({ printReport }) => printReport(facts.report));
  if (facts.list) import("./print.js").then(({ printList }) => printList(facts.list));
  if (facts.cards) import("./print.js").then(({ printCards }) => printCards(facts.cards));
  if (facts.letterDone) letterDone(performance.now());
  if (facts.dress) dress(facts.dress);
  if ("inside" in facts) covering = facts.inside;
  if (facts.wiped) { localStorage.clear(); sessionStorage.clear(); }
  if (facts.cover) cover();
  if (facts.uncover) uncover();
  if (facts.applyUpdate) updating.apply();
  else if (facts.hide) leave(() => location.assign(HIDDEN));
  else if (facts.reload) leave(() => location.reload());
}

// That a log was here: it stays when the browser removes the log, and tells a lost one from a fresh phone.
function mark(text) {
  try {
    if (text) localStorage.setItem(MARKER, text); else localStorage.removeItem(MARKER);
  } catch { /* no room: the one of before stands */ }
}

async function share(words) {
  const sharing = import("./share.js").then(({ shared }) => shared(words));
  tellPython({ shared: await sharing.catch(() => false) });
}

async function scan(words) {
  const scanning = import("./scan.js").then(({ scanned }) => scanned(words));
  tellPython({ scanned: await scanning.catch(() => ({ problem: "failed" })) });
}

let series = null, shown = null; // QR codes that are being read, or shown, one after another

async function scanSeries(words) {
  const { scannedSeries } = await import("./scan.js").catch(() => ({}));
  series = scannedSeries?.(words, (codes) => tellPython({ codes }));
  tellPython({ codesScanned: await (series?.over ?? { problem: "failed" }) });
  series = null;
}

async function showSeries(words) {
  const early = [];
  shown = { add: (rows) => early.push(rows) };
  const { shownSeries } = await import("./show.js").catch(() => ({}));
  shown = shownSeries?.(words);
  for (const rows of early) shown?.add(rows);
  await shown?.over;
  shown = null;
  tellPython({ codesShown: true });
}

async function photo(words) {
  const choosing = import("./photo.js").then(({ chosenPhoto }) => chosenPhoto(words));
  tellPython({ photo: await choosing.catch(() => ({ problem: "unreadable" })) });
}

async function file(words) {
  const choosing = import("./file.js").then(({ chosenFile }) => chosenFile(words));
  tellPython({ file: await choosing.catch(() => ({ problem: "unreadable" })) });
}

// -- locking: the worker ends, and with it every key and note in memory ----------------------------------------

const HIDDEN = "/?hulplijnen"; // the first page and nothing else: no worker, no app
const hidden = location.search === "?hulplijnen";

function leave(go) {
  cover();
  worker?.terminate();
  worker = null;
  go();
}

// The first page before everything else: also what a switcher of apps shows of this one.
function cover() {
  clearTimeout(hiding);
  first.classList.remove("gone");
  first.hidden = false;
}

function uncover() {
  if (worker && !document.hidden && !failed && done.has("frame")) first.hidden = true;
}

function showHidden() {
  say(document.querySelector("#first h1"), "lines");
  document.title = word("lines");
  for (const id of ["#first header img", "#progress", "#late"]) document.querySelector(id).remove();
  say(said, "");
  say(again, "back");
  again.hidden = false;
  again.addEventListener("click", (event) => { event.stopImmediatePropagation(); location.assign("/"); }, { capture: true });
}

// Never the old page, with its worker, out of a browser's back-forward memory.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

globalThis.jsConnect = async (appId, args, onMessage) => {
  toDart = onMessage;
  const problem = await new Promise((resolve) => {
    initialized = resolve;
    worker.postMessage({ args, documentUrl: document.URL });
  });
  if (problem) throw problem;
};
globalThis.jsSend = async (appId, data) => worker?.postMessage(data, [data.buffer]);
globalThis.jsDisconnect = async () => {};

// -- Flutter ---------------------------------------------------------------------------------------------------

// For a letter that no bundled font has, the engine looks for hundreds of font files, again at each frame. It is
// given the bundled font instead: the letter stays an empty box, and nobody is asked for anything.
function answerFontsFromHere() {
  const fetched = globalThis.fetch, bundled = `${base}assets/fonts/roboto.woff2`;
  const looksFor = [`${base}fonts/`, `${location.origin}/fonts/`];
  globalThis.fetch = (what, how) => {
    const url = new URL(what?.url ?? what, document.baseURI).href;
    return fetched(looksFor.some((place) => url.startsWith(place)) ? bundled : what, how);
  };
}

function startFlutter() {
  answerFontsFromHere();
  if (firstVisit) stopCounting = countBytes((bytes) => { got.page = bytes; show(); });
  const flet = globalThis.flet = {
    pyodide: true, multiView: false, noCdn: true, webSocketEndpoint: "/ws",
    entrypointBaseUrl: base, assetBase: base, routeUrlStrategy: "hash",
    canvasKitBaseUrl: `${base}canvaskit/`, fontFallbackBaseUrl: `${base}fonts/`,
    pyodideUrl: `${base}pyodide/pyodide.mjs`, webRenderer: "canvaskit", appPackageUrl: `${base}app.zip`,
  };
  flet.flutterAppLoaded = new Promise((resolve) => { flet.flutterAppResolve = resolve; });
  flet.flutterAppLoaded.then(() => step("canvas"));
  addEventListener("flutter-first-frame", () => {
    step("frame");
    document.querySelector("flt-semantics-placeholder")?.click(); // for screen readers, from the start
    document.querySelector("flutter-view")?.setAttribute("role", "main"); // a landmark to jump to
  });
  const bootstrap = document.createElement("script");
  bootstrap.src = `${base}flutter_bootstrap.js`;
  bootstrap.onload = () => step("flutter");
  bootstrap.onerror = () => fail("flutter");
  document.body.append(bootstrap);
}

// -- the start -------------------------------------------------------------------------------------------------

function start() {
  if (hidden) return showHidden();
  if (!isSecureContext) return fail("not a secure context", "insecure");
  if (!navigator.locks || !navigator.storage?.getDirectory || !crypto.subtle || !globalThis.WebAssembly) {
    return fail("a needed part of the browser is missing", "old");
  }
  if (firstVisit) say(said, "fetching");
  if (sessionStorage.getItem(WENT_BACK)) say(said, "previous");
  sessionStorage.removeItem(WENT_BACK);
  updating.takeAtStart(() => !done.has("ready"));
  startWorker();
  startFlutter();
  document.addEventListener("visibilitychange", () => {
    tellPython({ visible: !document.hidden, probe: true });
    if (document.hidden && covering) cover();
    // Python says whether it locks or shows again; it may be busy, and nobody must be kept out for that.
    if (!document.hidden && covering) setTimeout(uncover, PATIENCE_MILLIS);
    if (!document.hidden) updating.check();
  });
  // The way back for who has no finger on the screen. Told before Flutter hears it: it may close a dialog instead.
  addEventListener("keydown", ({ key, repeat }) => { if (key === "Escape" && !repeat && !document.querySelector("dialog[open]")) tellPython({ escape: true }); }, true);
  addEventListener("keydown", (event) => {
    const key = letterOf(event, performance.now());
    if (key) tellPython({ key });
  }, true);
  addEventListener("online", () => tellPython({ online: true }));
  addEventListener("offline", () => tellPython({ online: false }));
}

showLines();
try {
  dressAsBefore();
  start();
} catch (error) {
  fail(error);
}
