import type { determinationWrite as english } from "../../en/commands/determinationWrite.ts";
import type { Translated } from "../../language.ts";
import { options } from "../options.ts";

export const determinationWrite = {
  summary: "写出仲裁组的处理结果，供仲裁员签署",
  about: [
    "两项金额之和须等于该交易的托管金额。赔付在此之外，取自卖家保证金中为该交易划出的",
    "保障额；超出部分记录为赔付缺口。处理理由与所审查的证据清单以摘要载明：",
    "持有文件的人都可证明就是这些文件。",
    "处理结果可随时写出并签署，待仲裁组的答辩期届满后执行。争议期间货物送达的，",
    "处理结果失效，答辩期自验货期结束起算。",
  ],
  examples: ["40,000 的四分之三归买家，另从保证金赔付 2,000"],
  options: {
    ...options.domain,
    ...options.dispute,
    "to-buyer": "托管金额中归买家的部分",
    "to-seller": "托管金额中归卖家的部分，未扣平台服务费",
    compensation: "从保障额赔付买家的金额；默认 0",
    reasons: "书面处理理由，或其 SHA-256",
    evidence: "所审查证据的清单或上链根，或其 SHA-256",
    deadline: "可执行的截止时间：14d、2026-12-24T18:00:00Z；默认为答辩期届满后 7d",
    decimals: "代币的小数位数，用于文件未注明时",
    out: "处理结果文件；FILE 须不存在",
  },
  voidIfAPartyGivesIn:
    "若一方在执行前让步（确认收货或全额退款），托管金额即为零，本处理结果不再有效。可另备一份 --to-buyer 0 --to-seller 0、赔付相同的处理结果，恰在该情形下有效。",
} as const satisfies Translated<typeof english>;
