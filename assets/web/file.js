// Lets a person choose one file. The file itself goes to the worker, unread: what Python needs of it is read there,
// piece by piece (picked.js). Also the dialog for photo.js, which chooses in the same way.

// → {file: File, name, size}, {} when none was chosen, or {problem: "too_large" | "unreadable"}
export async function chosenFile({ accept, most, ...words }) {
  const file = await askedFor(accept, "file", words);
  if (!file) return {};
  if (file.size > most) return { problem: "too_large" };
  return { file, name: file.name, size: file.size };
}

// The browser's own choice of a file; null when it was given up. It opens only right after a tap: when the browser
// thinks that the last one was too long ago, one more is asked for.
export function askedFor(accept, id, { hint, choose, close }) {
  document.getElementById(id)?.remove();
  document.getElementById(`${id}-file`)?.remove();
  const input = Object.assign(document.createElement("input"), { type: "file", accept, id: `${id}-file`, hidden: true });
  return new Promise((resolve) => {
    let dialog = null;
    const done = (file) => { dialog?.remove(); input.remove(); resolve(file); };
    input.addEventListener("change", () => done(input.files[0] ?? null));
    input.addEventListener("cancel", () => done(null));
    document.body.append(input);
    if (navigator.userActivation?.isActive !== false) return input.click();
    dialog = asked(id, hint, choose, close, () => input.click(), () => done(null));
  });
}

// A modal dialog above Flutter's canvas, as that of the camera (scan.js).
function asked(id, hint, choose, close, chosen, closed) {
  const make = (tag, words) => Object.assign(document.createElement(tag), { textContent: words });
  const dialog = document.createElement("dialog"), open = make("button", choose), shut = make("button", close);
  dialog.id = id;
  open.addEventListener("click", chosen);
  shut.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", closed);
  dialog.setAttribute("aria-label", hint);
  dialog.append(make("p", hint), open, shut);
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
