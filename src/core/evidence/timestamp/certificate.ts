import { type Algorithm, algorithmOf, isSigned } from "./algorithms.ts";
import {
  booleanOf,
  type DerValue,
  fieldsOf,
  isSame,
  malformed,
  numberOf,
  oidOf,
  onlyItem,
  readDer,
  tags,
  wholeBytesOf,
} from "./der.ts";
import { timeOf } from "./instant.ts";

/** An extension: what it says, and whether a reader that does not know it must refuse. */
export type Extension = Readonly<{ isCritical: boolean; value: Uint8Array }>;

/** What a signature of an issuer covers, in a certificate and in a revocation list. */
export type Issued = Readonly<{
  /** The bytes that are signed. */
  signedBytes: Uint8Array;
  algorithm: Algorithm;
  signature: Uint8Array;
  /** The issuer's name as it is encoded. */
  issuer: Uint8Array;
}>;

/** An X.509 certificate (RFC 5280) as far as a path needs it. Times in Unix seconds. */
export type Certificate = Issued &
  Readonly<{
    der: Uint8Array;
    serial: Uint8Array;
    subject: DerValue;
    notBefore: number;
    /** The last second in which it is valid. */
    notAfter: number;
    publicKey: DerValue;
    /** Bits of KeyUsage, first bit first; `undefined` limits nothing. */
    keyUsage: Uint8Array | undefined;
    /** Extended key usages; `undefined` where it states none. */
    purposes: readonly string[] | undefined;
    /**
     * How many authorities may stand between this one and the one whose key signs at the end;
     * `undefined` if it is no authority.
     */
    pathLength: number | undefined;
    extensions: ReadonlyMap<string, Extension>;
  }>;

/** Identifiers of the extensions that are read. */
export const extensionIds = {
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  basicConstraints: "2.5.29.19",
  reasonCode: "2.5.29.21",
  certificatePolicies: "2.5.29.32",
  extendedKeyUsage: "2.5.29.37",
} as const;

const TIME_STAMPING = "1.3.6.1.5.5.7.3.8";
const ANY_PURPOSE = "2.5.29.37.0";
const keyUsageBits = { digitalSignature: 0, contentCommitment: 1, keyCertSign: 5, cRLSign: 6 } as const;

/**
 * Reads a certificate.
 * @throws ProtocolError `timestamp-data-malformed`
 */
export function readCertificate(value: DerValue): Certificate {
  const { tbs, ...signed } = readSigned(value);
  const fields = fieldsOf(tbs);
  const version = fields.takeIf(0xa0);
  if (version !== undefined && ![1n, 2n].includes(numberOf(onlyItem(version, 0xa0)))) throw malformed();
  const serial = fields.take(tags.integer).content;
  requireSameAlgorithm(fields.take(tags.sequence), value);
  const issuer = fields.take(tags.sequence).raw;
  const validity = fieldsOf(fields.take(tags.sequence));
  const notBefore = timeOf(validity.takeAny());
  const notAfter = timeOf(validity.takeAny());
  validity.end();
  const subject = fields.take(tags.sequence);
  const publicKey = fields.take(tags.sequence);
  fields.takeIf(0x81);
  fields.takeIf(0x82);
  const extensions = readExtensions(fields.takeIf(0xa3));
  fields.end();
  return {
    der: value.raw,
    ...signed,
    serial,
    issuer,
    notBefore,
    notAfter,
    subject,
    publicKey,
    keyUsage: readKeyUsage(extensions.get(extensionIds.keyUsage)),
    purposes: readPurposes(extensions.get(extensionIds.extendedKeyUsage)),
    pathLength: readPathLength(extensions.get(extensionIds.basicConstraints)),
    extensions,
  };
}

/**
 * The three parts of what an issuer signed.
 * @throws ProtocolError `timestamp-data-malformed`
 */
export function readSigned(value: DerValue) {
  const outer = fieldsOf(value);
  const tbs = outer.take(tags.sequence);
  const algorithm = algorithmOf(outer.take(tags.sequence));
  const signature = wholeBytesOf(outer.take(tags.bitString));
  outer.end();
  return { tbs, signedBytes: tbs.raw, algorithm, signature };
}

