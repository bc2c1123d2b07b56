// The page half of worker_harness.py: one worker, questions answered one by one, in order of asking.
const worker = new Worker("/worker_run.js", {type: "module"});
const waiting = new Map();
let last = 0;
let tellStarted;
window.started = new Promise((resolve) => { tellStarted = resolve; });
worker.onmessage = ({data}) => {
  if (data.started !== undefined) { tellStarted(data.started); return; }
  const {resolve, reject} = waiting.get(data.id);
  waiting.delete(data.id);
  if (data.error) reject(new Error(data.error)); else resolve(data.answer);
};
worker.onerror = (event) => tellStarted(event.message || "the worker script did not load");
window.ask = (question, millis) => new Promise((resolve, reject) => {
  waiting.set(++last, {resolve, reject});
  setTimeout(() => reject(new Error(`no answer from the worker in ${millis} ms`)), millis);
  worker.postMessage({id: last, question});
});
