import type { evidence as english } from "../../en/commands/evidence.ts";
import type { Translated } from "../../language.ts";

export const evidence = {
  summary: "提交可供法院核验的证据，打开他人提交的证据",
  about: [
    "add 在本机加密文件，存入中继，为每个文件签署一份记录，并写出证明该文件的证据包。",
    "list 列出一笔交易下已提交的证据。open 获取并解密为您加密的文件。",
    "audit 核查中继是否履行上链承诺。`holdfast verify` 用于核验，无需联网。",
  ],
} as const satisfies Translated<typeof english>;
