import type { Hex } from "viem";
import {
  type TimestampOptions,
  type TimestampProblem,
  type TimestampVerdict,
  verifyTimestamp,
} from "./verifyTimestamp.ts";

/** Why a token and its renewals prove no time. */
export type TimestampChainProblem =
  | TimestampProblem
  /** A renewal that came before the token that it renews, or after that one's certificate ended. */
  | "token-renewal-late"
  /** The first token lies ahead of the reader's clock. */
  | "token-in-future";

/**
 * What a token with its renewals proves. Only `confirmed` proves a time, that of the first token;
 * `expired` is a chain whose last certificate ended before the reader's clock. Unix seconds.
 */
export type TimestampChainVerdict =
  | Readonly<{
      status: "confirmed" | "untrusted" | "expired";
      /** As the first token states it; see `accuracySeconds` of `TimestampFacts`. */
      time: number;
      accuracySeconds: number | null;
      /** Name of the authority: text of others, to be quoted. */
      tsa: string;
      /** The last second of the last token's certificate. */
      certificateExpires: number;
      /** Whether revocation lists spoke of every certificate of every token. */
      revocation: "checked" | "not-checked";
    }>
  | Readonly<{ status: "invalid"; problem: TimestampChainProblem /** Token, from 0. */; place: number }>;

/** What the reader trusts, their clock in Unix seconds, and the seconds that it may be wrong. */
export type TimestampChainOptions = Pick<TimestampOptions, "roots" | "revocationLists"> &
  Readonly<{ now?: number | undefined; clockTolerance: number }>;

/**
 * Checks a token over a root and the tokens that renew it, each over root and the token before
 * (`timestampedBytes`), made while the certificate of that one was valid.
 * @param tokens TimeStampTokens in DER, the first one first
 * @throws ProtocolError `timestamp-data-malformed` if a root or a revocation list cannot be read
 */
export async function verifyTimestampChain(
  tokens: readonly Uint8Array[],
  root: Hex,
  { now, clockTolerance, ...trusted }: TimestampChainOptions,
): Promise<TimestampChainVerdict> {
  const links: Link[] = [];
  for (const [place, token] of tokens.entries()) {
    const before = tokens[place - 1];
    const verdict = await verifyTimestamp(token, root, {
      ...trusted,
      ...(before === undefined ? {} : { renews: before }),
    });
    if (verdict.status === "invalid") return { ...verdict, place };
    const link = { ...verdict, time: verdict.status === "confirmed" ? verdict.time : verdict.statedTime };
    const last = links.at(-1);
    if (last !== undefined && (link.time < last.time || link.time > last.certificateExpires)) {
      return { status: "invalid", problem: "token-renewal-late", place };
    }
    links.push(link);
  }
  const [first] = links;
  const last = links.at(-1);
  if (first === undefined || last === undefined) throw new TypeError("a chain has a token");
  if (now !== undefined && first.time > now + clockTolerance) {
    return { status: "invalid", problem: "token-in-future", place: 0 };
  }
  const { time, accuracySeconds, tsa } = first;
  const { certificateExpires } = last;
  const isTrusted = links.every(({ status }) => status === "confirmed");
  const isExpired = now !== undefined && now > certificateExpires;
  const isChecked = links.every((link) => link.status === "confirmed" && link.revocation === "checked");
  return {
    status: !isTrusted ? "untrusted" : isExpired ? "expired" : "confirmed",
    time,
    accuracySeconds,
    tsa,
    certificateExpires,
    revocation: isChecked ? "checked" : "not-checked",
  };
}

type Link = Exclude<TimestampVerdict, { status: "invalid" }> & Readonly<{ time: number }>;
