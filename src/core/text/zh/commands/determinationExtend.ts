import type { determinationExtend as english } from "../../en/commands/determinationExtend.ts";
import type { Translated } from "../../language.ts";
import { options } from "../options.ts";

export const determinationExtend = {
  summary: "写出争议延期，供仲裁员签署",
  about: [
    "兜底期限之前，仲裁员可以作出处理结果；期限届满后，任何人都可了结争议。延期把兜底期限",
    "推后：自执行之时起最多 180 天，且不得超过争议开始后三年；送达时已有争议的，自",
    "验货期结束起算三年。延期与处理结果一样签署、汇集、提交，所需签名数",
    "相同，不动用资金。货物送达后延期失效。",
  ],
  examples: ["自现在起 90 天", "之后运行 `determination combine` 与 `determination send`"],
  options: {
    ...options.domain,
    ...options.dispute,
    until: "新的兜底期限：90d、2026-12-24T18:00:00Z",
    reasons: "书面理由，或其 SHA-256",
    deadline: "可执行的截止时间：7d、2026-12-24T18:00:00Z；默认 7d",
    out: "延期文件；FILE 须不存在",
  },
} as const satisfies Translated<typeof english>;
