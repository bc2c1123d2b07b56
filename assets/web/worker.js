// The worker in which Python runs. Started by the first page at once, so that it loads beside Flutter.

import { countBytes } from "./counted.js";
import { straatCrypto, deviceKey, lifeboat } from "./crypto.js";
import { attach, makeStorage, routeFdatasync } from "./opfs.js";
import { room } from "./storage.js";
import { picked } from "./picked.js";

routeFdatasync(); // before Pyodide is loaded

const post = (facts) => self.postMessage({ straat: facts });
const step = (name) => post({ step: name });
const firstVisit = self.location.search === "?count";
const stopCounting = firstVisit ? countBytes((bytes) => post({ bytes })) : () => {};
const fletJs = self.flet_js = {}; // the names that flet.messaging.pyodide_connection expects
const receive = (message) => {
  const bytes = message.toJs();
  self.postMessage(bytes, [bytes.buffer]);
};
fletJs.receive_callback = receive;

const page = { post: (facts) => post(facts.toJs ? facts.toJs() : facts), onmessage: null, origin: self.location.origin,
  marker: "", surroundings: null, invitation: "", room };
// A package that is needed by few (app/web/later.py): beside the app's own, where Python finds it.
page.bring = async (name) => {
  const answer = await fetch(new URL(`later/${name}.zip`, import.meta.url));
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  self.pyodide.unpackArchive(await answer.arrayBuffer(), "zip", { extractDir: "/app/__pypackages__" });
  self.pyodide.runPython("import importlib; importlib.invalidate_caches()");
};
const storage = makeStorage(post, deviceKey, lifeboat, (facts) => page.onmessage?.(facts));

// A question for the page, answered on a port that only it has.
straatCrypto.passkeys.ask = (question) => new Promise((resolve, reject) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => {
    port1.close();
    if (data.problem) reject(new Error(data.problem)); else resolve(data.answer);
  };
  self.postMessage({ straat: { passkey: question } }, [port2]);
});

async function loadPython() {
  const archive = fetch(new URL("app.zip", import.meta.url)).then((answer) => {
    if (!answer.ok) throw new Error(`app.zip: ${answer.status}`);
    return answer.arrayBuffer();
  });
  archive.catch(() => {}); // told when it is awaited
  const { loadPyodide } = await import("./pyodide/pyodide.mjs");
  step("pyodide");
  const pyodide = self.pyodide = await loadPyodide({ stdout: console.log, stderr: console.error });
  step("python");
  const { FS } = pyodide;
  attach(FS);
  pyodide.registerJsModule("flet_js", fletJs);
  pyodide.registerJsModule("straat_js", { crypto: straatCrypto, storage, page });
  FS.mkdirTree("/app");
  FS.chdir("/app");
  pyodide.unpackArchive(await archive, "zip", { extractDir: "/app" });
  stopCounting();
  pyodide.runPython("import sys; sys.path[:0] = ['/app', '/app/__pypackages__']; sys.dont_write_bytecode = True");
  step("unpacked");
  pyodide.runPython("import flet, app.main");
  step("imported");
  return pyodide;
}

const said = (error) => String(error?.message ?? error).slice(-2000);
const python = loadPython();
python.catch((error) => post({ failed: said(error) }));
let started = false;

self.onmessage = async ({ data }) => {
  if (data?.straat) {
    for (const fact of ["marker", "surroundings", "invitation"]) if (fact in data.straat) page[fact] = data.straat[fact];
    if (data.straat.probe) storage.probe();
    if (data.straat.file) data.straat.file = picked(self.pyodide.FS, data.straat.file);
    page.onmessage?.(data.straat);
  } else if (started) {
    fletJs.send?.(data);
  } else {
    started = true;
    try {
      const pyodide = await python;
      Object.assign(fletJs, { args: data.args, documentUrl: data.documentUrl });
      pyodide.runPython("import app.main; app.main.run()");
      await fletJs.start_connection(receive);
      self.postMessage("initialized");
    } catch (error) {
      post({ failed: said(error) });
      self.postMessage(said(error));
    }
  }
};
