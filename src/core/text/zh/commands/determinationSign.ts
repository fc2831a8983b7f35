import type { determinationSign as english } from "../../en/commands/determinationSign.ts";
import type { Translated } from "../../language.ts";
import { options } from "../options.ts";

export const determinationSign = {
  summary: "以仲裁员身份签署处理结果或延期",
  about: [
    "先用文字说明处理结果，再签署完全相同的内容（EIP-712），只用于一条链和一个争议处理合约。",
    "单个签名不动用资金：须达到仲裁组所需的签名数。",
  ],
  examples: ["转交 first.json", "用于 API 返回的处理结果"],
  options: {
    ...options.wallet,
    ...options.panelDomain,
    out: "写出签名；FILE 须不存在",
  },
} as const satisfies Translated<typeof english>;
