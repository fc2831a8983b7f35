import type { panel as english } from "../../en/commands/panel.ts";
import type { Translated } from "../../language.ts";

export const panel = {
  summary: "登记交易的仲裁组，查看其成员",
  about: [
    "条款以哈希指定仲裁组：哪些仲裁员、几人即可作出处理结果、对方的答辩期多长，以及接受哪些期限的",
    "交易。该哈希对应的仲裁组由任何人在链上登记一次，须在首笔指定它的交易付款之前。",
    "登记后任何人都不能更改。",
  ],
} as const satisfies Translated<typeof english>;
