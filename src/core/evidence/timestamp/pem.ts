import { malformed, readDer } from "./der.ts";

const labels = { certificate: "CERTIFICATE", revocationList: "X509 CRL" } as const;

/**
 * The certificates or revocation lists of a file in DER, as `verifyTimestamp` takes them: the file
 * is one in DER, or PEM (RFC 7468) with any number of them and text between.
 * @throws ProtocolError `timestamp-data-malformed` if it holds none, or one that is not DER
 */
export function readPemOrDer(file: Uint8Array, kind: keyof typeof labels): readonly Uint8Array[] {
  if (file[0] === 0x30) return [readDer(file).raw];
  const label = labels[kind];
  const text = new TextDecoder().decode(file);
  const blocks = [...text.matchAll(new RegExp(`-----BEGIN ${label}-----([^-]*)-----END ${label}-----`, "g"))];
  if (blocks.length === 0) throw malformed();
  return blocks.map(([, base64 = ""]) => readDer(bytesOfBase64(base64)).raw);
}

function bytesOfBase64(text: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text.replaceAll(/\s/g, "")), (character) => character.charCodeAt(0));
  } catch {
    throw malformed();
  }
}
