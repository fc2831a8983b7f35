import { type Algorithm, algorithmOf, type DigestName, digestNameOf } from "./algorithms.ts";
import { type Certificate, readCertificate, readExtensionItems } from "./certificate.ts";
import { booleanOf, type DerValue, fieldsOf, malformed, numberOf, oidOf, onlyItem, readDer, tags } from "./der.ts";
import { generalizedTimeOf, type Instant } from "./instant.ts";

/** What a time-stamping authority states (RFC 3161, TSTInfo). */
type TimestampInfo = Readonly<{
  policy: string;
  imprint: Readonly<{ algorithm: Algorithm; digest: Uint8Array }>;
  serial: Uint8Array;
  time: Instant;
  /** In microseconds; `undefined` where the authority states none. */
  accuracy: number | undefined;
  nonce: bigint | undefined;
  /** The name that it gives itself, if that is a distinguished name. */
  authority: Uint8Array | undefined;
  hasUnknownExtension: boolean;
}>;

/** How the signer names its certificate. */
type SignerId = Readonly<{ issuer: Uint8Array; serial: Uint8Array } | { keyIdentifier: Uint8Array }>;

/** A signer of a token (RFC 5652, 5.3). */
export type TokenSigner = Readonly<{
  id: SignerId;
  digestAlgorithm: Algorithm;
  signatureAlgorithm: Algorithm;
  signature: Uint8Array;
  /** What is signed: the attributes, encoded as the set that they are. */
  signedBytes: Uint8Array;
  attributes: ReadonlyMap<string, DerValue>;
}>;

/** A time stamp token as it is encoded. */
export type Token = Readonly<{
  info: TimestampInfo;
  /** The bytes of `info`, which the signed digest is over. */
  content: Uint8Array;
  digestAlgorithms: readonly Algorithm[];
  certificates: readonly Certificate[];
  signers: readonly TokenSigner[];
}>;

/** Identifiers of signed attributes. */
export const attributeIds = {
  contentType: "1.2.840.113549.1.9.3",
  messageDigest: "1.2.840.113549.1.9.4",
  signingCertificate: "1.2.840.113549.1.9.16.2.12",
  signingCertificateV2: "1.2.840.113549.1.9.16.2.47",
} as const;

/** The content type of a time stamp. */
export const timestampContentType = "1.2.840.113549.1.9.16.1.4";
const SIGNED_DATA = "1.2.840.113549.1.7.2";
const DIRECTORY_NAME = 0xa4;

/**
 * Reads a TimeStampToken: SignedData (RFC 5652) of version 3 over a TSTInfo, with certificates and
 * without anything that no signature covers: no lists of revoked certificates, no unsigned
 * attributes.
 * @throws ProtocolError `timestamp-data-malformed`
 */
export function readToken(bytes: Uint8Array): Token {
  const outer = fieldsOf(readDer(bytes));
  if (oidOf(outer.take(tags.oid)) !== SIGNED_DATA) throw malformed();
  const fields = fieldsOf(onlyItem(outer.take(0xa0), 0xa0));
  outer.end();
  if (numberOf(fields.take(tags.integer)) !== 3n) throw malformed();
  const digestAlgorithms = fields.take(tags.set).items.map(algorithmOf);
  const content = readContent(fields.take(tags.sequence));
  const certificates = (fields.takeIf(0xa0)?.items ?? []).map(readCertificate);
  const signers = fields.take(tags.set).items.map(readSigner);
  fields.end();
  return { info: readInfo(readDer(content)), content, digestAlgorithms, certificates, signers };
}

function readContent(value: DerValue): Uint8Array {
  const fields = fieldsOf(value);
  if (oidOf(fields.take(tags.oid)) !== timestampContentType) throw malformed();
  const octets = onlyItem(fields.take(0xa0), 0xa0);
  fields.end();
  if (octets.tag !== tags.octetString) throw malformed();
  return octets.content;
}

function readSigner(value: DerValue): TokenSigner {
  const fields = fieldsOf(value);
  const version = numberOf(fields.take(tags.integer));
  const keyIdentifier = fields.takeIf(0x80);
  const id =
    keyIdentifier === undefined
      ? readIssuerAndSerial(fields.take(tags.sequence))
      : { keyIdentifier: keyIdentifier.content };
  if (version !== (keyIdentifier === undefined ? 1n : 3n)) throw malformed();
  const digestAlgorithm = algorithmOf(fields.take(tags.sequence));
  const signed = fields.take(0xa0);
  const signatureAlgorithm = algorithmOf(fields.take(tags.sequence));
  const signature = fields.take(tags.octetString).content;
  fields.end();
  // Signed as a SET, whatever tag stands for it in the signer (RFC 5652, 5.4).
  const signedBytes = Uint8Array.from(signed.raw);
  signedBytes[0] = tags.set;
  return { id, digestAlgorithm, signatureAlgorithm, signature, signedBytes, attributes: readAttributes(signed.items) };
}

