// Precaches one build, whole, under a version made from its content; then answers from it, server or not.
// Each file is checked against its hash, so that no Wi-Fi sign-in page and no half-updated server gets in.
// A file that the build before had too (same hash, same headers) is copied from its cache, not fetched again.

const VERSION = "@VERSION@";
const HEADERS = "@HEADERS@"; // hash of the headers that all files were sent with
const FILES = @FILES@; // path → start of its SHA-256
const PREFIX = "straat-";
const INDEX = "/index.html";
const LIST = "/__list";

async function previous() {
  const known = new Map();
  for (const name of await caches.keys()) {
    if (!name.startsWith(PREFIX) || name === PREFIX + VERSION) continue;
    const cache = await caches.open(name);
    const list = await (await cache.match(LIST))?.json();
    if (list?.headers !== HEADERS) continue;
    for (const [path, hash] of Object.entries(list.files)) known.set(hash, [cache, path]);
  }
  return known;
}

async function hashOf(answer) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await answer.arrayBuffer()));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function fetched(path, hash) {
  // As it was fetched moments ago by the page itself, where that is right; else anew, past every cache.
  for (const cache of ["no-cache", "reload"]) {
    const answer = await fetch(path, { cache });
    if (answer.ok && (await hashOf(answer.clone())).startsWith(hash)) return answer;
  }
  throw new Error(`${path} is not the file of this version`);
}

async function fill() {
  const cache = await caches.open(PREFIX + VERSION);
  const known = await previous();
  for (const [path, hash] of Object.entries(FILES)) {
    if (await cache.match(path)) continue; // an install that was cut off goes on where it stopped
    const [old, oldPath] = known.get(hash) ?? [];
    await cache.put(path, (await old?.match(oldPath)) ?? (await fetched(path, hash)));
  }
  await cache.put(LIST, new Response(JSON.stringify({ headers: HEADERS, files: FILES })));
}

self.addEventListener("install", (event) => event.waitUntil(fill()));

const windows = () => self.clients.matchAll({ type: "window", includeUncontrolled: true });

async function takeOver() {
  // Another window may still run the version before: its files stay until the next change of versions.
  for (const name of (await windows()).length > 1 ? [] : await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== PREFIX + VERSION) await caches.delete(name);
  }
  await self.clients.claim();
}

self.addEventListener("activate", (event) => event.waitUntil(takeOver()));

self.addEventListener("message", (event) => event.waitUntil((async () => {
  const alone = event.data === "take over if alone" && (await windows()).length === 1;
  if (alone || event.data === "take over") await self.skipWaiting();
})()));

async function answer(request) {
  const path = request.mode === "navigate" ? INDEX : new URL(request.url).pathname;
  const cache = await caches.open(PREFIX + VERSION);
  return (await cache.match(path)) ?? (await caches.match(path)) ?? fetch(request);
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin || url.pathname.startsWith("/v1/")) return;
  if (event.request.mode === "navigate" && url.pathname !== "/" && url.pathname !== INDEX && url.pathname.includes(".")) return;
  event.respondWith(answer(event.request));
});
