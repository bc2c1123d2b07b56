// The service worker as the page sees it: a new version is fetched in the background, told to Python, and taken
// only when the user agrees, or at a next start with no other window open.

const CHECK_MILLIS = 3600_000, PATIENCE_MILLIS = 3000;
const VERSION = new URL(import.meta.url).pathname.split("/")[2]; // /r/<version>/updates.js

/** `tellPython` is called with {updateReady: true} when a new version waits. */
export function updates(tellPython) {
  let registration = null, begun = false, checked = 0, wanted = false;

  const tell = () => {
    if (!registration?.waiting || !navigator.serviceWorker.controller) return;
    if (wanted) return takeOver();
    tellPython({ updateReady: true });
  };

  const watch = (fresh) => fresh?.addEventListener("statechange", () => { if (fresh.state === "installed") tell(); });

  const check = async () => {
    if (!registration || Date.now() - checked < CHECK_MILLIS) return;
    checked = Date.now();
    await registration.update().catch(() => {}); // offline: next time
  };

  const start = async () => {
    if (!("serviceWorker" in navigator) || begun) return;
    begun = true;
    try {
      registration = await navigator.serviceWorker.register("/sw.js");
    } catch (error) {
      console.warn("no service worker:", error.name);
      return;
    }
    checked = Date.now();
    tell();
    watch(registration.installing);
    registration.addEventListener("updatefound", () => watch(registration.installing));
    setInterval(check, CHECK_MILLIS);
  };

  // A version that was waiting when this page was opened is taken now, if no other window is open.
  const takeAtStart = async (mayReload) => {
    const found = await navigator.serviceWorker?.getRegistration().catch(() => null);
    if (!found?.waiting || !navigator.serviceWorker.controller) return;
    navigator.serviceWorker.addEventListener("controllerchange", () => { if (mayReload()) location.reload(); }, { once: true });
    found.waiting.postMessage("take over if alone");
  };

  const takeOver = () => {
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    registration.waiting.postMessage("take over");
  };

  // Asked for before it was found (the server says that this version is too old): looked for, and taken once it is in.
  const apply = async () => {
    if (registration && !registration.waiting) await registration.update().catch(() => {});
    if (registration?.waiting) return takeOver();
    if (!registration?.installing) return location.reload();
    wanted = true;
  };

  // What the service worker is told of this page's version: that it has started, or that it can't. The second answers
  // whether an earlier one is there, to which a reload leads.
  const works = () => navigator.serviceWorker?.controller?.postMessage({ works: VERSION });

  const broken = () => new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data === true);
    setTimeout(() => resolve(false), PATIENCE_MILLIS);
    navigator.serviceWorker?.controller?.postMessage({ broken: VERSION }, [port2]);
  });

  return { start, check, tell, takeAtStart, apply, works, broken };
}
