// Counts what is fetched while it comes in, for the first page's progress bar.

const EVERY_MILLIS = 100;

/** `tell` hears how many bytes (unpacked) all answers together have brought; gives the function that ends it. */
export function countBytes(tell) {
  const fetched = globalThis.fetch;
  let bytes = 0, told = 0;
  const seen = (chunk, out) => {
    bytes += chunk.byteLength;
    out.enqueue(chunk);
    if (performance.now() - told < EVERY_MILLIS) return;
    told = performance.now();
    tell(bytes);
  };
  globalThis.fetch = async (...what) => {
    const answer = await fetched(...what);
    if (!answer.ok || !answer.body) return answer;
    const counted = answer.body.pipeThrough(new TransformStream({ transform: seen, flush: () => tell(bytes) }));
    return new Response(counted, { status: answer.status, headers: answer.headers });
  };
  return () => { globalThis.fetch = fetched; };
}
