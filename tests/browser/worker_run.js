// The worker half of worker_harness.py: loads Pyodide as the phone does, with the repository's sources.
async function named(place) {
  const [file, name] = place.split("#");
  return (await import(file))[name];
}

async function start() {
  const plan = await (await fetch("/plan.json")).json();
  for (const place of plan.before) await (await named(place))();
  const {loadPyodide} = await import("/pyodide/pyodide.mjs");
  const pyodide = await loadPyodide({indexURL: "/pyodide/", stdout: console.log, stderr: console.log});
  pyodide.unpackArchive(await (await fetch("/sources.zip")).arrayBuffer(), "zip", {extractDir: "/repo"});
  const modules = {};
  for (const [name, place] of Object.entries(plan.modules)) modules[name] = await named(place);
  pyodide.registerJsModule("straat_js", modules);
  for (const place of plan.after) await (await named(place))(pyodide);
  pyodide.runPython(await (await fetch("/worker_run.py")).text());
  return pyodide;
}

const ready = start();
ready.then(() => postMessage({started: "ready"}), (e) => postMessage({started: String(e)}));

async function answer(question) {
  const pyodide = await ready;
  if (question.code !== undefined) return String(await pyodide.runPythonAsync(question.code));
  return await pyodide.globals.get("run_module")(question.run, JSON.stringify(question.functions));
}

let before = Promise.resolve();
self.onmessage = ({data: {id, question}}) => {
  before = before.then(() => answer(question)).then(
    (text) => postMessage({id, answer: text}),
    (e) => postMessage({id, error: String(e)}),
  );
};
