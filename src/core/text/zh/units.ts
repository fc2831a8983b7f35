import type { units as english } from "../en/units.ts";
import type { Translated } from "../language.ts";

/** Words for amounts and durations. */
export const units = {
  day: (count: number) => `${count} 天`,
  hour: (count: number) => `${count} 小时`,
  minute: (count: number) => `${count} 分钟`,
  second: (count: number) => `${count} 秒`,
  noTime: "0 秒",
  percent: (percentage: number) => `${percentage}%`,
  minor: "个最小单位",
  ofToken: "个代币",
} as const satisfies Translated<typeof english>;
