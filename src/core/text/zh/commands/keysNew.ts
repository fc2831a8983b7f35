import type { keysNew as english } from "../../en/commands/keysNew.ts";
import type { Translated } from "../../language.ts";
import { options } from "../options.ts";

export const keysNew = {
  summary: "生成钱包密钥，存入加密文件",
  about: [
    "随机生成一把密钥，加密写入文件（Web3 Secret Storage 第 3 版），仅您本人可读。用于签署",
    "条款、指令、证据与处理结果，其他钱包也可导入。持有该文件与密码的人可以您的名义签署；",
    "丢失其中之一，任何人都无法恢复，请将两者分别备份。",
  ],
  examples: ["询问密码两次，并打印地址", "用于脚本"],
  options: {
    out: "新文件；须不存在",
    "password-file": options.wallet["password-file"],
  },
  keepCopies: "请将文件与密码各备份一份，分别存放。",
} as const satisfies Translated<typeof english>;
