import type { dealTerms as english } from "../../en/commands/dealTerms.ts";
import type { Translated } from "../../language.ts";
import { options } from "../options.ts";

export const dealTerms = {
  summary: "由模板生成交易条款，金额与期限按日常写法填写",
  about: [
    "把模板（金额如 40000.50，期限如 10d）转换为双方签署、由托管合约执行的确切条款，",
    "用文字说明谁在何时前付多少、无人操作时如何处理，并写出交易文件。",
    "交易编号是条款、链与托管合约的哈希：双方在付款前即可得知，更改任何条款都会使编号改变。",
    "期限自现在起算。链与托管合约取自中继（--url），或由您指定。",
    "模板所列的仲裁组须先登记，交易才能付款：`holdfast panel register`。",
  ],
  examples: ["打印一份模板；改好名称与数字即可使用", "使用中继的合约", "不经中继；由模板指定争议处理合约"],
  options: {
    ...options.url,
    example: "只打印一份模板",
    out: "交易文件，须不存在；不指定则不写文件",
    "chain-id": "托管合约所在的链，用于未指定 --url 时",
    escrow: "托管合约地址，用于未指定 --url 时",
  },
} as const satisfies Translated<typeof english>;
