import { formatUnits } from "viem";
import type { units as english } from "./en/units.ts";
import { escapeInvisible } from "./escapeInvisible.ts";
import type { Translated } from "./language.ts";

/** The words of one language for amounts and durations: `textsIn(language).units`. */
export type UnitWords = Translated<typeof english>;

/** How amounts of a token are written for people; `symbol` is empty where it is not known. */
export type Unit = Readonly<{ symbol: string; decimals: number }>;

/** Unit of a chain's own currency. */
export const nativeUnit = { symbol: "ETH", decimals: 18 } as const satisfies Unit;

/** Seconds of each unit of time, the largest first. */
const SECONDS = { day: 86_400, hour: 3_600, minute: 60, second: 1 } as const;

/** An amount with its unit, thousands apart: `40,000.5 USDC`. */
export function formatAmount(amount: bigint, { symbol, decimals }: Unit): string {
  const [whole = "0", fraction] = formatUnits(amount, decimals).split(".");
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, ",");
  return `${fraction === undefined ? grouped : `${grouped}.${fraction}`} ${escapeInvisible(symbol)}`.trimEnd();
}

/**
 * The unit to read amounts in: minor units where nothing is known, and a word where the symbol is
 * not.
 */
export function readableUnit(unit: Unit | null | undefined, { minor, ofToken }: UnitWords): Unit {
  if (unit == null) return { symbol: minor, decimals: 0 };
  return unit.symbol === "" ? { ...unit, symbol: ofToken } : unit;
}

/** A duration in words, its two largest units: `10 days`, `1 day 12 hours`. */
export function formatDuration(seconds: number, words: UnitWords): string {
  let rest = seconds;
  const parts: string[] = [];
  for (const unit of ["day", "hour", "minute", "second"] as const) {
    const count = Math.floor(rest / SECONDS[unit]);
    rest -= count * SECONDS[unit];
    if (count > 0) parts.push(words[unit](count));
  }
  return parts.slice(0, 2).join(" ") || words.noTime;
}

/**
 * A Unix second in UTC, `2026-12-24 18:00:00 UTC`; one that no calendar holds is written in
 * seconds.
 */
export function formatTime(seconds: number): string {
  const time = new Date(seconds * 1_000);
  return Number.isNaN(time.getTime()) ? `${seconds} s` : `${time.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/**
 * A Unix second in UTC and, where a time zone is given, as its clocks show it:
 * `2026-12-24 18:00:00 UTC (2026-12-25 02:00:00 Asia/Shanghai)`.
 *
 * @param timeZone IANA name
 */
export function formatTimes(seconds: number, timeZone?: string): string {
  const inUtc = formatTime(seconds);
  if (timeZone === undefined || /^(Etc\/)?(UTC|GMT)$/.test(timeZone) || !inUtc.endsWith("UTC")) return inUtc;
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  }).formatToParts(seconds * 1_000);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? "";
  const day = [part("year"), part("month"), part("day")].join("-");
  return `${inUtc} (${day} ${[part("hour"), part("minute"), part("second")].join(":")} ${timeZone})`;
}

/** Basis points as a percentage. */
export function formatPercent(basisPoints: number, { percent }: UnitWords): string {
  return percent(basisPoints / 100);
}

/** Bytes in the largest unit that leaves a short number. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${power === 0 ? bytes : (bytes / 1_000 ** power).toFixed(1)} ${units[power]}`;
}
