// Precaches one build, whole, under a version made from its content; then answers from it, server or not.
// A file that the build before had too (same hash) is copied from its cache, not fetched again.

const VERSION = "@VERSION@";
const FILES = @FILES@; // path → hash
const PREFIX = "straat-";
const INDEX = "/index.html";
const HASHES = "/__hashes";

async function previous() {
  const known = new Map();
  for (const name of await caches.keys()) {
    if (!name.startsWith(PREFIX) || name === PREFIX + VERSION) continue;
    const cache = await caches.open(name);
    const hashes = await cache.match(HASHES);
    if (!hashes) continue;
    for (const [path, hash] of Object.entries(await hashes.json())) known.set(hash, [cache, path]);
  }
  return known;
}

async function fill(cache) {
  const known = await previous();
  for (const [path, hash] of Object.entries(FILES)) {
    if (await cache.match(path)) continue; // an install that was cut off goes on where it stopped
    const [old, oldPath] = known.get(hash) ?? [];
    const answer = (await old?.match(oldPath)) ?? (await fetch(path, { cache: "no-cache" }));
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    await cache.put(path, answer);
  }
  await cache.put(HASHES, new Response(JSON.stringify(FILES)));
}

self.addEventListener("install", (event) => event.waitUntil(caches.open(PREFIX + VERSION).then(fill)));

self.addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== PREFIX + VERSION) await caches.delete(name);
  }
  await self.clients.claim();
})()));

self.addEventListener("message", ({ data }) => { if (data === "take over") self.skipWaiting(); });

async function answer(request) {
  const cache = await caches.open(PREFIX + VERSION);
  const path = request.mode === "navigate" ? INDEX : new URL(request.url).pathname;
  return (await cache.match(path)) ?? fetch(request);
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin || url.pathname.startsWith("/v1/")) return;
  event.respondWith(answer(event.request));
});
