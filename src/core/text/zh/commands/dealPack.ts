import type { dealPack as english } from "../../en/commands/dealPack.ts";
import type { Translated } from "../../language.ts";
import { options } from "../options.ts";

export const dealPack = {
  summary: "把条款编码为合约所需的八个 32 字节字",
  about: [
    "托管合约的每个调用都以八个 32 字节字接收条款。有了它们，任何人都可用任意钱包或脚本操作，",
    "不需要中继，也不需要本程序。完整的调用由 `holdfast deal call` 打印。",
  ],
  examples: ["八个字，每行一个", "向合约查询交易编号"],
  options: {
    ...options.domain,
  },
} as const satisfies Translated<typeof english>;
