// Passkeys: WebAuthn exists on the page's side only. Answers the worker, each question on a port of its own, which
// no other tab hears. The 32 bytes that a passkey gives (the PRF extension) are moved, not copied: after the answer
// this side has none of them. Works offline: nobody is asked but the device itself.

const TIMEOUT_MILLIS = 60_000;
const USER_VERIFICATION = "required"; // finger, face or the device's own PIN
const fresh = (length) => crypto.getRandomValues(new Uint8Array(length));

async function available() {
  if (!globalThis.PublicKeyCredential || !navigator.credentials) return false;
  const able = await PublicKeyCredential.getClientCapabilities?.().catch(() => null);
  if (able && able["extension:prf"] === false) return false;
  return PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable();
}

// The name that the device's own list of passkeys shows tells nothing about who or what.
async function create() {
  const made = await navigator.credentials.create({ publicKey: {
    challenge: fresh(32),
    rp: { name: "Straatcontact" },
    user: { id: fresh(16), name: "Straatcontact", displayName: "Straatcontact" },
    pubKeyCredParams: [{ type: "public-key", alg: -7 }, { type: "public-key", alg: -257 }],
    authenticatorSelection: { residentKey: "required", userVerification: USER_VERIFICATION },
    attestation: "none",
    timeout: TIMEOUT_MILLIS,
    extensions: { prf: {} },
  } });
  if (made.getClientExtensionResults().prf?.enabled) return made.rawId;
  await forget(made.rawId);
  throw new Error("unsupported");
}

async function get(credential, salt) {
  const given = await navigator.credentials.get({ publicKey: {
    challenge: fresh(32),
    allowCredentials: [{ type: "public-key", id: credential }],
    userVerification: USER_VERIFICATION,
    timeout: TIMEOUT_MILLIS,
    extensions: { prf: { eval: { first: salt } } },
  } });
  const secret = given.getClientExtensionResults().prf?.results?.first;
  if (!secret) throw new Error("unsupported");
  return secret;
}

const base64Url = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

async function forget(credential) {
  const told = { rpId: location.hostname, credentialId: base64Url(credential) };
  await PublicKeyCredential.signalUnknownCredential?.(told).catch(() => {});
  return true;
}

/** Answer {ask, credential?, salt?} on the port that came with it: {answer} or {problem}. */
export async function answerPasskey({ ask, credential, salt }, port) {
  try {
    const answer = await { available, create, get, forget }[ask](...(credential ? [credential, salt] : []));
    port.postMessage({ answer }, answer instanceof ArrayBuffer ? [answer] : []);
  } catch (error) {
    port.postMessage({ problem: error.message === "unsupported" || error.name === "NotSupportedError" ? "unsupported" : "cancelled" });
  } finally {
    port.close();
  }
}
