import { bytesToHex, type Hex, hexToBytes, sha256 } from "viem";
import { digestNameOf, isDigestOf, isSha256, isSigned } from "./algorithms.ts";
import { type Certificate, extensionIds, isForTimestamps, readCertificate } from "./certificate.ts";
import { isSame, oidOf, readDer, unlessMalformed } from "./der.ts";
import { distinguishedNameText } from "./distinguishedName.ts";
import { maxTokenBytes } from "./limits.ts";
import { findPath, type PathProblem, validityProblem } from "./path.ts";
import { type Revocation, readRevocationList, revocationOf } from "./revocation.ts";
import {
  attributeIds,
  type CertificateReference,
  readCertificateReference,
  readToken,
  type Token,
  type TokenSigner,
  timestampContentType,
} from "./token.ts";

/** Why a token is no time stamp over what it should be. */
export type TimestampProblem =
  | PathProblem
  | "token-too-large"
  | "token-malformed"
  | "token-signer-count-wrong"
  | "token-over-another-root"
  | "token-nonce-wrong"
  | "token-certificate-missing"
  | "token-certificate-mismatch"
  | "token-certificate-revoked"
  | "token-usage-missing"
  | "token-signature-wrong";

/** What a token whose signature is good states. Times in Unix seconds. */
export type TimestampFacts = Readonly<{
  /**
   * The moment lies within these whole seconds of the time, before or after; null where the
   * authority states none.
   */
  accuracySeconds: number | null;
  /**
   * Name of the authority as its certificate has it: `C=AT, O=Example, CN=TSA 1`. Text of others,
   * to be quoted where it is shown.
   */
  tsa: string;
  /** The policy that the authority follows, as a dotted object identifier. */
  policy: string;
  /** The token's number, unique at its authority. */
  serial: Hex;
  /** The last second in which the authority's certificate is valid: to be renewed before. */
  certificateExpires: number;
}>;

/**
 * What checking a token concluded. Only `confirmed` proves a time: that the root existed then.
 * `untrusted` is a good signature of an authority whose root the reader does not trust.
 */
export type TimestampVerdict =
  | (TimestampFacts &
      Readonly<{
        status: "confirmed";
        time: number;
        /** SHA-256 of the trusted root certificate. */
        root: Hex;
        /**
         * `checked` if lists that are no older than the token speak of every certificate below the
         * root; with none, or older ones, `not-checked`.
         */
        revocation: Exclude<Revocation, "revoked">;
      }>)
  | (TimestampFacts & Readonly<{ status: "untrusted"; reason: "token-root-unknown"; statedTime: number }>)
  | Readonly<{ status: "invalid"; problem: TimestampProblem }>;

/** What the reader of a token trusts and knows. */
export type TimestampOptions = Readonly<{
  /**
   * Certificates in DER that the reader trusts to end a path; another list is another reader's
   * trust. An authority's certificate below a root may stand here as well.
   */
  roots: readonly Uint8Array[];
  /** Revocation lists in DER, whose issuers are on the path. */
  revocationLists?: readonly Uint8Array[];
  /** The token that this one renews. */
  renews?: Uint8Array;
  /** What the request asked for; without it any nonce will do. */
  nonce?: bigint;
}>;

/**
 * The bytes that a token is over: the 32 raw bytes of a batch root, followed by the whole token
 * that it renews, if it renews one. The message imprint of a token is SHA-256 of exactly these
 * bytes, so `openssl ts -verify -data` takes them as a file.
 */
export function timestampedBytes(root: Hex, renews: Uint8Array = new Uint8Array()): Uint8Array {
  const rootBytes = hexToBytes(root);
  if (rootBytes.length !== 32) throw new TypeError("a root has 32 bytes");
  return Uint8Array.of(...rootBytes, ...renews);
}

/**
 * Checks an RFC 3161 time stamp token, offline: DER; one signer whose certificate is for time
 * stamps only, is the one that the signed attributes name and was valid at the stated time; SHA-256
 * of `timestampedBytes` as imprint; a path to one of the roots. Gives a verdict for all bytes.
 * @param token TimeStampToken in DER, at most 16 KiB
 * @param root the 32 bytes that the token must be over
 * @throws ProtocolError `timestamp-data-malformed` if a root or a revocation list cannot be read
 */
export async function verifyTimestamp(
  token: Uint8Array,
  root: Hex,
  options: TimestampOptions,
): Promise<TimestampVerdict> {
  const roots = options.roots.map((der) => readCertificate(readDer(der)));
  const lists = (options.revocationLists ?? []).map((der) => readRevocationList(readDer(der)));
  if (token.length > maxTokenBytes) return invalid("token-too-large");
  const parsed = unlessMalformed(() => readToken(token));
  const signed =
    parsed &&
    (await checkSigned(parsed, { ...options, imprint: sha256(timestampedBytes(root, options.renews), "bytes") }));
  if (parsed === undefined || signed === undefined) return invalid("token-malformed");
  if (typeof signed === "string") return invalid(signed);
  const { certificate, tsa } = signed;
  const { info } = parsed;
  const time = info.time.seconds;
  const facts = {
    accuracySeconds: accuracyOf(parsed),
    tsa,
    policy: info.policy,
    serial: bytesToHex(info.serial),
    certificateExpires: certificate.notAfter,
  };
  const search = await findPath(certificate, { roots, others: parsed.certificates, at: time });
  if (!("path" in search)) {
    if (search.problem !== null) return invalid(search.problem);
    return { status: "untrusted", reason: "token-root-unknown", statedTime: time, ...facts };
  }
  const revocation = await revocationOf(search.path, lists, time);
  if (revocation === "revoked") return invalid("token-certificate-revoked");
  const trusted = search.path.at(-1) ?? certificate;
  return { status: "confirmed", time, root: sha256(trusted.der), revocation, ...facts };
}

