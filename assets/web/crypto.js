// WebCrypto for Python: many operations in one call, since each crossing costs more than the operation.
// Private keys are non-extractable CryptoKeys that stay in this module; Python holds their number.
// A batch travels as one Uint8Array of fields, each a 4-byte big-endian length and its bytes; in an answer
// the length ffffffff stands for None. What comes in may hold secrets, so it is wiped after use.
const subtle = self.crypto.subtle;
const NONE = 0xffffffff;
const GCM_TAG_BITS = 128;
const RANDOM_AT_ONCE = 65536; // getRandomValues gives no more
const PKCS8 = { // RFC 8410, 7: everything before the 32 secret bytes
  Ed25519: [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20],
  X25519: [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x6e, 4, 0x22, 4, 0x20],
};

const keys = new Map();
let lastKey = 0;

function unpack(packed) {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const fields = [];
  for (let at = 0; at < packed.length;) {
    const length = view.getUint32(at);
    fields.push(packed.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return fields;
}

function pack(fields) {
  const packed = new Uint8Array(fields.reduce((sum, f) => sum + 4 + (f ? f.byteLength : 0), 0));
  const view = new DataView(packed.buffer);
  let at = 0;
  for (const field of fields) {
    view.setUint32(at, field ? field.byteLength : NONE);
    if (field) packed.set(new Uint8Array(field), at + 4);
    at += 4 + (field ? field.byteLength : 0);
  }
  return packed;
}

function groups(packed, size) {
  const fields = unpack(packed);
  return Array.from({ length: fields.length / size }, (_, i) => fields.slice(i * size, (i + 1) * size));
}

// One answer for each group of `size` fields; an operation that fails answers null.
async function each(packed, size, operation) {
  try {
    return pack(await Promise.all(groups(packed, size).map((g) => operation(...g).catch(() => null))));
  } finally {
    packed.fill(0);
  }
}

const fromBase64Url = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));

// A non-extractable private key and its 32 public bytes. WebCrypto gives the public half of a private key
// only through an export, so the secret is taken in twice and the extractable one dropped at once.
async function importPrivate(name, seed) {
  const pkcs8 = Uint8Array.of(...PKCS8[name], ...seed);
  const usages = name === "Ed25519" ? ["sign"] : ["deriveBits"];
  try {
    const passing = await subtle.importKey("pkcs8", pkcs8, { name }, true, usages);
    const key = await subtle.importKey("pkcs8", pkcs8, { name }, false, usages);
    return { key, public: fromBase64Url((await subtle.exportKey("jwk", passing)).x) };
  } finally {
    pkcs8.fill(0);
  }
}

async function takeIn(name, seed) {
  try {
    const made = await importPrivate(name, seed);
    keys.set(++lastKey, made.key);
    return pack([Uint32Array.of(lastKey).buffer, made.public]);
  } finally {
    seed.fill(0);
  }
}

// RFC 7748: 32 bytes; null for the all-zero result, also where the browser itself does not refuse it.
async function shared(key, bytes) {
  const peer = await subtle.importKey("raw", bytes, { name: "X25519" }, false, []);
  const secret = new Uint8Array(await subtle.deriveBits({ name: "X25519", public: peer }, key, 256));
  return secret.some((b) => b !== 0) ? secret : null;
}

// An importer of AES keys that imports each of them once: a batch often holds few keys and many texts.
function aesKeys(usage) {
  const known = new Map();
  return (bytes) => {
    const name = String.fromCharCode(...bytes);
    if (!known.has(name)) known.set(name, subtle.importKey("raw", bytes, "AES-GCM", false, [usage]));
    return known.get(name);
  };
}

const gcm = (iv, additionalData) => ({ name: "AES-GCM", iv, additionalData, tagLength: GCM_TAG_BITS });

async function holds(bytes, signature, message) {
  const key = await subtle.importKey("raw", bytes, { name: "Ed25519" }, false, ["verify"]);
  return (await subtle.verify({ name: "Ed25519" }, key, signature, message)) ? Uint8Array.of(1) : null;
}

// -- the key that the browser holds and never gives out ----------------------------------------------------
// Made at first use, kept in IndexedDB. A connection is opened for each use and closed again, so that it
// never outlives site data that were cleared.
const DATABASE = "straat-device", STORE = "keys", NAME = "device";
let held = null;

const answered = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

