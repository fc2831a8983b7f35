import { usageInvalid } from "./problems.ts";

/**
 * A clock of the reader's that is right, where that of the computer is not, in Unix seconds. Throws
 * `usage-invalid`.
 */
export function parseClock(text: string, help: string): number {
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw usageInvalid(help, "clock-malformed");
  return Math.floor(time / 1_000);
}
