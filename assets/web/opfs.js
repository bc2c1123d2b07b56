// The phone's file system: SQLite's two files on OPFS sync access handles, inside a worker.
//
// Two mends make it keep its promises (docs/decisions/0004):
// 1. SQLite's sync reaches flush(). Emscripten's __syscall_fdatasync is `return 0`, so routeFdatasync() replaces
//    it before Pyodide is loaded, and open() refuses to go on when that did not take.
// 2. Errors become errno. An exception thrown through wasm kills Pyodide for good; ENOSPC and EIO do not.

import { makeLead } from "./lead.js";
import { makeShelf, plain } from "./shelf.js";

const ENOSPC = 51, EIO = 29, ENOENT = 44, EPERM = 63, EINVAL = 28;
const FOLDER = "straat", PROBE_MILLIS = 3000;
const CALM_MILLIS = 200; // what clears site data does so in steps: it is not answered in the middle of them
const SETTLE_MILLIS = 1000, LASTED_LOOKS = 10; // after a rescue: until files may be made again, and are believed in
const WIPING = "wiping"; // there from the moment that everything must go until it is gone
const JOURNAL = "log.db-journal", DATABASE = "log.db";

let emscripten = null;
let routed = false;

export const stats = { flushes: 0, writes: 0, operations: null, lastError: "" };

export const attach = (fs) => { emscripten = fs; };

export function routeFdatasync() {
  for (const name of ["instantiate", "instantiateStreaming"]) {
    const original = WebAssembly[name];
    WebAssembly[name] = function (source, imports, ...rest) {
      if (imports?.env?.__syscall_fdatasync) {
        imports.env.__syscall_fdatasync = (descriptor) => {
          try {
            const stream = emscripten?.getStream(descriptor);
            if (stream?.stream_ops.fsync) stream.stream_ops.fsync(stream);
            return 0;
          } catch (error) {
            return -(error.errno || EIO);
          }
        };
        routed = true;
      }
      return original.call(WebAssembly, source, imports, ...rest);
    };
  }
}

function guarded(work) {
  try {
    return work();
  } catch (error) {
    stats.lastError = `${error.name}: ${error.message}`;
    throw new emscripten.ErrnoError(error.name === "QuotaExceededError" ? ENOSPC : EIO);
  }
}

const record = (...operation) => stats.operations?.push(operation);

// A file is {name, handle, alive}.
const files = { [DATABASE]: null, [JOURNAL]: null };

function flush(file) {
  record("f", file.name);
  stats.flushes++;
  guarded(() => file.handle.flush());
}

function truncate(file, size) {
  record("t", file.name, size);
  guarded(() => file.handle.truncate(size));
}

function status(node, size, mode) {
  const now = new Date();
  return { dev: 1, ino: node.id, mode, nlink: 1, uid: 0, gid: 0, rdev: 0, size,
    atime: now, mtime: now, ctime: now, blksize: 4096, blocks: Math.ceil(size / 4096) };
}

const streamOperations = {
  open() {},
  close(stream) { try { stream.node.file.handle.flush(); } catch { /* nothing acknowledged depends on it */ } },
  read: (stream, buffer, offset, length, position) =>
    guarded(() => stream.node.file.handle.read(buffer.subarray(offset, offset + length), { at: position })),
  write(stream, buffer, offset, length, position) {
    stats.writes++;
    if (stats.operations) record("w", stream.node.file.name, position, buffer.slice(offset, offset + length));
    return guarded(() => stream.node.file.handle.write(buffer.subarray(offset, offset + length), { at: position }));
  },
  llseek(stream, offset, whence) {
    const base = whence === 2 ? guarded(() => stream.node.file.handle.getSize()) : whence === 1 ? stream.position : 0;
    if (base + offset < 0) throw new emscripten.ErrnoError(EINVAL);
    return base + offset;
  },
  fsync(stream) { flush(stream.node.file); return 0; },
};

const fileOperations = {
  getattr: (node) => status(node, guarded(() => node.file.handle.getSize()), node.mode),
  setattr(node, change) {
    if (change.size !== undefined) truncate(node.file, change.size);
    if (change.mode !== undefined) node.mode = change.mode;
  },
};

function nodeOf(parent, name) {
  const file = files[name];
  if (!file.node) {
    file.node = emscripten.createNode(parent, name, 0o100600, 0);
    Object.assign(file.node, { file, node_ops: fileOperations, stream_ops: streamOperations });
  }
  return file.node;
}

