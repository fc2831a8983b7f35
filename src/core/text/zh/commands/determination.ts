import type { determination as english } from "../../en/commands/determination.ts";
import type { Translated } from "../../language.ts";

export const determination = {
  summary: "由仲裁员对有争议的交易作出处理结果",
  about: [
    "一名仲裁员写出处理结果（write）并转交，各仲裁员分别签署（sign）；任何人都可汇集足够的签名",
    "（combine）并提交上链：经中继（send），或用任意钱包发送调用。",
    "仲裁员只能在双方之间分配托管金额，并从该交易的保障额中赔付，且须等仲裁组的答辩期",
    "届满、对方已有机会答辩之后。需要更多时间时，可延长争议（extend）。",
  ],
} as const satisfies Translated<typeof english>;
