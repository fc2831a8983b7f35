import { generateIdentity, identityToRecipient } from "age-encryption";
import { readText, writeNew } from "./files.ts";
import { inputMalformed } from "./problems.ts";

const OWNER_ONLY = 0o600;
const IDENTITY = /^AGE-SECRET-KEY-1[0-9A-Z]{58}$/;

/** A key that opens evidence, and the public key (`age1...`) that others encrypt for. */
export type AgeIdentity = { readonly identity: string; readonly recipient: string };

/**
 * Writes a new random X25519 identity in the form of `age-keygen`, which `age -d -i` takes. The
 * file must not exist.
 */
export async function createIdentityFile(path: string): Promise<AgeIdentity> {
  const identity = await generateIdentity();
  const recipient = await identityToRecipient(identity);
  await writeNew(path, `# public key: ${recipient}\n${identity}\n`, OWNER_ONLY);
  return { identity, recipient };
}

/** The identity in a file, or `undefined` if the text is of another kind. */
export async function parseIdentity(text: string): Promise<AgeIdentity | undefined> {
  const identity = text.split(/\r?\n/).find((line) => line !== "" && !line.startsWith("#"));
  if (identity === undefined || !IDENTITY.test(identity.trim())) return undefined;
  try {
    return { identity: identity.trim(), recipient: await identityToRecipient(identity.trim()) };
  } catch {
    // The library's message may hold parts of the identity.
    return undefined;
  }
}

/** Reads an identity file. Throws `file-missing`, `file-unreadable` or `input-malformed`. */
export async function readIdentityFile(path: string): Promise<AgeIdentity> {
  const found = await parseIdentity(await readText(path));
  if (found === undefined) {
    throw inputMalformed({ path }, "identity-missing");
  }
  return found;
}
