import { type DerValue, fieldsOf, isSame, malformed, numberOf, oidOf, readDer, tags, unlessMalformed } from "./der.ts";

/** A digest that a signature may rest on. */
export type DigestName = "SHA-256" | "SHA-384" | "SHA-512";

/** An AlgorithmIdentifier (RFC 5280, 4.1.1.2). */
export type Algorithm = Readonly<{ oid: string; parameters: DerValue | undefined }>;

const digestNames: Readonly<Record<string, DigestName>> = {
  "2.16.840.1.101.3.4.2.1": "SHA-256",
  "2.16.840.1.101.3.4.2.2": "SHA-384",
  "2.16.840.1.101.3.4.2.3": "SHA-512",
};

const rsaDigests: Readonly<Record<string, DigestName>> = {
  "1.2.840.113549.1.1.11": "SHA-256",
  "1.2.840.113549.1.1.12": "SHA-384",
  "1.2.840.113549.1.1.13": "SHA-512",
};

const ecdsaDigests: Readonly<Record<string, DigestName>> = {
  "1.2.840.10045.4.3.2": "SHA-256",
  "1.2.840.10045.4.3.3": "SHA-384",
  "1.2.840.10045.4.3.4": "SHA-512",
};

/** The curves by their identifiers, with the bytes of a coordinate. */
const curves: Readonly<Record<string, Readonly<{ namedCurve: string; bytes: number }>>> = {
  "1.2.840.10045.3.1.7": { namedCurve: "P-256", bytes: 32 },
  "1.3.132.0.34": { namedCurve: "P-384", bytes: 48 },
  "1.3.132.0.35": { namedCurve: "P-521", bytes: 66 },
};

const RSA = "1.2.840.113549.1.1.1";
const RSA_PSS = "1.2.840.113549.1.1.10";
const MGF1 = "1.2.840.113549.1.1.8";
const EC = "1.2.840.10045.2.1";
const ED25519 = "1.3.101.112";
/** Web Crypto refuses keys under the identifier of RSA-PSS; the key itself is the same. */
const RSA_KEY_ALGORITHM = readDer(Uint8Array.of(0x30, 13, 6, 9, 42, 134, 72, 134, 247, 13, 1, 1, 1, 5, 0));

/**
 * Reads an AlgorithmIdentifier.
 * @throws ProtocolError `timestamp-data-malformed`
 */
export function algorithmOf(value: DerValue): Algorithm {
  const fields = fieldsOf(value);
  const oid = oidOf(fields.take(tags.oid));
  const parameters = value.items.length > 1 ? fields.takeAny() : undefined;
  fields.end();
  return { oid, parameters };
}

/** The digest that an identifier names, without parameters; `undefined` for any other. */
export function digestNameOf({ oid, parameters }: Algorithm): DigestName | undefined {
  return isPlain(parameters) ? digestNames[oid] : undefined;
}

/** A digest by Web Crypto; SHA-1 only to find a certificate by its old kind of reference. */
async function digestBytes(name: DigestName | "SHA-1", bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest(name, bytes.slice()));
}

/** What is checked: who signed which bytes, and how. */
export type SignedBytes = Readonly<{
  bytes: Uint8Array;
  signature: Uint8Array;
  algorithm: Algorithm;
  /** SubjectPublicKeyInfo of the signer. */
  publicKey: DerValue;
  /** What CMS says beside an algorithm that names no digest. */
  digest?: DigestName | undefined;
}>;

/**
 * Whether a signature is good. `undefined` for an algorithm, digest or curve that cannot be read or
 * is not supported: RSA (PKCS #1 v1.5, PSS), ECDSA (P-256, P-384, P-521) with SHA-2, and Ed25519
 * are.
 */
export async function isSigned(signed: SignedBytes): Promise<boolean | undefined> {
  const scheme = unlessMalformed(() => schemeOf(signed));
  if (scheme === undefined) return undefined;
  const { signature, spki, key, verify } = scheme;
  if (signature === undefined) return false;
  try {
    const publicKey = await crypto.subtle.importKey("spki", spki.slice(), key, false, ["verify"]);
    return await crypto.subtle.verify(verify, publicKey, signature.slice(), signed.bytes.slice());
  } catch (error) {
    // A platform without the algorithm, and a key that is none.
    if (!(error instanceof Error)) throw error;
    return error.name === "NotSupportedError" ? undefined : false;
  }
}

type Scheme = Readonly<{
  /** `undefined` for bytes that are no signature of this kind. */
  signature: Uint8Array | undefined;
  spki: Uint8Array;
  key: Readonly<{ name: string; hash?: string; namedCurve?: string }>;
  verify: Readonly<{ name: string; hash?: string; saltLength?: number }>;
}>;

