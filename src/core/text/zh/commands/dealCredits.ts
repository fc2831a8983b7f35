import type { dealCredits as english } from "../../en/commands/dealCredits.ts";
import type { Translated } from "../../language.ts";
import { options } from "../options.ts";

export const dealCredits = {
  summary: "查看某账户在托管合约中的待取款",
  about: [
    "平台服务费，以及代币当时拒绝转出的款项，均由托管合约代为保留，直至所有人提取",
    "（`holdfast deal intent withdraw-credit` 或 `holdfast deal call withdraw-credit`）。指定交易文件时，",
    "列出买家、卖家与平台在该交易代币中的款项。中继（--url）给出其已索引的数额；节点",
    "（--rpc）给出合约当前的数额。无从得知代币小数位数时，金额以最小单位表示。",
  ],
  examples: ["一笔交易的各方，取自链上", "一个账户，取自中继", "原生币，取自链上"],
  options: {
    ...options.url,
    token: "代币地址；默认为原生币",
    decimals: "代币的小数位数，用于文件与节点均未注明时",
    rpc: "该链的节点",
    "chain-id": "托管合约所在的链，与 OWNER、--rpc 一并使用",
    escrow: "托管合约地址，与 OWNER、--rpc 一并使用",
  },
  title: (token: string) => `待取款（${token}）`,
  nativeCurrency: "原生币",
} as const satisfies Translated<typeof english>;