async function inStore(mode, use) {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  const database = await answered(opening);
  try {
    const transaction = database.transaction(STORE, mode, { durability: "strict" });
    const done = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    const [result] = await Promise.all([answered(use(transaction.objectStore(STORE))), done]);
    return result;
  } finally {
    database.close();
  }
}

// Whether there is such a database: looking into it would make one.
async function begun() {
  const known = await indexedDB.databases?.();
  return !known || known.some(({ name }) => name === DATABASE);
}

const stored = () => inStore("readonly", (store) => store.get(NAME));

async function theKey() {
  held ??= await stored();
  if (held) return held;
  const fresh = await subtle.generateKey({ name: "HMAC", hash: "SHA-256", length: 256 }, false, ["sign"]);
  await inStore("readwrite", (store) => store.add(fresh, NAME)).catch((error) => {
    if (error?.name !== "ConstraintError") throw error; // else someone was first: that key stands
  });
  held = await stored();
  return held;
}

// A browser's own QuotaExceededError that reaches Python stops Pyodide for good: only plain errors may cross.
const plain = (work) => async (...given) => {
  try {
    return await work(...given);
  } catch (error) {
    throw new Error(`${error?.name}: ${error?.message}`);
  }
};

export const deviceKey = {
  mac: plain(async (message) => new Uint8Array(await subtle.sign("HMAC", await theKey(), message))),
  exists: plain(async () => Boolean(await stored())),
  // Keep the one that is stored in memory, so that it can be put back.
  hold: plain(async () => { if (await begun()) held ??= (await stored()) ?? null; }),
  // Put it back where it is no longer stored. Nothing is done where none is in memory.
  mend: plain(async () => {
    if (held && !(await stored())) await deviceKey.putBack();
  }),
  // Store the key that is still in memory again, after site data were cleared. False: none in memory.
  putBack: plain(async () => {
    const key = held;
    if (key) await inStore("readwrite", (store) => store.put(key, NAME));
    return Boolean(key);
  }),
  forget: plain(async () => {
    held = null;
    await inStore("readwrite", (store) => store.clear());
  }),
  // The same, and the database itself too.
  destroy: plain(async () => {
    held = null;
    await inStore("readwrite", (store) => store.clear());
    await answered(indexedDB.deleteDatabase(DATABASE));
  }),
};

// The log of a store that was cleared under the running app, until the next start has put it back (opfs.js); and what
// tells that it was cleared: it goes with the rest. Both lie in the same database: they go with the key in a wipe, and
// the log is sealed as it always is.
const BOAT = "lifeboat", MOORED = "moored";
const inBegun = async (name) => ((await begun()) ? inStore("readonly", (store) => store.get(name)) : undefined);
export const lifeboat = {
  moor: () => inStore("readwrite", (store) => store.put(true, MOORED)),
  moored: async () => Boolean(await inBegun(MOORED)),
  put: (saved) => inStore("readwrite", (store) => store.put(saved, BOAT)),
  get: () => inBegun(BOAT),
  drop: () => inStore("readwrite", (store) => store.delete(BOAT)),
};

// -- the vault's keys ------------------------------------------------------------------------------------------
// A wrapper comes from a PIN, passphrase or passkey joined with the held key; it wraps and opens vault keys, whose
// bytes are never in this memory: wrapKey and unwrapKey take and give them inside the browser.
const bytesOf = (text) => new TextEncoder().encode(text);

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(new Uint8Array(part), at);
    at += part.byteLength;
  }
  return whole;
}

const keep = (key) => { keys.set(++lastKey, key); return lastKey; };

async function wrapperFrom(secret, label, salt) {
  const mac = await subtle.sign("HMAC", await theKey(), joined(bytesOf(label), salt));
  const material = joined(secret, mac);
  try {
    const hkdf = await subtle.importKey("raw", material, "HKDF", false, ["deriveKey"]);
    const derivation = { name: "HKDF", hash: "SHA-256", salt, info: bytesOf(`${label} wrapping`) };
    const aes = { name: "AES-GCM", length: 256 };
    return keep(await subtle.deriveKey(derivation, hkdf, aes, false, ["wrapKey", "unwrapKey"]));
  } finally {
    material.fill(0);
    (secret.fill ? secret : new Uint8Array(secret)).fill(0);
  }
}

async function stretched(secret, salt, iterations) {
  try {
    const key = await subtle.importKey("raw", secret, "PBKDF2", false, ["deriveBits"]);
    return new Uint8Array(await subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations }, key, 256));
  } finally {
    secret.fill(0);
  }
}

