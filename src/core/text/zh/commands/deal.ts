import type { deal as english } from "../../en/commands/deal.ts";
import type { Translated } from "../../language.ts";

export const deal = {
  summary: "起草、签署并履行交易，可经中继，也可不经中继",
  about: [
    "交易编号是其条款、所在链与托管合约的哈希。双方起草条款（terms）、签署条款（sign）、向中继登记",
    "（register），以签署的指令操作，任何人都可代为提交（intent），并随时查看交易状态（show）。",
    "不经中继也能完成全部操作：call 打印交易调用，由您用自己的钱包发送。",
  ],
} as const satisfies Translated<typeof english>;
