// WebCrypto for the Python side, many items in one call. Keys stay here; Python holds numbers.
//
// Lists cross the border as one byte array: for each item its length (4 bytes, big endian; 0xffffffff for none),
// then the item.

const subtle = self.crypto.subtle;
const NONE = 0xffffffff;
const PKCS8 = { // RFC 8410: the 16 bytes before a 32-byte private key
  Ed25519: Uint8Array.from([0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20]),
  X25519: Uint8Array.from([0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x6e, 4, 0x22, 4, 0x20]),
};
const DATABASE = "straat-device", STORE = "keys", NAME = "device";

function unframe(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), items = [];
  for (let at = 0; at < bytes.length;) {
    const length = view.getUint32(at);
    items.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return items;
}

function frame(items) {
  const size = items.reduce((sum, item) => sum + 4 + (item?.length ?? 0), 0);
  const bytes = new Uint8Array(size), view = new DataView(bytes.buffer);
  let at = 0;
  for (const item of items) {
    view.setUint32(at, item ? item.length : NONE);
    if (item) bytes.set(item, at + 4);
    at += 4 + (item?.length ?? 0);
  }
  return bytes;
}

const groups = (items, size) =>
  Array.from({ length: items.length / size }, (_, i) => items.slice(i * size, (i + 1) * size));
const bytesOf = (buffer) => new Uint8Array(buffer);
const orNone = (promise) => promise.then(bytesOf, () => null);

const held = [null]; // numbers from 1

async function importPrivate(name, seed, usages) {
  const pkcs8 = new Uint8Array([...PKCS8[name], ...seed]);
  const open = await subtle.importKey("pkcs8", pkcs8, name, true, usages);
  const { x } = await subtle.exportKey("jwk", open);
  held.push(await subtle.importKey("pkcs8", pkcs8, name, false, usages));
  pkcs8.fill(0);
  const raw = Uint8Array.from(atob(x.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  return frame([Uint8Array.of(held.length - 1 >> 8, held.length - 1 & 255), raw]);
}

function aesKeys(usage) { // one import for each key in a batch
  const imported = new Map();
  return (key) => {
    const name = String.fromCharCode(...key);
    if (!imported.has(name)) imported.set(name, subtle.importKey("raw", key, "AES-GCM", false, [usage]));
    return imported.get(name);
  };
}

async function aes(framed, usage, settle) {
  const keyOf = aesKeys(usage);
  return frame(await Promise.all(groups(unframe(framed), 4).map(async ([key, iv, additionalData, data]) =>
    settle(subtle[usage]({ name: "AES-GCM", iv, additionalData }, await keyOf(key), data)))));
}

// -- the key that the browser holds and never gives out ----------------------------------------------------

const settled = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

async function withStore(mode, work) {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  const database = await settled(opening);
  try {
    const transaction = database.transaction(STORE, mode, { durability: "strict" });
    const done = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    const result = await settled(work(transaction.objectStore(STORE)));
    await done;
    return result;
  } finally {
    database.close();
  }
}

let deviceSecret = null;

async function device() {
  deviceSecret ??= await withStore("readonly", (store) => store.get(NAME));
  if (!deviceSecret) {
    deviceSecret = await subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    await withStore("readwrite", (store) => store.put(deviceSecret, NAME));
  }
  return deviceSecret;
}

export const deviceKey = {
  mac: async (message) => bytesOf(await subtle.sign("HMAC", await device(), message)),
  async forget() {
    deviceSecret = null;
    await withStore("readwrite", (store) => store.delete(NAME));
  },
  async putBack() {
    if (deviceSecret) await withStore("readwrite", (store) => store.put(deviceSecret, NAME));
  },
};

// The device key: made at first use, kept by the browser in IndexedDB, never readable by anyone. A connection
// is opened for each use and closed again, so that it never outlives site data that were cleared.
const DATABASE = "straat-device";
const STORE = "keys";
const NAME = "device";
const HMAC = {name: "HMAC", hash: "SHA-256", length: 256};
let held = null;

const answered = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
  request.onblocked = () => reject(new DOMException("the database is in use", "InvalidStateError"));
});

async function inStore(mode, use) {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  const database = await answered(opening);
  try {
    const transaction = database.transaction(STORE, mode, {durability: "strict"});
    const done = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    const result = await answered(use(transaction.objectStore(STORE)));
    await done;
    return result;
  } finally {
    database.close();
  }
}

const stored = () => inStore("readonly", (store) => store.get(NAME));

async function deviceKey() {
  held ??= await stored();
  if (held) return held;
  const fresh = await subtle.generateKey(HMAC, false, ["sign"]);
  // Another worker may have been first: its key stands.
  await inStore("readwrite", (store) => store.add(fresh, NAME)).catch((e) => {
    if (e?.name !== "ConstraintError") throw e;
  });
  held = await stored();
  return held;
}

export const straatCrypto = {
  deviceKey,
  random: (count) => self.crypto.getRandomValues(new Uint8Array(count)),
  signingKey: (seed) => importPrivate("Ed25519", seed, ["sign"]),
  agreementKey: (seed) => importPrivate("X25519", seed, ["deriveBits"]),
  sign: async (number, framed) => frame(await Promise.all(
    unframe(framed).map(async (message) => bytesOf(await subtle.sign("Ed25519", held[number], message))))),
  verify: async (framed) => Uint8Array.from(await Promise.all(
    groups(unframe(framed), 3).map(async ([raw, signature, message]) => {
      try {
        const key = await subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);
        return Number(await subtle.verify("Ed25519", key, signature, message));
      } catch {
        return 0;
      }
    }))),
  agree: async (number, framed) => frame(await Promise.all(unframe(framed).map(async (raw) => {
    try {
      const other = await subtle.importKey("raw", raw, "X25519", false, []);
      const shared = bytesOf(await subtle.deriveBits({ name: "X25519", public: other }, held[number], 256));
      return shared.some((byte) => byte) ? shared : null;
    } catch {
      return null;
    }
  }))),
  seal: (framed) => aes(framed, "encrypt", async (sealed) => bytesOf(await sealed)),
  open: (framed) => aes(framed, "decrypt", orNone),
  async stretch(secret, salt, iterations) {
    const key = await subtle.importKey("raw", secret, "PBKDF2", false, ["deriveBits"]);
    return bytesOf(await subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations }, key, 256));
  },

  async deviceMac(message) {
    return new Uint8Array(await subtle.sign("HMAC", await deviceKey(), message));
  },

  deviceKeyExists: async () => Boolean(await stored()),

  // Store the key that is still in memory again, after site data were cleared. False: none in memory.
  async deviceKeyPutBack() {
    const key = held;
    if (key) await inStore("readwrite", (store) => store.put(key, NAME));
    return Boolean(key);
  },

  async deviceKeyForget() {
    held = null;
    await inStore("readwrite", (store) => store.clear());
    await answered(indexedDB.deleteDatabase(DATABASE));
  },
};
