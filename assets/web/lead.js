// One tab leads: it holds a Web Lock for its worker's life, and never is it taken away from one that still has its
// files open. Another tab can ask it to make way; one that sleeps does not answer, and that is said as it is.

const LOCK = "straat-log", CHANNEL = "straat-lead";
const FIRST_MILLIS = 1000; // a page that is loaded anew may come before its own worker of before is gone
const ANSWER_MILLIS = 3000;

/** `tell` hears {makeWay: true} when another tab asks the one that leads. */
export function makeLead(tell) {
  let leading = false, answered = () => {};
  const channel = new BroadcastChannel(CHANNEL); // reaches every tab of this site: nothing of anybody's goes over it

  channel.onmessage = ({ data }) => {
    if (data === "make way?" && leading) {
      channel.postMessage("making way");
      tell({ makeWay: true });
    }
    if (data === "making way") answered(true);
  };

  const request = (options) => new Promise((resolve, reject) => {
    navigator.locks.request(LOCK, options, (lock) => {
      resolve(Boolean(lock));
      return lock ? new Promise(() => {}) : undefined; // held for the worker's whole life
    }).catch((error) => (["AbortError", "TimeoutError"].includes(error.name) ? resolve(false) : reject(error)));
  });

  return {
    // Whether this tab leads, from now on.
    async take() {
      leading = leading || await request({ ifAvailable: true }) || await request({ signal: AbortSignal.timeout(FIRST_MILLIS) });
      return leading;
    },
    // Returns when the tab that led is gone.
    async wait() { leading = leading || await request({}); },
    // Ask the tab that leads to make way; false when it does not answer. It may do so later.
    async ask() {
      const hearing = new Promise((resolve) => {
        answered = resolve;
        setTimeout(() => resolve(leading), ANSWER_MILLIS);
      });
      channel.postMessage("make way?");
      return hearing;
    },
  };
}
