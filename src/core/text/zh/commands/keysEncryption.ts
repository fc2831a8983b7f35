import type { keysEncryption as english } from "../../en/commands/keysEncryption.ts";
import type { Translated } from "../../language.ts";

export const keysEncryption = {
  summary: "生成用于打开证据的加密密钥",
  about: [
    "随机生成一把 age X25519 密钥。请把公钥（age1...）交给须让您看到证据的人：",
    "当事人、仲裁员、法院。文件未加密，仅您本人可读，可用标准工具打开证据：",
    "age -d -i FILE。密钥一旦丢失，只为它加密的内容将永远无法打开。",
  ],
  examples: ["打印可交给他人的公钥"],
  options: {
    out: "新文件；须不存在",
  },
  keepFile: "公钥可交给他人；文件及其备份请自行保管。",
} as const satisfies Translated<typeof english>;
