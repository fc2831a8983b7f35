import type { determinationSend as english } from "../../en/commands/determinationSend.ts";
import type { Translated } from "../../language.ts";
import { options } from "../options.ts";

export const determinationSend = {
  summary: "把已签署的处理结果或延期交给中继，由其提交上链",
  about: [
    "中继受理前核对全部内容，且不能更改。款项与赔付在执行处理结果的那笔链上交易中划付。",
    "本命令等待其入块。重复提交不会执行两次。仲裁组的答辩期",
    "届满之前，处理结果不予受理。",
  ],
  examples: ["`determination combine` 写出的文件"],
  options: {
    ...options.url,
  },
} as const satisfies Translated<typeof english>;
