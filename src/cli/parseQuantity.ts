import { parseUnits } from "viem";
import { ProtocolError } from "../core/errors.ts";
import type { Unit } from "../core/text/units.ts";
import { inputMalformed } from "./problems.ts";

const SECONDS = { w: 604_800, d: 86_400, h: 3_600, m: 60, s: 1 } as const;

/**
 * Seconds of a duration like `10d`, `36h` or `1d12h`; units are w, d, h, m, s. A number alone is
 * refused: nobody could tell what it counts. Throws `input-malformed`, naming `what`.
 */
export function parseDuration(text: string, what: string): number {
  const parts = [...text.matchAll(/(\d+)([wdhms])/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join("") !== text) {
    throw inputMalformed({ path: what }, "duration-malformed", { text });
  }
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * SECONDS[unit as keyof typeof SECONDS], 0);
}

/**
 * A time as RFC 3339 with its zone, or as a duration from `now`. Unix seconds. Throws
 * `input-malformed`, naming `what`.
 */
export function parseTime(text: string, { now, what }: { now: number; what: string }): number {
  if (!/^\d{4}-/.test(text)) return now + parseDuration(text, what);
  const time = /T.*(Z|[+-]\d{2}:\d{2})$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) {
    throw inputMalformed({ path: what }, "time-malformed", { text });
  }
  return Math.floor(time / 1_000);
}

/** Minor units of a decimal amount; never rounds. Throws `amount-invalid`. */
export function parseAmount(text: string, { decimals }: Pick<Unit, "decimals">): bigint {
  const [, fraction = ""] = text.split(".");
  if (!/^\d+(\.\d+)?$/.test(text) || fraction.length > decimals) {
    throw new ProtocolError("amount-invalid", { amount: text.slice(0, 64), decimals });
  }
  return parseUnits(text, decimals);
}

/** Basis points of a percentage like `2%` or `0.25%`. Throws `input-malformed`, naming `what`. */
export function parsePercent(text: string, what: string): number {
  const match = /^(\d{1,3})(?:\.(\d{1,2}))?%$/.exec(text);
  const basisPoints = match === null ? Number.NaN : Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0"));
  if (basisPoints <= 10_000) return basisPoints;
  throw inputMalformed({ path: what }, "percentage-malformed", { text });
}
