import { type DerValue, malformed, tags } from "./der.ts";

/** A moment as DER states it: whole seconds since 1970, and whether a fraction was cut off. */
export type Instant = Readonly<{ seconds: number; hasFraction: boolean }>;

const GENERALIZED = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d{0,8}[1-9])?Z$/;
const UTC = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;

/**
 * Reads a GeneralizedTime in UTC, with a fraction only where it is not zero (RFC 3161, 2.4.2).
 * @throws ProtocolError `timestamp-data-malformed`
 */
export function generalizedTimeOf(value: DerValue): Instant {
  if (value.tag !== tags.generalizedTime) throw malformed();
  const match = GENERALIZED.exec(asciiOf(value));
  if (match === null) throw malformed();
  const [, year = "", ...rest] = match;
  return { seconds: secondsAt(Number(year), rest.slice(0, 5)), hasFraction: match[7] !== undefined };
}

/**
 * Reads the time of a certificate or revocation list (RFC 5280, 4.1.2.5) in Unix seconds.
 * @throws ProtocolError `timestamp-data-malformed`
 */
export function timeOf(value: DerValue): number {
  if (value.tag === tags.generalizedTime) {
    const { seconds, hasFraction } = generalizedTimeOf(value);
    if (hasFraction) throw malformed();
    return seconds;
  }
  const match = value.tag === tags.utcTime ? UTC.exec(asciiOf(value)) : null;
  if (match === null) throw malformed();
  const [, short = "", ...rest] = match;
  return secondsAt(Number(short) + (Number(short) < 50 ? 2000 : 1900), rest);
}

function secondsAt(year: number, parts: readonly string[]): number {
  const [month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map(Number);
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  // The 31st of April would be the 1st of May.
  const isReal =
    date.getUTCFullYear() === year &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    date.getUTCHours() === hour &&
    date.getUTCMinutes() === minute;
  if (!isReal || second > 59) throw malformed();
  return date.getTime() / 1_000;
}

function asciiOf(value: DerValue): string {
  return String.fromCharCode(...value.content);
}
