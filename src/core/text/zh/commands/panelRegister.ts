import type { panelRegister as english } from "../../en/commands/panelRegister.ts";
import type { Translated } from "../../language.ts";
import { options } from "../options.ts";

export const panelRegister = {
  summary: "登记仲裁组，须在首笔指定它的交易付款之前",
  about: [
    "FILE 为单独的仲裁组文件、条款模板或交易文件。任何人都可登记；重复登记不产生变化，",
    "指定 --rpc 时会予以说明，不再发送。不加 --send 时只打印调用。`holdfast deal call fund`",
    "在需要时也会登记仲裁组。",
  ],
  examples: ["该交易的仲裁组", "用于中继的争议处理合约的调用"],
  options: {
    ...options.wallet,
    url: "中继：采用其链与争议处理合约",
    "chain-id": "争议处理合约所在的链，用于未指定 --url 且 FILE 不是交易文件时",
    tribunal: "争议处理合约地址，用于未指定 --url 且 FILE 不是交易文件时",
    send: "用 --keystore 的密钥经 --rpc 的节点发送",
    rpc: "该链的节点",
  },
  onChain: (rules: string, chainId: number) => `仲裁组 ${rules}，链 ${chainId}`,
  alreadyRegistered: (rules: string) => `仲裁组 ${rules} 已登记；未发送任何内容。`,
  registered: (rules: string, transaction: string) => `仲裁组 ${rules} 已登记：${transaction}`,
} as const satisfies Translated<typeof english>;