function schemeOf({ algorithm, publicKey, signature, digest }: SignedBytes): Scheme | undefined {
  const { oid, parameters } = algorithm;
  const [keyAlgorithm, keyBits] = publicKey.items;
  if (keyAlgorithm === undefined || keyBits === undefined) return undefined;
  const key = algorithmOf(keyAlgorithm);
  const spki = publicKey.raw;
  const rsaHash = oid === RSA ? digest : rsaDigests[oid];
  if (rsaHash !== undefined) {
    if (key.oid !== RSA || !isPlain(parameters) || !isSameDigest(rsaHash, digest)) return undefined;
    const name = "RSASSA-PKCS1-v1_5";
    return { signature, spki, key: { name, hash: rsaHash }, verify: { name } };
  }
  if (oid === RSA_PSS) {
    const pss = pssOf(parameters);
    if (pss === undefined || !isSameDigest(pss.hash, digest) || (key.oid !== RSA && key.oid !== RSA_PSS)) {
      return undefined;
    }
    const name = "RSA-PSS";
    const plain = sequenceOf([RSA_KEY_ALGORITHM.raw, keyBits.raw]);
    return { signature, spki: plain, key: { name, hash: pss.hash }, verify: { name, saltLength: pss.saltLength } };
  }
  const ecdsaHash = ecdsaDigests[oid];
  if (ecdsaHash !== undefined) {
    const curve = key.oid === EC && key.parameters?.tag === tags.oid ? curves[oidOf(key.parameters)] : undefined;
    if (curve === undefined || parameters !== undefined || !isSameDigest(ecdsaHash, digest)) return undefined;
    const { namedCurve, bytes } = curve;
    const name = "ECDSA";
    const joined = fixedWidth(signature, bytes);
    return { signature: joined, spki, key: { name, namedCurve }, verify: { name, hash: ecdsaHash } };
  }
  if (oid !== ED25519 || key.oid !== ED25519 || parameters !== undefined || !isSameDigest("SHA-512", digest)) {
    return undefined;
  }
  return { signature, spki, key: { name: "Ed25519" }, verify: { name: "Ed25519" } };
}

/** Two statements of a digest in one signature must agree; certificates make one only. */
function isSameDigest(name: DigestName, stated: DigestName | undefined): boolean {
  return stated === undefined || stated === name;
}

function isPlain(parameters: DerValue | undefined): boolean {
  return parameters === undefined || parameters.tag === tags.null;
}

/** RSASSA-PSS-params (RFC 4055, 3.1); its defaults rest on SHA-1 and are refused. */
function pssOf(parameters: DerValue | undefined): Readonly<{ hash: DigestName; saltLength: number }> | undefined {
  if (parameters === undefined) return undefined;
  const fields = fieldsOf(parameters);
  const [hashField, mask, salt, trailer] = [0xa0, 0xa1, 0xa2, 0xa3].map((tag) => fields.takeIf(tag));
  fields.end();
  if (hashField === undefined || mask === undefined) return undefined;
  const hash = digestNameOf(algorithmOf(onlyIn(hashField)));
  const generator = algorithmOf(onlyIn(mask));
  const maskHash = generator.parameters && digestNameOf(algorithmOf(generator.parameters));
  if (hash === undefined || generator.oid !== MGF1 || maskHash !== hash) return undefined;
  if (trailer !== undefined && numberOf(onlyIn(trailer)) !== 1n) return undefined;
  return { hash, saltLength: salt === undefined ? 20 : Number(numberOf(onlyIn(salt))) };
}

function onlyIn({ items }: DerValue): DerValue {
  const [item] = items;
  if (item === undefined || items.length > 1) throw malformed();
  return item;
}

/** ECDSA-Sig-Value (RFC 3279, 2.2.3) as Web Crypto takes it: both numbers in full width. */
function fixedWidth(signature: Uint8Array, bytes: number): Uint8Array | undefined {
  const pair = unlessMalformed(() => readDer(signature));
  if (pair?.tag !== tags.sequence || pair.items.length !== 2) return undefined;
  const joined = new Uint8Array(2 * bytes);
  for (const [index, { tag, content }] of pair.items.entries()) {
    const digits = content[0] === 0 ? content.subarray(1) : content;
    if (tag !== tags.integer || (content[0] ?? 0x80) >= 0x80 || digits.length > bytes) return undefined;
    joined.set(digits, (index + 1) * bytes - digits.length);
  }
  return joined;
}

function sequenceOf(parts: readonly Uint8Array[]): Uint8Array {
  const content = parts.flatMap((part) => [...part]);
  const size = content.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Uint8Array.from([tags.sequence, ...length, ...content]);
}

/** Whether an identifier names SHA-256, the only digest of an imprint. */
export function isSha256(algorithm: Algorithm): boolean {
  return digestNameOf(algorithm) === "SHA-256";
}

/** Whether bytes are the digest of others. */
export async function isDigestOf(digest: Uint8Array, name: DigestName | "SHA-1", bytes: Uint8Array): Promise<boolean> {
  return isSame(digest, await digestBytes(name, bytes));
}
