// What the page itself says, in both languages: the first page, and what goes wrong before the app can speak. The
// app's own words stand in assets/locale. Where no language was chosen, and without this script, it is Dutch.

const DUTCH = {
  call: "Hulp nodig? Bel meteen:",
  edition: "Lijst van",
  wrong: "Klopt een nummer niet? Zeg het je coördinator.",
  also: "Of bel",
  unchecked: "Langer dan een jaar niet nagekeken.",
  never: "Nog niet nagekeken.",
  state: "Starten van de app",
  start: "Starten",
  late: "Het starten duurt lang. De hulplijnen hierboven werken gewoon.",
  again: "Opnieuw proberen",
  lines: "Hulplijnen",
  back: "Terug",
  failed: "De app werkt nu niet. De hulplijnen hierboven werken gewoon. Wat je had opgeslagen, is er nog.",
  previous: "De nieuwe versie start hier niet. De app gaat verder met de vorige. Je notities zijn er nog.",
  insecure: "De app werkt alleen op een beveiligd adres (https). De hulplijnen hierboven werken gewoon.",
  old: "Deze browser is te oud voor de app. Werk hem bij, of gebruik een andere. De hulplijnen hierboven werken gewoon.",
  fetching: "De app wordt opgehaald. Dat hoeft maar één keer.",
  starting: "De app start.",
  months: "januari februari maart april mei juni juli augustus september oktober november december",
};
const ENGLISH = {
  call: "Need help? Call now:",
  edition: "List of",
  wrong: "Is a number wrong? Tell your coordinator.",
  also: "Or call",
  unchecked: "Not checked for more than a year.",
  never: "Not checked yet.",
  state: "Starting the app",
  start: "Starting",
  late: "Starting takes long. The help lines above work as always.",
  again: "Try again",
  lines: "Help lines",
  back: "Back",
  failed: "The app does not work now. The help lines above work as always. What you had saved is still there.",
  previous: "The new version does not start here. The app goes on with the one before. Your notes are still there.",
  insecure: "The app works at a secure address (https) only. The help lines above work as always.",
  old: "This browser is too old for the app. Update it, or use another one. The help lines above work as always.",
  fetching: "The app is being fetched. That is needed only once.",
  starting: "The app is starting.",
  months: "January February March April May June July August September October November December",
};
let spoken = DUTCH;

/** What is said for this name, in the language of now. */
export const word = (name) => spoken[name];

/** Put words into an element; they follow when the language changes. No name: no words. */
export function say(element, name) {
  if (name) element.dataset.word = name; else delete element.dataset.word;
  element.textContent = name ? word(name) : "";
}

/** Another language for the whole page. */
export function speak(language) {
  const before = spoken.months.split(" ");
  spoken = language === "en" ? ENGLISH : DUTCH;
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll("[data-word]")) element.textContent = word(element.dataset.word);
  for (const element of document.querySelectorAll("[data-label]")) element.ariaLabel = word(element.dataset.label);
  const day = document.getElementById("day");
  if (day) day.textContent = day.textContent.replace(/\p{L}+/u, (month) => month12(before, month));
}

const month12 = (before, month) => spoken.months.split(" ")[before.indexOf(month)] ?? month;
