// Which letter does something where nobody types. The app decides what it does, and whether (app/views/shell.py, key).
const LETTERS = "jkgvot?", ARROWS = ["ArrowDown", "ArrowUp"];
const ASKING = "vot"; // after these a field is about to get the focus: what is typed meanwhile is meant for it
const HUSH_MILLIS = 1500;
let quietUntil = 0;

const typedIn = (node) => node instanceof Element && (/^(INPUT|TEXTAREA|SELECT)$/.test(node.tagName) || node.isContentEditable);

// The letter to tell Python, or "" where it is typed in a field, is a shortcut of the browser, or repeats itself.
export function letterOf(event, now) {
  const { key, repeat, ctrlKey, metaKey, altKey, isComposing } = event;
  if (repeat || ctrlKey || metaKey || altKey || isComposing || document.querySelector("dialog[open]")) return "";
  const path = event.composedPath();
  if (path.some(typedIn)) { quietUntil = 0; return ""; }
  if (now < quietUntil) return "";
  if (ARROWS.includes(key)) return onNothing(path[0]) ? key : "";
  if (key.length !== 1 || !LETTERS.includes(key)) return "";
  if (ASKING.includes(key)) quietUntil = now + HUSH_MILLIS;
  return key;
}

// Arrows go from one control to the next for whoever has the focus on one; elsewhere they go through the list.
const onNothing = (node) => node === document.body || node === document.documentElement || /^FLUTTER-VIEW$/i.test(node.tagName);
