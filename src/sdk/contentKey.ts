import { ProtocolError } from "../core/errors.ts";

/**
 * Two fifths of the SDK's bytes are the cryptography under age: a page loads them when somebody
 * first needs a key.
 */
const loadAge = () => import("age-encryption");

/**
 * Wraps a content key for its readers as one small age file in base64: `base64 -d | age -d -i
 * key.txt` opens it. Throws `recipient-invalid` if there is none, or with the index of the first
 * that is not an age X25519 key.
 *
 * @example await wrapContentKey(key, ["age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"]) // "YWdlLWVu..."
 */
export async function wrapContentKey(key: Uint8Array, recipients: readonly string[]): Promise<string> {
  if (recipients.length === 0) throw new ProtocolError("recipient-invalid", { index: 0 });
  const { Encrypter } = await loadAge();
  const encrypter = new Encrypter();
  for (const [index, recipient] of recipients.entries()) {
    try {
      encrypter.addRecipient(recipient);
    } catch (cause) {
      throw new ProtocolError("recipient-invalid", { index }, { cause });
    }
  }
  return btoa(String.fromCharCode(...(await encrypter.encrypt(key))));
}

/**
 * Opens a wrapped key with a reader's age identity (`AGE-SECRET-KEY-1...`).
 * Throws `cipher-key-wrong` if it was not wrapped for this reader or was changed.
 *
 * @example await unwrapContentKey(bundle.hints.wrappedKey, "AGE-SECRET-KEY-1...") // Uint8Array(32)
 */
export async function unwrapContentKey(wrappedKey: string, identity: string): Promise<Uint8Array> {
  const { Decrypter } = await loadAge();
  try {
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    return await decrypter.decrypt(Uint8Array.from(atob(wrappedKey), (char) => char.charCodeAt(0)));
  } catch {
    // The library's message may hold parts of the identity.
    throw new ProtocolError("cipher-key-wrong");
  }
}
