import type { keysShow as english } from "../../en/commands/keysShow.ts";
import type { Translated } from "../../language.ts";
import { options } from "../options.ts";

export const keysShow = {
  summary: "查看密钥文件对应的地址或公钥",
  about: [
    "说明密钥文件的用途，不显示密钥。密钥库的地址按文件所载读取；",
    "加上 --check 则询问密码，给出密钥本身的地址。",
  ],
  examples: ["可交给对方的地址", "核对密码是否仍能打开", "用于加密证据的公钥"],
  options: {
    check: "用密码打开密钥库",
    "password-file": options.wallet["password-file"],
  },
  passwordOpens: "密码可以打开密钥库。",
  asStated: "按文件所载；--check 用密码打开核对。",
} as const satisfies Translated<typeof english>;