function invalid(problem: TimestampProblem): TimestampVerdict {
  return { status: "invalid", problem };
}

type Signed = Readonly<{ certificate: Certificate; tsa: string }>;

/** Everything but the path; `undefined` for attributes that cannot be read. */
async function checkSigned(
  token: Token,
  { imprint, nonce }: { imprint: Uint8Array; nonce?: bigint },
): Promise<Signed | TimestampProblem | undefined> {
  const { info, signers, certificates } = token;
  const [signer, second] = signers;
  if (signer === undefined || second !== undefined) return "token-signer-count-wrong";
  if (!isSha256(info.imprint.algorithm)) return "token-algorithm-unsupported";
  if (!isSame(info.imprint.digest, imprint)) return "token-over-another-root";
  if (nonce !== undefined && info.nonce !== nonce) return "token-nonce-wrong";
  if (info.hasUnknownExtension) return undefined;

  const certificate = certificates.find((one) => isNamedBy(signer, one));
  if (certificate === undefined) return "token-certificate-missing";
  const references = unlessMalformed(() => referencesOf(signer));
  const tsa = unlessMalformed(() => distinguishedNameText(certificate.subject));
  if (references === undefined || tsa === undefined) return undefined;
  for (const reference of references) {
    if (reference.digestName === undefined) return "token-algorithm-unsupported";
    if (!(await isReferenceTo(reference, certificate))) return "token-certificate-mismatch";
  }
  const isOwnName = info.authority === undefined || isSame(info.authority, certificate.subject.raw);
  if (!isOwnName || references.length === 0) return "token-certificate-mismatch";
  if (!isForTimestamps(certificate)) return "token-usage-missing";
  const problem = await signatureProblem(token, signer, certificate);
  return problem ?? validityProblem(certificate, info.time.seconds) ?? { certificate, tsa };
}

function isNamedBy({ id }: TokenSigner, certificate: Certificate): boolean {
  if ("issuer" in id) return isSame(id.issuer, certificate.issuer) && isSame(id.serial, certificate.serial);
  const stated = certificate.extensions.get(extensionIds.subjectKeyIdentifier);
  const identifier = stated && unlessMalformed(() => readDer(stated.value));
  return identifier !== undefined && isSame(identifier.content, id.keyIdentifier);
}

function referencesOf({ attributes }: TokenSigner): readonly CertificateReference[] {
  const old = attributes.get(attributeIds.signingCertificate);
  const present = attributes.get(attributeIds.signingCertificateV2);
  return [
    ...(old === undefined ? [] : [readCertificateReference(old, 1)]),
    ...(present === undefined ? [] : [readCertificateReference(present, 2)]),
  ];
}

async function isReferenceTo(reference: CertificateReference, certificate: Certificate): Promise<boolean> {
  const { digestName, digest, issuer, serial } = reference;
  if (digestName === undefined || !(await isDigestOf(digest, digestName, certificate.der))) return false;
  const isIssuer = issuer === undefined || isSame(issuer, certificate.issuer);
  return isIssuer && (serial === undefined || isSame(serial, certificate.serial));
}

async function signatureProblem(
  { content, digestAlgorithms }: Token,
  signer: TokenSigner,
  certificate: Certificate,
): Promise<TimestampProblem | undefined> {
  const { attributes, signature, signedBytes, signatureAlgorithm: algorithm } = signer;
  const digest = digestNameOf(signer.digestAlgorithm);
  if (digest === undefined) return "token-algorithm-unsupported";
  const [listed, another] = digestAlgorithms;
  if (another !== undefined || listed === undefined || digestNameOf(listed) !== digest) return "token-malformed";
  const contentType = attributes.get(attributeIds.contentType);
  const stated = attributes.get(attributeIds.messageDigest);
  if (contentType === undefined || stated === undefined) return "token-malformed";
  const isTimestamp = unlessMalformed(() => oidOf(contentType)) === timestampContentType;
  if (!isTimestamp) return "token-malformed";
  if (!(await isDigestOf(stated.content, digest, content))) return "token-signature-wrong";
  const { publicKey } = certificate;
  const isGood = await isSigned({ bytes: signedBytes, signature, algorithm, publicKey, digest });
  if (isGood === undefined) return "token-algorithm-unsupported";
  return isGood ? undefined : "token-signature-wrong";
}

/** The fraction of a second that the time is cut by counts as inaccuracy. */
function accuracyOf({ info }: Token): number | null {
  if (info.accuracy === undefined) return null;
  return Math.ceil(info.accuracy / 1_000_000) + (info.time.hasFraction ? 1 : 0);
}