/**
 * Refuses a certificate or list that names one algorithm under its signature and another outside.
 * @throws ProtocolError `timestamp-data-malformed`
 */
export function requireSameAlgorithm(inside: DerValue, value: DerValue): void {
  const outside = value.items[1];
  if (outside === undefined || !isSame(inside.raw, outside.raw)) throw malformed();
}

/**
 * Extensions by their identifiers, from the explicit tag around them; none for none.
 * @throws ProtocolError `timestamp-data-malformed` also if one stands there twice
 */
export function readExtensions(tagged: DerValue | undefined): ReadonlyMap<string, Extension> {
  const list = tagged === undefined ? undefined : onlyItem(tagged, tagged.tag);
  if (list !== undefined && (list.tag !== tags.sequence || list.items.length === 0)) throw malformed();
  return readExtensionItems(list?.items ?? []);
}

/**
 * Extensions by their identifiers.
 * @throws ProtocolError `timestamp-data-malformed` also if one stands there twice
 */
export function readExtensionItems(items: readonly DerValue[]): ReadonlyMap<string, Extension> {
  const extensions = new Map<string, Extension>();
  for (const item of items) {
    const fields = fieldsOf(item);
    const id = oidOf(fields.take(tags.oid));
    const isCritical = booleanOf(fields.takeIf(tags.boolean));
    const value = fields.take(tags.octetString).content;
    fields.end();
    if (extensions.has(id)) throw malformed();
    extensions.set(id, { isCritical, value });
  }
  return extensions;
}

/** Whether an issuer's key signed this; `undefined` for an algorithm that is not supported. */
export function isSignedBy(issued: Issued, issuer: Certificate): Promise<boolean | undefined> {
  const { signedBytes: bytes, signature, algorithm } = issued;
  return isSigned({ bytes, signature, algorithm, publicKey: issuer.publicKey });
}

/** Whether the names say that a certificate is the issuer of this. */
export function isIssuerOf(issuer: Certificate, issued: Issued): boolean {
  return isSame(issuer.subject.raw, issued.issuer);
}

/**
 * Whether a certificate is for time stamps and for nothing else (RFC 3161, 2.3): one extended key
 * usage, critical, and a key that signs.
 */
export function isForTimestamps(certificate: Certificate): boolean {
  const { purposes, extensions } = certificate;
  const isOnly = purposes?.length === 1 && purposes[0] === TIME_STAMPING;
  const isCritical = extensions.get(extensionIds.extendedKeyUsage)?.isCritical === true;
  return (
    isOnly && isCritical && (isKeyFor(certificate, "digitalSignature") || isKeyFor(certificate, "contentCommitment"))
  );
}

/**
 * Whether the extended key usages of an authority, if it states any, let it issue certificates for
 * time stamps.
 */
export function mayIssueForTimestamps({ purposes }: Certificate): boolean {
  return purposes?.some((purpose) => purpose === TIME_STAMPING || purpose === ANY_PURPOSE) ?? true;
}

/** Whether the key may be used for this; a certificate without KeyUsage limits nothing. */
export function isKeyFor({ keyUsage }: Certificate, use: keyof typeof keyUsageBits): boolean {
  const bit = keyUsageBits[use];
  return keyUsage === undefined || (((keyUsage[0] ?? 0) << bit) & 0x80) !== 0;
}

function readPurposes(extension: Extension | undefined): readonly string[] | undefined {
  if (extension === undefined) return undefined;
  const list = readDer(extension.value);
  if (list.tag !== tags.sequence) throw malformed();
  return list.items.map(oidOf);
}

function readKeyUsage(extension: Extension | undefined): Uint8Array | undefined {
  if (extension === undefined) return undefined;
  const { tag, content } = readDer(extension.value);
  if (tag !== tags.bitString) throw malformed();
  return content.subarray(1);
}

function readPathLength(extension: Extension | undefined): number | undefined {
  if (extension === undefined) return undefined;
  const fields = fieldsOf(readDer(extension.value));
  const isAuthority = booleanOf(fields.takeIf(tags.boolean));
  const length = fields.takeIf(tags.integer);
  fields.end();
  if (!isAuthority) return undefined;
  return length === undefined ? Number.POSITIVE_INFINITY : Number(numberOf(length));
}
