import type { determinationCombine as english } from "../../en/commands/determinationCombine.ts";
import type { Translated } from "../../language.ts";
import { options } from "../options.ts";

export const determinationCombine = {
  summary: "汇集仲裁员的签名，备好提交上链",
  about: [
    "核对每个签名，取仲裁组所需的个数，按争议处理合约要求的顺序排列，并打印合约调用：",
    "任何人都可凭此用任意钱包执行处理结果或延期，不需要中继。指定 --out 时，",
    "另写出 `holdfast determination send` 交给中继的文件。",
  ],
  examples: ["五名中的三名"],
  options: {
    ...options.domain,
    panel: "载有所需签名数、期限与仲裁员的 JSON，用于交易文件中没有仲裁组时",
    out: "写出供 `determination send` 使用的文件；FILE 须不存在",
  },
  enough: (count: number, digest: string) => `${digest} 的 ${count} 个签名有效，已达所需人数。`,
} as const satisfies Translated<typeof english>;
