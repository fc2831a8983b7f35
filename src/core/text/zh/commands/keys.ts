import type { keys as english } from "../../en/commands/keys.ts";
import type { Translated } from "../../language.ts";

export const keys = {
  summary: "生成与查看密钥",
  about: [
    "每个人需要两把密钥。钱包密钥用于签署：条款、指令、证据、处理结果。加密密钥用于打开",
    "他人为您加密的证据。两者均随机生成，互不推导。",
  ],
} as const satisfies Translated<typeof english>;
