// The phone's file system for tests in a bare worker: no page, no device key around it.
import { deviceKey, lifeboat } from "/crypto.js";
import { attach, makeStorage } from "/opfs.js";

export const posted = [], told = [];
export const storage = makeStorage((facts) => posted.push(facts), deviceKey, lifeboat, (facts) => told.push(facts));
storage.told = told;
export const page = { marker: "" };
export const attachTo = (pyodide) => attach(pyodide.FS);

// For the floor of a measurement: a file of its own beside the log's.
storage.bareHandle = async () => {
  const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("bare", { create: true });
  return (await folder.getFileHandle("floor", { create: true })).createSyncAccessHandle();
};
