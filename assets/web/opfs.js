// The phone's file system: SQLite's two files on OPFS sync access handles, inside a worker.
//
// Two mends make it keep its promises (docs/decisions/0004):
// 1. SQLite's sync reaches flush(). Emscripten's __syscall_fdatasync is `return 0`, so routeFdatasync() replaces
//    it before Pyodide is loaded, and open() refuses to go on when that did not take.
// 2. Errors become errno. An exception thrown through wasm kills Pyodide for good; ENOSPC and EIO do not.

const ENOSPC = 51, EIO = 29, ENOENT = 44, EPERM = 63, EINVAL = 28;
const FOLDER = "straat", LOCK = "straat-log", PROBE_MILLIS = 3000;
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

// A file is {name, handle, alive}. `handle` is swapped when a cleared store is rescued: SQLite notices nothing.
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

async function openAll(directory, generation) {
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
  for (const name of Object.keys(files)) {
    const alive = handles[name].getSize() > 0;
    files[name] = { name, handle: handles[name], alive, node: null };
  }
}

function holdLock(options) {
  return new Promise((resolve, reject) => {
    navigator.locks.request(LOCK, options, (lock) => {
      resolve(Boolean(lock));
      return lock ? new Promise(() => {}) : undefined; // held for the worker's whole life
    }).catch(reject);
  });
}

// -- the saved view: one sealed file, replaced whole by a rename or not at all ---------------------------------

const VIEW = "view", VIEW_NEW = "view.new";

// Only plain errors may cross into Python (see crypto.js).
const plain = (work) => async (...given) => {
  try {
    return await work(...given);
  } catch (error) {
    throw new Error(`${error?.name}: ${error?.message}`);
  }
};

const view = {
  // No bytes when there is none.
  read: plain(async () => {
    try {
      const file = await (await (await folder(true)).getFileHandle(VIEW)).getFile();
      return new Uint8Array(await file.arrayBuffer());
    } catch (error) {
      if (error.name === "NotFoundError") return new Uint8Array();
      throw error;
    }
  }),
  // `pieces` gives Uint8Arrays, one after another.
  write: plain(async (pieces) => {
    const entry = await (await folder(true)).getFileHandle(VIEW_NEW, { create: true });
    const handle = await entry.createSyncAccessHandle();
    try {
      handle.truncate(0);
      let at = 0;
      for (const piece of pieces) {
        if (handle.write(piece, { at }) !== piece.length) throw new DOMException("cut off", "QuotaExceededError");
        at += piece.length;
        await new Promise((resolve) => setTimeout(resolve)); // whoever taps meanwhile has a turn
      }
      handle.flush();
    } finally {
      handle.close();
    }
    await entry.move(VIEW);
  }),
  remove: plain(async () => {
    const directory = await folder(true);
    for (const name of [VIEW, VIEW_NEW]) {
      await directory.removeEntry(name).catch((error) => { if (error.name !== "NotFoundError") throw error; });
    }
  }),
};

export function makeStorage(post, deviceKey) {
  let generation = 0, leading = false, probing = null, timer = 0;

  const storage = {
    // → JSON {leader, fresh, evicted, path}. `marker` says that a log was here before.
    async open(marker) {
      leading = leading || await holdLock({ ifAvailable: true });
      if (!leading) return JSON.stringify({ leader: false });
      if (!routed) throw new Error("fdatasync is not routed: saved notes would not be safe");
      let directory = await folder(true);
      if (await isThere(directory, WIPING)) { // it was cut off
        await destroy();
        directory = await folder(true);
        marker = false;
      }
      const newest = await newestGeneration(directory);
      generation = newest || 1;
      await openFiles(directory, generation);
      mount("/store");
      timer = setInterval(storage.probe, PROBE_MILLIS);
      post({ marker: true });
      navigator.storage.persist?.().catch(() => {});
      return JSON.stringify({
        leader: true, fresh: !newest, evicted: Boolean(marker) && !newest, path: `/store/${DATABASE}` });
    },
    async lead() { leading = leading || await holdLock({}); },
    // The next start begins with an empty log; what is there stays where it is.
    async startOver() {
      const directory = await folder(true);
      const next = (await newestGeneration(directory)) + 1;
      await directory.getFileHandle(fileName(next, DATABASE), { create: true });
    },
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
      post({ wiped: true });
    },
    // One at a time, shared by all who ask: the timer and the page do so together when the app comes back into
    // view, and two rescues would stand in each other's way.
    probe: () => (probing ??= look().finally(() => { probing = null; })),
    view,
    stats,
  };

  // The key first: without it nothing of the rest can be read.
  async function destroy() {
    await deviceKey.destroy();
    const root = await navigator.storage.getDirectory();
    const directory = await folder(true);
    for await (const name of directory.keys()) if (name !== WIPING) await directory.removeEntry(name);
    await root.removeEntry(FOLDER, { recursive: true });
  }

  // Site data cleared under the running app: SQLite would go on answering "ok" into an unlinked file.
  async function look() {
    try {
      await (await folder(false)).getFileHandle(fileName(generation, DATABASE));
    } catch (error) {
      if (error.name === "NotFoundError") await rescue();
    }
  }

  async function rescue() {
    const directory = await folder(true);
    const next = generation + 1;
    const temporary = await directory.getFileHandle("rescue.tmp", { create: true });
    const copy = await temporary.createSyncAccessHandle();
    const old = files[DATABASE].handle;
    const bytes = new Uint8Array(old.getSize());
    old.read(bytes, { at: 0 });
    copy.truncate(0);
    copy.write(bytes, { at: 0 });
    copy.flush();
    copy.close();
    await temporary.move(fileName(next, DATABASE));
    await deviceKey.putBack().catch(() => {}); // the notes come first; a missing key is told at the next unlock
    const handles = {};
    for (const name of Object.keys(files)) {
      const entry = await directory.getFileHandle(fileName(next, name), { create: true });
      handles[name] = await entry.createSyncAccessHandle();
    }
    // What was written while we copied, if anything, is in the old file still: copy the rest in one go, no await.
    const again = new Uint8Array(old.getSize());
    old.read(again, { at: 0 });
    handles[DATABASE].truncate(again.length);
    handles[DATABASE].write(again, { at: 0 });
    handles[DATABASE].flush();
    for (const name of Object.keys(files)) files[name].handle = handles[name]; // the old ones are never closed
    generation = next;
    post({ rescued: true, marker: true });
  }

  return storage;
}
