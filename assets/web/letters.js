// Which letter does something where nobody types. The app decides what it does, and whether (app/views/shell.py, key).
//
// One after the other: while the app is at a letter that does something, what is typed is told to nobody. A question
// begins with a letter and goes on in a field, and on a slow machine it takes a while until the field has the focus: what
// is typed meanwhile must do nothing else. Steps through the list may follow one another.
const STEPS = ["j", "k", "ArrowDown", "ArrowUp"], ACTS = "gvot?";
const ASKS = "vot"; // these lead to a field
const PATIENCE_MILLIS = 10_000; // then the app is taken to have missed it
const FOCUS_MILLIS = 3_000; // from the app's asking for the focus until the field has it, on a slow machine
let busy = "", since = 0, quietUntil = 0, last = "";

const isField = (node) => node instanceof Element && (/^(INPUT|TEXTAREA|SELECT)$/.test(node.tagName) || node.isContentEditable);

// The letter to tell Python, or "" where it is typed in a field, is a shortcut of the browser, or repeats itself.
export function letterOf(event, now) {
  const { key, repeat, ctrlKey, metaKey, altKey, isComposing } = event;
  if (repeat || ctrlKey || metaKey || altKey || isComposing || document.querySelector("dialog[open]")) return "";
  const path = event.composedPath();
  const step = STEPS.includes(key);
  if (!step && (key.length !== 1 || !ACTS.includes(key))) return "";
  if (path.some(isField) || isField(document.activeElement)) return "";
  if (key.length > 1 && !isGround(path[0])) return "";
  if (now < quietUntil || busy === "act" && now - since < PATIENCE_MILLIS) return "";
  busy = step ? "step" : "act";
  since = now;
  last = key;
  return key;
}

// The app has done what the letter asks: the field that it leads to, if any, is about to have the focus.
export function letterDone(now) {
  if (last && ASKS.includes(last)) quietUntil = now + FOCUS_MILLIS;
  busy = last = "";
}

// Arrows go from one control to the next for whoever has the focus on one; elsewhere they go through the list.
const isGround = (node) => node === document.body || node === document.documentElement || /^FLUTTER-VIEW$/i.test(node.tagName);

addEventListener("focusin", ({ target }) => { if (isField(target)) quietUntil = 0; }, true);
