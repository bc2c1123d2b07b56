// Prints a recovery sheet, welcome cards, a list or a report: plain HTML that only the printer sees, gone from the document when that
// is done.

const LATER_MILLIS = 60_000;
const make = (tag, text = "") => Object.assign(document.createElement(tag), { textContent: text });

function qrPicture(rows) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", `0 0 ${rows.length} ${rows.length}`);
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  const cells = rows.flatMap((row, y) => [...row].map((dark, x) => (dark === "1" ? `M${x} ${y}h1v1h-1z` : "")));
  path.setAttribute("d", cells.join(""));
  svg.append(path);
  return svg;
}

export function printSheet({ title, lines, words, qr }) {
  const list = make("ol");
  list.append(...words.map((word) => make("li", word)));
  toPaper([make("h1", title), ...lines.map((line) => make("p", line)), qrPicture(qr), list]);
}

// The same card one or four times on an A4; `blocks` are [how it looks, words] from top to bottom. What stands with the
// QR code looks like "code".
export function printCards({ blocks, qr, copies }) {
  const line = ([look, words]) => Object.assign(make("p", words), { className: look });
  const card = () => {
    const parts = make("article"), foot = make("footer"), beside = make("div");
    beside.append(...blocks.filter(([look]) => look === "code").map(line));
    foot.append(qrPicture(qr), beside);
    parts.append(...blocks.filter(([look]) => look !== "code").map(line), foot);
    return parts;
  };
  toPaper(Array.from({ length: copies }, card), copies === 1 ? "cards large" : "cards");
}

// A list to tick by hand; a row is [what stands before the boxes, words in their place or nothing].
export function printList({ title, lines, boxes, sheets }) {
  const box = () => { const cell = make("td"); cell.append(make("i")); return cell; };
  const instead = (words) => Object.assign(make("td", words), { colSpan: boxes.length, className: "instead" });
  const table = ([name, rows]) => {
    const made = make("table"), head = make("thead"), body = make("tbody"), top = make("tr");
    top.append(make("th", name), ...boxes.map((words) => make("th", words)));
    head.append(top);
    body.append(...rows.map(([door, words]) => {
      const row = make("tr");
      row.append(make("th", door), ...(words ? [instead(words)] : boxes.map(box)));
      return row;
    }));
    made.append(head, body);
    return made;
  };
  toPaper([make("h1", title), ...lines.map((line) => make("p", line)), ...sheets.map(table)], "list");
}

// Tables with their headings; a sheet is [title, names of columns, rows, of which column bars are drawn (or nothing)].
export function printReport({ title, lines, notes, sheets }) {
  const table = ([name, heads, rows, bars]) => {
    const made = make("table"), head = make("thead"), body = make("tbody"), top = make("tr");
    const most = Math.max(0, ...rows.map((row) => (typeof row[bars] === "number" ? row[bars] : 0)));
    top.append(...heads.map((words, at) => Object.assign(make("th", words), { className: at ? "n" : "" })), ...(most ? [make("th")] : []));
    head.append(top);
    body.append(...rows.map((row) => {
      const line = make("tr");
      line.append(...row.map((value, at) => Object.assign(make(at ? "td" : "th", value), { className: at ? "n" : "" })));
      if (most) {
        const cell = make("td"), bar = make("i");
        bar.style.width = `${typeof row[bars] === "number" ? 100 * row[bars] / most : 0}%`;
        cell.append(bar);
        line.append(cell);
      }
      return line;
    }));
    made.append(head, body);
    return [make("h2", name), made];
  };
  const words = (said) => said.map((line) => make("p", line));
  toPaper([make("h1", title), ...words(lines), ...sheets.flatMap(table), ...words(notes)], "report");
}

function toPaper(parts, look = "") {
  const sheet = make("section");
  document.getElementById("sheet")?.remove();
  sheet.id = "sheet";
  sheet.className = look;
  sheet.append(...parts);
  document.body.append(sheet);
  // On some phones "afterprint" comes before the page has been drawn.
  addEventListener("afterprint", () => setTimeout(() => sheet.remove(), LATER_MILLIS), { once: true });
  window.print();
}
