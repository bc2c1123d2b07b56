// The one file that the person chose, as a file of Python's that can only be read: nothing of it is copied but the
// blocks being looked at, so that a register of hundreds of megabytes takes a few of them.
//
// As for the log (opfs.js) errors become errno: an exception thrown through wasm kills Pyodide for good, and a file that
// was changed or taken away since it was chosen gives one.

const FOLDER = "/chosen", EIO = 29, EROFS = 69, EINVAL = 28;
const BLOCK = 2 ** 20, KEPT = 4;

let here = null; // {file, name, blocks}

// → {name, size, path}; what is no file, as it came
export function picked(fs, told) {
  const file = told.file;
  if (!(file instanceof Blob)) return told;
  if (!here) mount(fs);
  here = { file, name: `file-${Date.now()}`, blocks: new Map() };
  return { name: told.name, size: told.size, path: `${FOLDER}/${here.name}` };
}

function block(fs, of, number) {
  const { file, blocks } = of;
  let bytes = blocks.get(number);
  if (!bytes) {
    try {
      const part = file.slice(number * BLOCK, (number + 1) * BLOCK);
      bytes = new Uint8Array(new FileReaderSync().readAsArrayBuffer(part));
    } catch {
      throw new fs.ErrnoError(EIO);
    }
    if (blocks.size >= KEPT) blocks.delete(blocks.keys().next().value); // the one looked at longest ago
  }
  blocks.delete(number);
  blocks.set(number, bytes);
  return bytes;
}

function read(fs, of, buffer, offset, length, position) {
  let done = 0;
  while (done < length && position + done < of.file.size) {
    const at = position + done, within = at % BLOCK;
    const bytes = block(fs, of, Math.floor(at / BLOCK)).subarray(within, within + length - done);
    if (!bytes.length) throw new fs.ErrnoError(EIO); // shorter than it was
    buffer.set(bytes, offset + done);
    done += bytes.length;
  }
  return done;
}

function status(node, size) {
  const now = new Date();
  return { dev: 2, ino: node.id, mode: node.mode, nlink: 1, uid: 0, gid: 0, rdev: 0, size,
    atime: now, mtime: now, ctime: now, blksize: BLOCK, blocks: Math.ceil(size / 512) };
}

function mount(fs) {
  const nothing = () => { throw new fs.ErrnoError(EROFS); };
  const fileOperations = (of) => ({
    node_ops: { getattr: (node) => status(node, of.file.size), setattr: nothing },
    stream_ops: {
      read: (stream, buffer, offset, length, position) => read(fs, of, buffer, offset, length, position),
      write: nothing,
      llseek(stream, offset, whence) {
        const to = offset + (whence === 2 ? of.file.size : whence === 1 ? stream.position : 0);
        if (to < 0) throw new fs.ErrnoError(EINVAL);
        return to;
      },
    },
  });
  const folderOperations = {
    getattr: (node) => status(node, 4096),
    setattr: nothing, mknod: nothing, unlink: nothing, rename: nothing,
    lookup(parent, name) {
      if (name !== here.name) throw new fs.ErrnoError(44); // ENOENT
      return Object.assign(fs.createNode(parent, name, 0o100400, 0), fileOperations(here));
    },
    readdir: () => [".", "..", here.name],
  };
  const type = {
    mount: () => Object.assign(fs.createNode(null, "/", 0o40500, 0), { node_ops: folderOperations, stream_ops: {} }),
  };
  fs.mkdirTree(FOLDER);
  fs.mount(type, {}, FOLDER);
}