const folderOperations = {
  getattr: (node) => status(node, 4096, node.mode),
  setattr() {},
  lookup(parent, name) {
    if (!files[name]?.alive) throw new emscripten.ErrnoError(ENOENT);
    return nodeOf(parent, name);
  },
  mknod(parent, name) {
    if (!files[name]) throw new emscripten.ErrnoError(EPERM);
    files[name].alive = true;
    truncate(files[name], 0);
    return nodeOf(parent, name);
  },
  unlink(parent, name) {
    truncate(files[name], 0);
    flush(files[name]);
    files[name].alive = false;
    files[name].node = null;
  },
  readdir: () => [".", "..", ...Object.keys(files).filter((name) => files[name].alive)],
};

function mount(mountPoint) {
  const type = {
    mount() {
      const root = emscripten.createNode(null, "/", 0o40700, 0);
      return Object.assign(root, { node_ops: folderOperations, stream_ops: {} });
    },
    syncfs: (_mount, _populate, callback) => callback(null),
  };
  emscripten.mkdirTree(mountPoint);
  emscripten.mount(type, {}, mountPoint);
}

// -- generations: log-1.db, log-2.db…; the highest is current, older ones are kept as they were ----------------

const fileName = (generation, name) => `log-${generation}${name.slice("log".length)}`;
const folder = async (create) => (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER, { create });

async function isThere(directory, name) {
  return directory.getFileHandle(name).then(() => true, () => false);
}

async function newestGeneration(directory) {
  let newest = 0;
  for await (const name of directory.keys()) {
    const found = /^log-(\d+)\.db$/.exec(name);
    if (found) newest = Math.max(newest, Number(found[1]));
  }
  return newest;
}

