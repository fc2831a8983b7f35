import type { devSkip as english } from "../../en/commands/devSkip.ts";
import type { Translated } from "../../language.ts";

export const devSkip = {
  summary: "把本地链的时间向前拨，观察期限届满的效果",
  about: [
    "交易中的数日、数周立即过去：仲裁组的答辩期、发货期限、兜底期限。`holdfast dev` 的中继",
    "看到新区块后，处理届时到期的事项。时间不能倒回，链重新启动后仍保持拨后的",
    "时间。只有本地开发链的时间可以拨动；其他链一律拒绝。",
  ],
  examples: ["越过三天的答辩期", "使用其他端口的链"],
  options: {
    rpc: "本地链；默认 http://127.0.0.1:8545（`dev --chain-port`）",
  },
  codes: {
    78: "该链不是本地开发链",
  },
  skipped: (duration: string, time: string) => `链上时间已向前拨 ${duration}：${time}`,
} as const satisfies Translated<typeof english>;
