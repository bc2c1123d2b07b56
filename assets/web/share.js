// The device's own way of sharing, right after a tap. False where there is none, so that the app can copy instead.

export async function shared({ title, text }) {
  if (!navigator.share) return false;
  try {
    await navigator.share({ title, text });
    return true;
  } catch (error) {
    return error.name === "AbortError"; // closed again by the person: that is no failure
  }
}
