// The saved view: one sealed file beside the log, replaced whole by a rename or not at all. It only saves time, so it
// never stands in the way of a note: what could not be finished takes no room.

const VIEW = "view", VIEW_NEW = "view.new";

// Only plain errors may cross into Python (see crypto.js).
export const plain = (work) => async (...given) => {
  try {
    return await work(...given);
  } catch (error) {
    throw new Error(`${error?.name}: ${error?.message}`);
  }
};

const forgiving = (error) => { if (error.name !== "NotFoundError") throw error; };

/** `folder(create)` gives the folder in which it lies. */
export function makeShelf(folder) {
  // `pieces` gives Uint8Arrays, one after another.
  async function fill(handle, pieces) {
    handle.truncate(0);
    let at = 0;
    for (const piece of pieces) {
      if (handle.write(piece, { at }) !== piece.length) throw new DOMException("cut off", "QuotaExceededError");
      at += piece.length;
      await new Promise((resolve) => setTimeout(resolve)); // whoever taps meanwhile has a turn
    }
    handle.flush();
  }

  return {
    // No bytes when there is none.
    read: plain(async () => {
      try {
        const file = await (await (await folder(true)).getFileHandle(VIEW)).getFile();
        return new Uint8Array(await file.arrayBuffer());
      } catch (error) {
        forgiving(error);
        return new Uint8Array();
      }
    }),
    write: plain(async (pieces) => {
      const directory = await folder(true);
      try {
        const entry = await directory.getFileHandle(VIEW_NEW, { create: true });
        const handle = await entry.createSyncAccessHandle();
        try {
          await fill(handle, pieces);
        } finally {
          handle.close();
        }
        await entry.move(VIEW);
      } catch (error) {
        await directory.removeEntry(VIEW_NEW).catch(() => {});
        throw error;
      }
    }),
    remove: plain(async () => {
      for (const name of [VIEW, VIEW_NEW]) {
        await folder(true).then((directory) => directory.removeEntry(name)).catch(forgiving);
      }
    }),
    // What a death in mid-writing left.
    tidy: () => folder(true).then((directory) => directory.removeEntry(VIEW_NEW)).catch(() => {}),
  };
}
