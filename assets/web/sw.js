// Precaches one build, whole, under a version made from its content; then answers from it, server or not.
// Each file is checked against its hash, so that no Wi-Fi sign-in page and no half-updated server gets in.
// A file that the build before had too (same hash, same headers) is copied from its cache, not fetched again.
// The version before stays until this one has started once. Where this one says that it can't start, or was tried
// three times and never said that it did, the one before is given instead, until the next version comes.

const VERSION = "@VERSION@";
const HEADERS = "@HEADERS@"; // hash of the headers that all files were sent with
const FILES = @FILES@; // path → start of its SHA-256
const PREFIX = "straat-";
const INDEX = "/index.html";
const LIST = "/__list";
const WORKS = "/__works", TRIED = "/__tried"; // in a version's cache: that it has started; how often it was tried
const TRIES = 3;
const HIDDEN = "?hulplijnen"; // the help lines and nothing else: that starts no app

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

// An answer keeps the address that it was fetched from, and a script takes that for its own: copied as it is, the page
// of a new version would start the worker of the old one. A copy of our own making has the address that it is asked by.
async function copied(cache, path) {
  const answer = await cache.match(path);
  return answer && new Response(answer.body, { status: answer.status, headers: answer.headers });
}

async function fill() {
  const cache = await caches.open(PREFIX + VERSION);
  const known = await previous();
  for (const [path, hash] of Object.entries(FILES)) {
    if (await cache.match(path)) continue; // an install that was cut off goes on where it stopped
    const [old, oldPath] = known.get(hash) ?? [];
    await cache.put(path, (old && await copied(old, oldPath)) ?? (await fetched(path, hash)));
  }
  await cache.put(LIST, new Response(JSON.stringify({ headers: HEADERS, files: FILES })));
}

self.addEventListener("install", (event) => event.waitUntil(fill()));

const triesOf = async (cache) => Number(await (await cache.match(TRIED))?.text() ?? 0);

// The name of the version to go back to: whole, not known to fail, and (if there is one) known to work.
async function before() {
  let found = null;
  for (const name of await caches.keys()) {
    if (!name.startsWith(PREFIX) || name === PREFIX + VERSION) continue;
    const cache = await caches.open(name);
    if (await cache.match(WORKS)) return name;
    if (await cache.match(LIST) && await triesOf(cache) < TRIES) found = name;
  }
  return found;
}

async function tidy() {
  const own = await caches.open(PREFIX + VERSION);
  const kept = [PREFIX + VERSION, await own.match(WORKS) ? null : await before()];
  // Another window may still run the version before: its files stay until the next change of versions.
  for (const name of (await windows()).length > 1 ? [] : await caches.keys()) {
    if (name.startsWith(PREFIX) && !kept.includes(name)) await caches.delete(name);
  }
}

// A page says of its version that it has started, or that it can't. Answers whether there is another to go on with.
async function hear({ works, broken }) {
  const name = PREFIX + (works ?? broken);
  if (!await caches.has(name)) return false;
  const cache = await caches.open(name);
  if (works) {
    await cache.put(WORKS, new Response("1"));
    await tidy();
  }
  if (works || await cache.match(WORKS)) return false; // it worked before: something else is the matter
  await cache.put(TRIED, new Response(String(TRIES)));
  return Boolean(await before());
}

const windows = () => self.clients.matchAll({ type: "window", includeUncontrolled: true });

async function takeOver() {
  await tidy();
  await self.clients.claim();
}

self.addEventListener("activate", (event) => event.waitUntil(takeOver()));

self.addEventListener("message", (event) => event.waitUntil((async () => {
  if (event.data?.works || event.data?.broken) {
    const goesBack = await hear(event.data); // not behind the `?.`, where it would not be done when nobody waits for it
    return event.ports[0]?.postMessage(goesBack);
  }
  const alone = event.data === "take over if alone" && (await windows()).length === 1;
  if (alone || event.data === "take over") await self.skipWaiting();
})()));

async function index(own, url) {
  if (url.search === HIDDEN || await own.match(WORKS)) return own.match(INDEX);
  const tried = await triesOf(own);
  const name = tried < TRIES ? null : await before();
  if (name) return (await caches.open(name)).match(INDEX);
  await own.put(TRIED, new Response(String(Math.min(tried + 1, TRIES))));
  return own.match(INDEX);
}

async function answer(request) {
  const url = new URL(request.url);
  try {
    const cache = await caches.open(PREFIX + VERSION);
    const found = request.mode === "navigate" ? await index(cache, url) : await cache.match(url.pathname);
    return found ?? (await caches.match(request.mode === "navigate" ? INDEX : url.pathname)) ?? await fetch(request);
  } catch {
    return fetch(request);
  }
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin || url.pathname.startsWith("/v1/")) return;
  if (url.pathname === "/verhalen" || url.pathname.startsWith("/verhalen/")) return; // pages of the server, never kept
  if (event.request.mode === "navigate" && url.pathname !== "/" && url.pathname !== INDEX && url.pathname.includes(".")) return;
  event.respondWith(answer(event.request));
});
