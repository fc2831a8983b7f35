import type { dealRegister as english } from "../../en/commands/dealRegister.ts";
import type { Translated } from "../../language.ts";
import { options } from "../options.ts";

export const dealRegister = {
  summary: "向中继登记交易条款，由其提交各方签署的指令",
  about: [
    "中继保存条款、订单文件，以及文件中已有的卖家签名；付款时托管合约会拒绝的条款，中继当即拒绝：",
    "期限已过、保证金不足以承担保障额、仲裁组尚未登记。",
    "指定 --rpc 与 --keystore 时，会在需要时先登记仲裁组。不动用资金。",
  ],
  examples: ["之后买家即可付款"],
  options: {
    ...options.url,
    ...options.domain,
    ...options.wallet,
    rpc: "该链的节点，用 --keystore 的密钥在链上登记仲裁组",
  },
  registered: (id: string) => `中继已登记交易 ${id}。`,
} as const satisfies Translated<typeof english>;
