/** Words for amounts and durations. */
export const units = {
  day: (count: number) => (count === 1 ? "1 day" : `${count} days`),
  hour: (count: number) => (count === 1 ? "1 hour" : `${count} hours`),
  minute: (count: number) => (count === 1 ? "1 minute" : `${count} minutes`),
  second: (count: number) => (count === 1 ? "1 second" : `${count} seconds`),
  noTime: "no time",
  percent: (percentage: number) => `${percentage} %`,
  /** A token's smallest unit, where its decimals are not known. */
  minor: "minor units",
  /** A token whose decimals are known, and its symbol is not. */
  ofToken: "units of the token",
} as const;
