import type { dealShow as english } from "../../en/commands/dealShow.ts";
import type { Translated } from "../../language.ts";
import { options } from "../options.ts";

export const dealShow = {
  summary: "查看交易状态、各方可做的操作，以及无人操作时的结果",
  about: [
    "向中继查询一笔交易在链上的状态。以链上为准：中继可能有延迟，但其所述内容",
    "均可向该链任一节点核对（`holdfast deal pack` 与托管合约的 dealOf）。",
  ],
  examples: ["金额按文件所载单位显示", "凭编号查询，供程序使用；金额为最小单位"],
  options: {
    ...options.url,
  },
} as const satisfies Translated<typeof english>;
