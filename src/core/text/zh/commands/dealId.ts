import type { dealId as english } from "../../en/commands/dealId.ts";
import type { Translated } from "../../language.ts";
import { options } from "../options.ts";

export const dealId = {
  summary: "由条款计算交易编号，并用文字说明条款",
  about: [
    "编号是链、托管合约与条款的哈希。签署或付款前请自行计算：若与对方或链上显示的编号相同，",
    "则条款就是这些。钱包签署的是另一个哈希，即同一条款的 EIP-712 摘要：它与编号一并显示，",
    "可与钱包所示内容核对。",
  ],
  examples: ["用文字说明条款，并给出编号", "用于 API 返回的条款（不含交易文件格式）"],
  options: {
    ...options.domain,
  },
  whatPartiesSign: (digest: string) => `各方签署的摘要：${digest}`,
} as const satisfies Translated<typeof english>;
