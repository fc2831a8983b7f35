import {
  type Certificate,
  extensionIds,
  type Issued,
  isIssuerOf,
  isKeyFor,
  isSignedBy,
  readExtensionItems,
  readExtensions,
  readSigned,
  requireSameAlgorithm,
} from "./certificate.ts";
import { bigEndian, type DerValue, fieldsOf, isSame, malformed, numberOf, readDer, tags } from "./der.ts";
import { timeOf } from "./instant.ts";
import type { CertificatePath } from "./path.ts";

/** A revoked certificate: since when, in Unix seconds, and why (RFC 5280, 5.3.1). */
type Revoked = Readonly<{ serial: Uint8Array; at: number; reason: number | undefined; isUnderstood: boolean }>;

/** A certificate revocation list (RFC 5280, 5). */
export type RevocationList = Issued &
  Readonly<{
    /** Unix second in which it was made. */
    thisUpdate: number;
    revoked: readonly Revoked[];
    /** Without a critical extension that changes what the list is about. */
    isComplete: boolean;
  }>;

/** What lists say of a path: none of its certificates is on one that speaks of it; or unknown. */
export type Revocation = "revoked" | "checked" | "not-checked";

/** unspecified, affiliationChanged, superseded, cessationOfOperation: the key was not lost. */
const harmlessReasons: readonly (number | undefined)[] = [0, 3, 4, 5];

/**
 * Reads a revocation list.
 * @throws ProtocolError `timestamp-data-malformed`
 */
export function readRevocationList(value: DerValue): RevocationList {
  const { tbs, ...signed } = readSigned(value);
  const fields = fieldsOf(tbs);
  const version = fields.takeIf(tags.integer);
  if (version !== undefined && numberOf(version) !== 1n) throw malformed();
  requireSameAlgorithm(fields.take(tags.sequence), value);
  const issuer = fields.take(tags.sequence).raw;
  const thisUpdate = timeOf(fields.takeAny());
  const nextUpdate = fields.takeIf(tags.utcTime) ?? fields.takeIf(tags.generalizedTime);
  if (nextUpdate !== undefined) timeOf(nextUpdate);
  const revoked = (fields.takeIf(tags.sequence)?.items ?? []).map(readRevoked);
  const extensions = readExtensions(fields.takeIf(0xa0));
  fields.end();
  const isComplete = [...extensions.values()].every(({ isCritical }) => !isCritical);
  return { ...signed, issuer, thisUpdate, revoked, isComplete };
}

function readRevoked(value: DerValue): Revoked {
  const fields = fieldsOf(value);
  const serial = fields.take(tags.integer).content;
  const at = timeOf(fields.takeAny());
  const extensions = readExtensionItems(fields.takeIf(tags.sequence)?.items ?? []);
  fields.end();
  const code = extensions.get(extensionIds.reasonCode);
  const reason = code === undefined ? undefined : Number(reasonOf(code.value));
  const isUnderstood = [...extensions].every(([id, { isCritical }]) => !isCritical || id === extensionIds.reasonCode);
  return { serial, at, reason, isUnderstood };
}

function reasonOf(bytes: Uint8Array): bigint {
  const value = readDer(bytes);
  if (value.tag !== tags.enumerated) throw malformed();
  return bigEndian(value.content);
}

/**
 * What the lists say of the certificates below a root, for a token of this Unix second (RFC 3161,
 * 4): one that was revoked later for a reason that leaves the key unharmed still counts; without a
 * stated reason none does. `checked` needs, for each, a complete list of its issuer that was made
 * no earlier than the token.
 */
export async function revocationOf(
  path: CertificatePath,
  lists: readonly RevocationList[],
  at: number,
): Promise<Revocation> {
  let isChecked = true;
  for (const [depth, certificate] of path.entries()) {
    const issuer = path[depth + 1];
    if (issuer === undefined) break;
    const ofIssuer = await listsBy(issuer, lists);
    if (ofIssuer.some((list) => isRevokedBy(list, { certificate, at }))) return "revoked";
    isChecked &&= ofIssuer.some(({ isComplete, thisUpdate }) => isComplete && thisUpdate >= at);
  }
  return isChecked ? "checked" : "not-checked";
}

async function listsBy(issuer: Certificate, lists: readonly RevocationList[]): Promise<readonly RevocationList[]> {
  const signed: RevocationList[] = [];
  for (const list of lists) {
    if (!isIssuerOf(issuer, list) || !isKeyFor(issuer, "cRLSign")) continue;
    if ((await isSignedBy(list, issuer)) === true) signed.push(list);
  }
  return signed;
}

function isRevokedBy(list: RevocationList, { certificate, at }: { certificate: Certificate; at: number }): boolean {
  return list.revoked.some(
    (entry) =>
      isSame(entry.serial, certificate.serial) &&
      (!entry.isUnderstood || !harmlessReasons.includes(entry.reason) || at >= entry.at),
  );
}
