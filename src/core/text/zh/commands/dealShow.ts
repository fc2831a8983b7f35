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
  title: (id: string, status: string) => `交易 ${id}：${status}`,
  held: "托管金额",
  balanceDue: "待付尾款",
  coverage: "保障额",
  refunded: "此前已退款",
  asOf: "截至",
  noBlock: "尚未读取任何区块",
  paidOut: (action: string, toBuyer: string, toSeller: string, compensation: string) =>
    `已付款（${action}）：买家 ${toBuyer}，卖家 ${toSeller}，赔付 ${compensation}。`,
  undecidedAfterDelivery: (hasTail: boolean) =>
    `争议在送达之后：无人处理的，按双方约定的比例分配托管金额${hasTail ? "，仍可就保证金提出赔付请求" : ""}。`,
  undecidedBefore: (status: string) => `争议时交易${status}：无人处理的，争议除时间外不作任何改变。`,
  nothingLeft: "此后不会自动发生任何事项。",
  possibleNow: "现在可做的操作",
  possibleBefore: (actor: string, time: string) => `${actor}，须在 ${time} 之前`,
} as const satisfies Translated<typeof english>;
