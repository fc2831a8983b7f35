import type { dealPayShortfall as english } from "../../en/commands/dealPayShortfall.ts";
import type { Translated } from "../../language.ts";
import { options } from "../options.ts";

export const dealPayShortfall = {
  summary: "补付处理结果超出卖家保障额的部分给买家",
  about: [
    "处理结果载明的赔付超出保障额的部分，作为卖家的赔付缺口记录在链上。任何人都可全额或",
    "分次补付：款项直接付给买家，缺口相应减少。不加 --send 时只打印调用。未指定",
    "--amount 时，从 --rpc 的节点读取全部缺口。",
  ],
  examples: ["补付全部缺口", "补付一部分的调用，用于任意钱包"],
  options: {
    ...options.domain,
    ...options.wallet,
    amount: "金额，如 1200.50；默认为全部缺口",
    decimals: "代币的小数位数，用于文件未注明时",
    send: "用 --keystore 的密钥经 --rpc 的节点发送",
    rpc: "该链的节点",
  },
} as const satisfies Translated<typeof english>;
