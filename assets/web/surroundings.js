// What the page is shown in, told to Python as it is (app/services/surroundings.py makes sense of it); and where an
// invitation waits until it is used.

export const surroundings = async () => ({
  agent: navigator.userAgent,
  standalone: navigator.standalone === true || matchMedia("(display-mode: standalone)").matches,
  touchPoints: navigator.maxTouchPoints,
  canScan: Boolean(navigator.mediaDevices?.getUserMedia), // what it sees is read by the browser or by us: qr.js
});

// The secret leaves the address bar and the tab's history once it has been looked at; for a reload before the PIN is
// set it waits in the tab's own storage, which ends with the tab. docs/decisions/0009.
const KEY = "straat.invitation", IN_ADDRESS = /^#\/(uitnodiging|herstel)\//;

export const invitation = {
  kept: () => sessionStorage.getItem(KEY) ?? "",
  keep(text) {
    if (text) sessionStorage.setItem(KEY, text);
    else sessionStorage.removeItem(KEY);
    if (IN_ADDRESS.test(location.hash)) history.replaceState(history.state, "", "#/");
  },
};