const freshNonce = () => self.crypto.getRandomValues(new Uint8Array(12));

function unwrapped(under, nonce, aad, data, extractable) {
  const usages = ["encrypt", "decrypt"];
  return subtle.unwrapKey("raw", data, keys.get(under), gcm(nonce, aad), "AES-GCM", extractable, usages);
}

async function wrapped(key, under, aad) {
  const nonce = freshNonce();
  return [nonce, await subtle.wrapKey("raw", key, keys.get(under), gcm(nonce, aad))];
}

const vault = {
  wrapper: plain(async (secret, salt, rounds) =>
    wrapperFrom(await stretched(secret, salt, rounds), "straatcontact vault", salt)),

  // → number of the key, nonce, wrapped
  make: plain(async (under, aad) => {
    const passing = await subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt", "decrypt"]);
    const [nonce, data] = await wrapped(passing, under, aad);
    const number = keep(await unwrapped(under, nonce, aad, data, false));
    return pack([Uint32Array.of(number).buffer, nonce, data]);
  }),

  // → number of the key; 0 where it does not fit
  unwrap: plain(async (under, packed) => {
    const [aad, nonce, data] = unpack(packed);
    return unwrapped(under, nonce, aad, data, false).then(keep, () => 0);
  }),

  // → nonce, wrapped under the other; empty where the first does not fit
  rewrap: plain(async (under, packed, anew, newAad) => {
    const [aad, nonce, data] = unpack(packed);
    const passing = await unwrapped(under, nonce, aad, data, true).catch(() => null);
    return pack(passing ? await wrapped(passing, anew, newAad) : []);
  }),

  seal: (number, packed) => each(packed, 2, async (aad, data) => {
    const nonce = freshNonce();
    return joined(nonce, await subtle.encrypt(gcm(nonce, aad), keys.get(number), data)).buffer;
  }),

  open: (number, packed) => each(packed, 2, async (aad, data) =>
    subtle.decrypt(gcm(data.subarray(0, 12), aad), keys.get(number), data.subarray(12))),
};

// Passkeys live on the page's side (passkey.js); what they give comes here by message and goes no further.
const passkeys = {
  ask: async () => { throw new Error("no page"); }, // set by worker.js: (question) → answer
  available: async () => Boolean(await passkeys.ask({ ask: "available" }).catch(() => false)),
  create: plain(async () => new Uint8Array(await passkeys.ask({ ask: "create" }))),
  wrapper: plain(async (credential, salt) => wrapperFrom(
    await passkeys.ask({ ask: "get", credential: credential.slice(), salt: salt.slice() }), "straatcontact passkey", salt)),
  forget: plain(async (credential) => { await passkeys.ask({ ask: "forget", credential: credential.slice() }); }),
};

export const straatCrypto = {
  deviceKey, vault, passkeys,

  random(count) {
    const bytes = new Uint8Array(count);
    for (let at = 0; at < count; at += RANDOM_AT_ONCE) {
      self.crypto.getRandomValues(bytes.subarray(at, at + RANDOM_AT_ONCE));
    }
    return bytes;
  },

  signingKey: (seed) => takeIn("Ed25519", seed),
  agreementKey: (seed) => takeIn("X25519", seed),
  release: (number) => { keys.delete(number); },
  sign: (number, packed) => each(packed, 1, (message) => subtle.sign({ name: "Ed25519" }, keys.get(number), message)),
  verify: (packed) => each(packed, 3, holds),
  agree: (number, packed) => each(packed, 1, (bytes) => shared(keys.get(number), bytes)),

  // Two answers for each (fresh seed, public key): the seed's own public key, and the shared secret or null.
  async agreeOnce(packed) {
    try {
      const answers = await Promise.all(groups(packed, 2).map(async ([seed, bytes]) => {
        const mine = await importPrivate("X25519", seed);
        return [mine.public, await shared(mine.key, bytes).catch(() => null)];
      }));
      return pack(answers.flat());
    } finally {
      packed.fill(0);
    }
  },

  seal(packed) {
    const keyOf = aesKeys("encrypt");
    return each(packed, 4, async (key, iv, aad, data) => subtle.encrypt(gcm(iv, aad), await keyOf(key), data));
  },

  open(packed) {
    const keyOf = aesKeys("decrypt");
    return each(packed, 4, async (key, iv, aad, data) => subtle.decrypt(gcm(iv, aad), await keyOf(key), data));
  },

  stretch: stretched,
};