// The tab before may be gone by its lock and still be letting go of its handles: then try again, for five seconds.
async function openFiles(directory, generation) {
  for (let left = 100; ; left--) {
    try {
      return await openAll(directory, generation);
    } catch (error) {
      if (error.name !== "NoModificationAllowedError" || !left) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function openHandles(directory, generation) {
  const handles = {};
  try {
    for (const name of Object.keys(files)) {
      const entry = await directory.getFileHandle(fileName(generation, name), { create: true });
      handles[name] = await entry.createSyncAccessHandle();
    }
  } catch (error) {
    Object.values(handles).forEach((handle) => handle.close());
    throw error;
  }
  return handles;
}

async function openAll(directory, generation) {
  const handles = await openHandles(directory, generation);
  for (const name of Object.keys(files)) {
    const alive = handles[name].getSize() > 0;
    files[name] = { name, handle: handles[name], alive, node: null };
  }
}

/** `post` tells the page, `tell` tells Python: what both hear is an object of facts. */
export function makeStorage(post, deviceKey, lifeboat, tell = () => {}) {
  let generation = 0, opened = "", probing = null, timer = 0, stuck = false, landed = 0, boarded = -1, moored = false, marked = "";
  const lead = makeLead(tell), view = makeShelf(ashore);

  const storage = {
    // → JSON {leader, path, marked, rescued}. Asked again after it failed, it goes on where it stopped.
    open: plain(async (marker) => {
      if (!(await lead.take())) return JSON.stringify({ leader: false });
      if (!routed) throw new Error("fdatasync is not routed: saved notes would not be safe");
      opened ||= await openOnce(marker);
      return opened;
    }),
    lead: plain(lead.wait),
    ask: plain(lead.ask),
    // What tells the next start that a log was here, in a place that goes at other moments than the log; "" for none.
    mark(text) {
      marked = text;
      post({ marker: marked });
      if (marked) moor().catch(() => {}); // else at the next look
    },
    // The next start begins with an empty log; what is there stays where it is.
    startOver: plain(async () => {
      const directory = await folder(true);
      const next = (await newestGeneration(directory)) + 1;
      await directory.getFileHandle(fileName(next, DATABASE), { create: true });
    }),
    // Everything goes, and is finished at the next start when this is cut off. The log is closed already.
    async wipe() {
      clearInterval(timer);
      await probing;
      await (await folder(true)).getFileHandle(WIPING, { create: true });
      for (const file of Object.values(files)) {
        try {
          file?.handle.truncate(0);
          file?.handle.flush();
          file?.handle.close();
        } catch { /* a file that is gone already */ }
      }
      await destroy();
      generation = 0;
      marked = "";
      post({ wiped: true });
    },
    // One at a time, shared by all who ask: the timer and the page do so together when the app comes back into
    // view, and two rescues would stand in each other's way.
    probe: () => (probing ??= look().catch(() => {}).finally(() => { probing = null; })),
    // Once more into the boat, with what was written since; the page starts anew after this.
    board: plain(async () => { await board(); await deviceKey.mend(); }),
    view,
    stats,
  };

  async function openOnce(marker) {
    const saved = await lifeboat.get();
    if (saved) await new Promise((resolve) => setTimeout(resolve, SETTLE_MILLIS)); // the handles of before have ended
    let directory = await folder(true);
    if (await isThere(directory, WIPING)) { // it was cut off
      await destroy();
      directory = await folder(true);
      marker = "";
    } else if (saved) {
      await land(saved, directory);
    }
    await view.tidy();
    generation = (await newestGeneration(directory)) || 1;
    await openFiles(directory, generation);
    mount("/store");
    marked = marker;
    await deviceKey.hold().catch(() => {}); // else it could not be put back where it is cleared at the lock screen
    timer = setInterval(storage.probe, PROBE_MILLIS);
    navigator.storage.persist?.().catch(() => {});
    return JSON.stringify({ leader: true, path: `/store/${DATABASE}`, marked, rescued: landed > 0 });
  }

  // The key first: without it nothing of the rest can be read.
  async function destroy() {
    await deviceKey.destroy();
    const root = await navigator.storage.getDirectory();
    const directory = await folder(true);
    for await (const name of directory.keys()) if (name !== WIPING) await directory.removeEntry(name);
    await root.removeEntry(FOLDER, { recursive: true });
  }

  // Site data cleared under the running app: SQLite would go on answering "ok" into an unlinked file. What it has must
  // not go into files again while its handles are open: when they end, Chromium removes the folder of all files of this
  // site once more, and if that was as much as looked into since, then whatever is written there lasts until the
  // browser ends and no longer. So nobody looks there; all goes into the lifeboat, the page starts anew, and the next
  // worker puts it back. The key may be cleared at a moment of its own, so it is looked for each time.
  async function look() {
    if (!generation || !marked) return; // nothing of anybody is here
    try {
      await moor();
      const adrift = await isAdrift();
      if (adrift && boarded !== stats.writes) await board();
      await deviceKey.mend();
      if (stuck) tell({ stuck: false });
      if (adrift && (await reachable())) tell({ adrift: true }); // without the network the page could not come back
      stuck = false;
      if (!adrift && landed && --landed === 0) await lifeboat.drop();
    } catch (error) { // a full disk, say: tried again at the next look, and nothing of what was read is let go
      if (!stuck) tell({ stuck: true });
      stuck = true;
      stats.lastError = `rescue: ${error.name}: ${error.message}`;
    }
  }

  async function board() {
    await new Promise((resolve) => setTimeout(resolve, CALM_MILLIS));
    const writes = stats.writes;
    await lifeboat.put({ generation: generation + 1, bytes: contentOf(files[DATABASE].handle) });
    boarded = writes;
    post({ marker: marked });
  }

  // What a worker before this one saved goes into a file again. It stays in the boat until the file has lasted.
  async function land(saved, directory) {
    if (saved.generation <= (await newestGeneration(directory))) return lifeboat.drop();
    const temporary = await directory.getFileHandle("landing.tmp", { create: true });
    const copy = await temporary.createSyncAccessHandle();
    try {
      fill(copy, saved.bytes);
    } finally {
      copy.close();
    }
    await temporary.move(fileName(saved.generation, DATABASE));
    landed = LASTED_LOOKS;
  }

  // The app's own files were cleared with the rest.
  const reachable = () => fetch("/sw.js", { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(PROBE_MILLIS) })
    .then(() => true, () => false);

  async function moor() {
    if (!moored) await lifeboat.moor();
    moored = true;
  }

  const isAdrift = async () => moored && !(await lifeboat.moored());

  async function ashore(create) {
    if (await isAdrift()) throw new DOMException("the store was cleared", "NotFoundError");
    return folder(create);
  }

  return storage;
}

function contentOf(handle) {
  const bytes = new Uint8Array(handle.getSize());
  handle.read(bytes, { at: 0 });
  return bytes;
}

function fill(handle, bytes) {
  handle.truncate(0);
  if (handle.write(bytes, { at: 0 }) !== bytes.length) throw new DOMException("cut off", "QuotaExceededError");
  handle.flush();
}
