import type { dealUnpack as english } from "../../en/commands/dealUnpack.ts";
import type { Translated } from "../../language.ts";

export const dealUnpack = {
  summary: "把调用数据或付款事件中的八个字还原为条款",
  about: [
    "交易的付款事件以八个 32 字节字载明条款。本命令将其还原，只有链上数据的人也能",
    "知道约定的内容。FILE 为十六进制的八个字，或该事件的数据。",
  ],
  examples: ["得到条款本身；`deal id` 还需 --chain-id 与 --escrow", "编码后再还原"],
  options: {},
} as const satisfies Translated<typeof english>;
