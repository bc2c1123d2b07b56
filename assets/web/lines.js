// The help lines of the first page. The build wrote them; when a coordinator's edition holds, or a gemeente was chosen,
// the app leaves a copy of the rest of the list here. Nothing of that copy is believed: it becomes text and numbers or
// it becomes nothing, and the lines that are marked as fixed stay as they were built, first and in their order.

import { say, word } from "./words.js";

const KEY = "straat.directory";
const FIXED = ["112", "113", "08000113", "08001205", "08002000"];
const LIMIT = 200_000, LINES = 100;
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;
const OLD_MILLIS = 366 * 86_400_000;

/** Keep a copy for the next time the page is opened, and show it now; "" for the lines of the build. */
export function keepLines(copy) {
  try {
    if (copy) localStorage.setItem(KEY, copy);
    else localStorage.removeItem(KEY);
  } catch (error) {
    console.warn("help lines not kept:", error.name);
  }
  if (copy) showLines();
}

/** Show the copy, if there is one and all of it is in order; then say of every line whether it is old. */
export function showLines() {
  try {
    const copy = read(localStorage.getItem(KEY) ?? "");
    if (copy) put(copy);
  } catch (error) {
    console.warn("help lines of the build:", error.name);
  }
  markOld();
}

function read(text) {
  if (!text || text.length > LIMIT) return null;
  const { day, lines } = JSON.parse(text);
  const dated = /^\d{1,2} [a-z]{3,9} 20\d\d$/.test(day);
  if (!dated || !Array.isArray(lines) || lines.length > LINES || !lines.every(inOrder)) return null;
  return { day, lines: lines.filter((line) => !line.numbers.some(([phone]) => FIXED.includes(plain(phone)))) };
}

const plain = (phone) => phone.replace(/^(\+|00)31/, "0");
const words = (value, limit) => typeof value === "string" && value.length <= limit && !HIDDEN.test(value);

function inOrder(line) {
  const number = (n) => Array.isArray(n) && typeof n[0] === "string" && /^\+?[0-9]{2,20}$/.test(n[0]) && words(n[1], 700);
  return words(line?.name, 120) && line.name !== "" && words(line.about, 3000)
    && (line.checked === "" || /^20\d\d-\d\d-\d\d$/.test(line.checked))
    && Array.isArray(line.numbers) && line.numbers.length <= 6 && line.numbers.every(number)
    && (line.email === "" || (words(line.email, 120) && /^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+$/.test(line.email)));
}

function put({ day, lines }) {
  const list = document.getElementById("hulplijnen");
  const fresh = lines.map(item).filter((one) => one.childElementCount);
  for (const old of list.querySelectorAll("li:not([data-fixed])")) old.remove();
  list.append(...fresh);
  document.getElementById("day").textContent = day;
}

function item({ name, numbers, email, about, checked }) {
  const line = document.createElement("li");
  line.dataset.checked = checked;
  const links = numbers.map(([phone, aside]) => [`tel:${phone}`, spaced(phone), aside]);
  if (email && !links.length) links.push([`mailto:${email}`, email, ""]);
  links.forEach(([href, shown, aside], place) => {
    const link = document.createElement("a");
    link.href = href;
    const told = [place ? "" : about, aside].filter(Boolean).join(" · ");
    if (place) link.ariaLabel = `${name} ${shown}`;
    for (const [tag, text] of [["strong", place ? word("also") : name], ["b", shown], ["span", told]]) {
      const part = document.createElement(tag);
      part.textContent = text;
      link.append(part);
    }
    line.append(link);
  });
  return line;
}

function spaced(phone) {
  if (/^0[89]00\d{4}$/.test(phone)) return `${phone.slice(0, 4)}-${phone.slice(4)}`;
  if (/^088\d{7}$/.test(phone)) return `088-${phone.slice(3, 7)} ${phone.slice(7)}`;
  if (/^0\d{9}$/.test(phone)) return `${phone.slice(0, 3)}-${phone.slice(3, 6)} ${phone.slice(6, 8)} ${phone.slice(8)}`;
  return phone;
}

function markOld() {
  for (const line of document.querySelectorAll("#hulplijnen li:not(:first-child)")) {
    const old = !(Date.now() - Date.parse(line.dataset.checked) < OLD_MILLIS);
    line.classList.toggle("old", old);
    line.querySelector("em")?.remove();
    if (!old) continue;
    const told = document.createElement("em");
    say(told, line.dataset.checked ? "unchecked" : "never");
    line.querySelector("span")?.append(" ", told);
  }
}
