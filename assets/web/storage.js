// How much room the browser gives this site, and whether it has promised to keep what is there. As JSON: what a browser
// does not say is null.

export async function room() {
  const said = await navigator.storage?.estimate?.().catch(() => null);
  const kept = await navigator.storage?.persisted?.().catch(() => null);
  return JSON.stringify({ used: said?.usage ?? null, all: said?.quota ?? null, kept: kept ?? null });
}
