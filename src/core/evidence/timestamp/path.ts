import {
  type Certificate,
  extensionIds,
  isIssuerOf,
  isKeyFor,
  isSignedBy,
  mayIssueForTimestamps,
} from "./certificate.ts";
import { isSame } from "./der.ts";

/** Why certificates do not lead from a time stamp to a trusted root. */
export type PathProblem =
  | "token-algorithm-unsupported"
  | "token-certificate-expired"
  | "token-certificate-not-yet-valid"
  | "token-chain-invalid";

/** From the time-stamping certificate up to the trusted root, both included. */
export type CertificatePath = readonly [Certificate, ...Certificate[]];

/** A path, or the best reason why there is none; `null` where nothing leads to a trusted root. */
export type PathSearch = Readonly<{ path: CertificatePath } | { problem: PathProblem | null }>;

const MAX_PATH = 8;
/** Signatures that one search checks at most, whatever certificates a token brings along. */
const MAX_CHECKS = 64;

/** Critical extensions that are checked here, or that limit nothing that is concluded. */
const understood: readonly string[] = [
  extensionIds.keyUsage,
  extensionIds.basicConstraints,
  extensionIds.certificatePolicies,
  extensionIds.extendedKeyUsage,
];

/** What paths may be made of, and the Unix second at which each certificate must be valid. */
export type PathOptions = Readonly<{
  roots: readonly Certificate[];
  others: readonly Certificate[];
  at: number;
}>;

/**
 * Looks for a path (RFC 5280, 6.1) from a time-stamping certificate to one of the roots, whose own
 * validity and constraints count as well. Names are compared byte by byte; a critical extension
 * that is not understood, as name constraints, breaks a path.
 */
export async function findPath(leaf: Certificate, options: PathOptions): Promise<PathSearch> {
  const { roots, others, at } = options;
  let checks = 0;
  let problem: PathProblem | null = null;

  const extend = async (path: CertificatePath): Promise<CertificatePath | undefined> => {
    const last = path.at(-1) ?? leaf;
    const isUnused = (candidate: Certificate) => !path.some(({ der }) => isSame(der, candidate.der));
    const issuers = [...roots, ...others].filter((one) => isIssuerOf(one, last) && isUnused(one));
    for (const issuer of issuers) {
      if (path.length >= MAX_PATH || ++checks > MAX_CHECKS) return undefined;
      const isGood = await isSignedBy(last, issuer);
      if (isGood === undefined) problem ??= "token-algorithm-unsupported";
      if (isGood !== true) continue;
      const longer: CertificatePath = [...path, issuer];
      if (!roots.includes(issuer)) {
        const found = await extend(longer);
        if (found !== undefined) return found;
        continue;
      }
      const broken = problemOf(longer, at);
      if (broken === undefined) return longer;
      problem ??= broken;
    }
    return undefined;
  };

  const path = await extend([leaf]);
  return path === undefined ? { problem } : { path };
}

/** Whether a certificate is valid in a Unix second; both ends belong to it. */
export function validityProblem({ notBefore, notAfter }: Certificate, at: number): PathProblem | undefined {
  if (at < notBefore) return "token-certificate-not-yet-valid";
  return at > notAfter ? "token-certificate-expired" : undefined;
}

function problemOf(path: CertificatePath, at: number): PathProblem | undefined {
  for (const [depth, certificate] of path.entries()) {
    const outside = validityProblem(certificate, at);
    if (outside !== undefined) return outside;
    const isUnderstood = [...certificate.extensions].every(
      ([id, { isCritical }]) => !isCritical || understood.includes(id),
    );
    if (!isUnderstood) return "token-chain-invalid";
    if (depth === 0) continue;
    // Authorities between this one and the leaf; one that renewed its own key does not count.
    const between = path.slice(1, depth).filter(({ issuer, subject }) => !isSame(issuer, subject.raw));
    if (certificate.pathLength === undefined || between.length > certificate.pathLength) return "token-chain-invalid";
    if (!isKeyFor(certificate, "keyCertSign") || !mayIssueForTimestamps(certificate)) return "token-chain-invalid";
  }
  return undefined;
}
