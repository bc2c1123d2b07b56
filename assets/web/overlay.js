// A modal dialog over the whole page: above Flutter's canvas, Escape closes it, and a screen reader stays within.

export function part(tag, className = "", text = "") {
  return Object.assign(document.createElement(tag), { className, textContent: text });
}

// → {dialog, head, closed}: not in the page yet; what is given stands between the words and the button
export function dialogOf(id, hint, close, parts = []) {
  const dialog = part("dialog"), head = part("p", "", hint), button = part("button", "", close);
  dialog.id = id;
  button.addEventListener("click", () => dialog.close());
  const closed = new Promise((resolve) => dialog.addEventListener("close", resolve));
  dialog.append(head, ...parts, button);
  dialog.setAttribute("aria-label", hint);
  return { dialog, head, closed };
}

// Keeps the screen on, where that can be. → what lets it go
export function awake() {
  let over = false, lock = null;
  navigator.wakeLock?.request("screen").then((got) => { if (over) got.release(); else lock = got; }, () => {});
  return () => { over = true; lock?.release().catch(() => {}); };
}
