// Shows a series of QR codes, one after another and over again, for another phone's camera: black on white whatever the
// colours of the app, as large as fits, each for a calm quarter of a second (four changes a second are two flashes at
// most: WCAG 2.3.1 allows three).

import { awake, dialogOf, part } from "./overlay.js";

const CODE_MILLIS = 250, CALM_MILLIS = 500;

// → {over, add(rows of "0" and "1")}; `counted` says "{} van {}"
export function shownSeries({ hint, close, counted, total }) {
  const canvas = document.createElement("canvas"), said = part("p", "count"), track = part("div", "track");
  const room = part("div", "room"), dot = part("span", "dot");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", hint);
  track.append(dot);
  track.setAttribute("aria-hidden", "true");
  room.append(canvas);
  const { dialog, closed } = dialogOf("show", hint, close, [room, said, track]);
  const codes = [];
  const over = play(dialog, closed, codes, (at) => {
    draw(canvas, room, codes[at]);
    said.textContent = [at + 1, total].reduce((words, number) => words.replace("{}", number), counted);
    dot.style.left = `${(100 * at) / Math.max(1, total - 1)}%`;
  });
  return { over, add: (rows) => codes.push(rows) };
}

async function play(dialog, closed, codes, put) {
  const gone = () => { if (document.hidden) dialog.close(); };
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches ? CALM_MILLIS : CODE_MILLIS;
  document.body.append(dialog);
  dialog.showModal();
  document.addEventListener("visibilitychange", gone);
  const release = awake();
  try {
    for (let at = 0; dialog.open;) {
      if (codes.length) {
        put(at % codes.length);
        at = (at % codes.length) + 1;
      }
      await Promise.race([closed, new Promise((next) => setTimeout(next, codes.length ? calm : 20))]);
    }
  } finally {
    document.removeEventListener("visibilitychange", gone);
    release();
    dialog.remove();
  }
}

// Each square of the code the same whole number of the screen's own dots.
function draw(canvas, room, rows) {
  const dots = devicePixelRatio || 1, side = Math.min(room.clientWidth, room.clientHeight);
  const scale = Math.max(1, Math.floor((side * dots) / rows.length)), width = scale * rows.length;
  canvas.width = canvas.height = width;
  canvas.style.width = canvas.style.height = `${width / dots}px`;
  const on = canvas.getContext("2d");
  on.fillStyle = "#fff";
  on.fillRect(0, 0, width, width);
  on.fillStyle = "#000";
  rows.forEach((row, y) => [...row].forEach((dark, x) => { if (dark === "1") on.fillRect(x * scale, y * scale, scale, scale); }));
}
