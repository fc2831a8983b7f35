import { formatUnits, parseUnits } from "viem";
import { ProtocolError } from "../core/errors.ts";
import { escapeInvisible } from "../core/text/escapeInvisible.ts";
import { inputMalformed } from "./problems.ts";

/** How amounts of a token are written for people. */
export type Unit = { readonly symbol: string; readonly decimals: number };

export const nativeUnit = { symbol: "ETH", decimals: 18 } as const satisfies Unit;

const SECONDS = { w: 604_800, d: 86_400, h: 3_600, m: 60, s: 1 } as const;
const NAMES = { w: "week", d: "day", h: "hour", m: "minute", s: "second" } as const;

/**
 * Seconds of a duration like `10d`, `36h` or `1d12h`; units are w, d, h, m, s. A number alone is refused: nobody could
 * tell what it counts. Throws `input-malformed`, naming `what`.
 */
export const parseDuration = (text: string, what: string): number => {
  const parts = [...text.matchAll(/(\d+)([wdhms])/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join("") !== text) {
    throw inputMalformed({ path: what }, "duration-malformed", { text });
  }
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * SECONDS[unit as keyof typeof SECONDS], 0);
};

/** A duration in words, largest units first: `10 days`, `1 day 12 hours`. */
export const formatDuration = (seconds: number): string => {
  let rest = seconds;
  const words: string[] = [];
  for (const unit of ["d", "h", "m", "s"] as const) {
    const count = Math.floor(rest / SECONDS[unit]);
    rest -= count * SECONDS[unit];
    if (count > 0) words.push(`${count} ${NAMES[unit]}${count === 1 ? "" : "s"}`);
  }
  return words.slice(0, 2).join(" ") || "no time";
};

/** A time as RFC 3339 with its zone, or as a duration from `now`. Unix seconds. Throws `input-malformed`, naming `what`. */
export const parseTime = (text: string, { now, what }: { now: number; what: string }): number => {
  if (!/^\d{4}-/.test(text)) return now + parseDuration(text, what);
  const time = /T.*(Z|[+-]\d{2}:\d{2})$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) {
    throw inputMalformed({ path: what }, "time-malformed", { text });
  }
  return Math.floor(time / 1_000);
};

/** A second in UTC, to the minute where nothing is lost by it. */
export const formatTime = (seconds: number): string => {
  const time = new Date(seconds * 1_000);
  return Number.isNaN(time.getTime()) ? `${seconds} s` : `${time.toISOString().slice(0, 19).replace("T", " ")} UTC`;
};

/** Minor units of a decimal amount; never rounds. Throws `amount-invalid`. */
export const parseAmount = (text: string, { decimals }: Pick<Unit, "decimals">): bigint => {
  const [, fraction = ""] = text.split(".");
  if (!/^\d+(\.\d+)?$/.test(text) || fraction.length > decimals) {
    throw new ProtocolError("amount-invalid", { amount: text.slice(0, 64), decimals });
  }
  return parseUnits(text, decimals);
};

/** An amount with its unit, thousands apart: `40,000.5 USDC`. */
export const formatAmount = (amount: bigint, { symbol, decimals }: Unit): string => {
  const [whole = "0", fraction] = formatUnits(amount, decimals).split(".");
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, ",");
  return `${fraction === undefined ? grouped : `${grouped}.${fraction}`} ${escapeInvisible(symbol)}`;
};

/** Basis points of a percentage like `2%` or `0.25%`. Throws `input-malformed`, naming `what`. */
export const parsePercent = (text: string, what: string): number => {
  const match = /^(\d{1,3})(?:\.(\d{1,2}))?%$/.exec(text);
  const basisPoints = match === null ? Number.NaN : Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0"));
  if (basisPoints <= 10_000) return basisPoints;
  throw inputMalformed({ path: what }, "percentage-malformed", { text });
};

/** Basis points as a percentage. */
export const formatPercent = (basisPoints: number): string => `${basisPoints / 100} %`;

/** Bytes in the largest unit that leaves a short number. */
export const formatBytes = (bytes: number): string => {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${power === 0 ? bytes : (bytes / 1_000 ** power).toFixed(1)} ${units[power]}`;
};
