// The phone's file system for tests in a bare worker: no page, no device key around it.
import { attach, makeStorage } from "/opfs.js";

export const posted = [];
export const storage = makeStorage((facts) => posted.push(facts), { putBack: async () => {} });
export const attachTo = (pyodide) => attach(pyodide.FS);