function readIssuerAndSerial(value: DerValue): SignerId {
  const fields = fieldsOf(value);
  const issuer = fields.take(tags.sequence).raw;
  const serial = fields.take(tags.integer).content;
  fields.end();
  return { issuer, serial };
}

/** Each attribute once, with one value, as the four that matter here must be. */
function readAttributes(items: readonly DerValue[]): ReadonlyMap<string, DerValue> {
  const attributes = new Map<string, DerValue>();
  for (const item of items) {
    const fields = fieldsOf(item);
    const id = oidOf(fields.take(tags.oid));
    const value = onlyItem(fields.take(tags.set), tags.set);
    fields.end();
    if (attributes.has(id)) throw malformed();
    attributes.set(id, value);
  }
  return attributes;
}

function readInfo(value: DerValue): TimestampInfo {
  const fields = fieldsOf(value);
  if (numberOf(fields.take(tags.integer)) !== 1n) throw malformed();
  const policy = oidOf(fields.take(tags.oid));
  const imprintFields = fieldsOf(fields.take(tags.sequence));
  const algorithm = algorithmOf(imprintFields.take(tags.sequence));
  const digest = imprintFields.take(tags.octetString).content;
  imprintFields.end();
  const serial = fields.take(tags.integer).content;
  const time = generalizedTimeOf(fields.take(tags.generalizedTime));
  const accuracyField = fields.takeIf(tags.sequence);
  const accuracy = accuracyField === undefined ? undefined : readAccuracy(accuracyField);
  // Whether two tokens of one authority can be put in order, which nothing here rests on.
  booleanOf(fields.takeIf(tags.boolean));
  const nonceField = fields.takeIf(tags.integer);
  const nonce = nonceField === undefined ? undefined : numberOf(nonceField);
  const named = fields.takeIf(0xa0);
  const authority = named === undefined ? undefined : readAuthority(onlyItem(named, 0xa0));
  const extensions = readExtensionItems(fields.takeIf(0xa1)?.items ?? []);
  fields.end();
  const hasUnknownExtension = [...extensions.values()].some(({ isCritical }) => isCritical);
  return { policy, imprint: { algorithm, digest }, serial, time, accuracy, nonce, authority, hasUnknownExtension };
}

function readAuthority(name: DerValue): Uint8Array | undefined {
  return name.tag === DIRECTORY_NAME ? onlyItem(name, DIRECTORY_NAME).raw : undefined;
}

function readAccuracy(value: DerValue): number {
  const fields = fieldsOf(value);
  const parts = [fields.takeIf(tags.integer), fields.takeIf(0x80), fields.takeIf(0x81)];
  fields.end();
  const [seconds, millis, micros] = parts.map((part) => (part === undefined ? 0n : numberOf(part)));
  if (seconds === undefined || millis === undefined || micros === undefined) throw malformed();
  if (seconds > 1_000_000_000n || millis > 999n || micros > 999n) throw malformed();
  return Number(seconds * 1_000_000n + millis * 1_000n + micros);
}

/** What a reference says of the signing certificate (RFC 2634, 5.4.1; RFC 5035, 4). */
export type CertificateReference = Readonly<{
  digestName: DigestName | "SHA-1" | undefined;
  digest: Uint8Array;
  issuer: Uint8Array | undefined;
  serial: Uint8Array | undefined;
}>;

/**
 * The first reference of a signing-certificate attribute, which is the one that counts.
 * @throws ProtocolError `timestamp-data-malformed`
 */
export function readCertificateReference(attribute: DerValue, version: 1 | 2): CertificateReference {
  const outer = fieldsOf(attribute);
  const [first] = outer.take(tags.sequence).items;
  outer.takeIf(tags.sequence);
  outer.end();
  if (first === undefined) throw malformed();
  const fields = fieldsOf(first);
  const algorithm = version === 2 ? fields.takeIf(tags.sequence) : undefined;
  const newDigest = algorithm === undefined ? "SHA-256" : digestNameOf(algorithmOf(algorithm));
  const digest = fields.take(tags.octetString).content;
  const issuerSerial = fields.takeIf(tags.sequence);
  fields.end();
  return { digestName: version === 1 ? "SHA-1" : newDigest, digest, ...readIssuerSerial(issuerSerial) };
}

function readIssuerSerial(value: DerValue | undefined) {
  if (value === undefined) return { issuer: undefined, serial: undefined };
  const fields = fieldsOf(value);
  const names = fields.take(tags.sequence).items;
  const serial = fields.take(tags.integer).content;
  fields.end();
  const issuer = names.map(readAuthority).find((name) => name !== undefined);
  return { issuer, serial };
}
