import type { deploy as english } from "../../en/commands/deploy.ts";
import type { Translated } from "../../language.ts";
import { options } from "../options.ts";

export const deploy = {
  summary: "在链上部署合约，或检查是否已部署",
  about: [
    "EvidenceRegistry、Escrow 与 PanelTribunal 的地址只由其代码决定：在每条链上、由任何人部署，",
    "地址都相同，且没有所有者。不加 --send 时，编译合约、与链上代码比对，列出缺少的合约与",
    "所需费用，不发送任何内容。加上 --send 则部署缺少的合约；中途停止或被终止后，",
    "重新执行同一命令即可继续，不会重复部署。全部就绪后写出 --out，",
    "即中继所需的 deployment.json。部署前须决定的事项见 docs/deploying.md。",
  ],
  examples: ["已有、缺少的合约与所需费用；不发送", "部署缺少的合约", "供区块浏览器使用的编译输入"],
  options: {
    ...options.wallet,
    rpc: "该链的节点",
    "chain-id": "节点属于其他链时拒绝",
    out: "写出中继所需的文件，如 deployment.json",
    send: "用 --keystore 的密钥部署缺少的合约",
    "standard-json": "另写出每个合约的编译器输入，供区块浏览器或您自己的编译器使用",
  },
  codes: {
    0: "已检查或已部署；JSON 中的 `isDeployed` 说明是否全部就绪",
    69: "账户余额不足、节点没有响应，或某笔交易失败",
    73: "--out 已存在，且内容属于其他合约",
    78: "节点属于其他链，或某地址上是其他代码",
  },
  chain: (chainId: number) => `链 ${chainId}`,
  factory: "CREATE2 工厂",
  there: "已部署",
  missing: "缺少",
  factoryMissing: "缺少：将首先部署",
  permit2Missing: "缺少：不能用 Permit2 付款",
  multicall3Missing: "缺少：到期的调用由中继逐个发送",
  cost: (count: number, gas: string, amount: string) =>
    `共 ${count} 笔链上交易，最多 ${gas} gas，最多需原生币 ${amount}。`,
  isThere: "全部已部署；未发送任何内容。",
  addressesIn: (file: string) => `地址见 ${file}。`,
  howToSend: "未发送任何内容：加上 --send --keystore FILE --out FILE 即可发送。",
  sentFrom: (account: string, chainId: number) => `由 ${account} 发送至链 ${chainId}。`,
  sent: (hash: string, what: string) => `已发送 ${hash}（${what}）；等待入块……`,
  created: (contract: string, address: string) => `${contract} 位于 ${address}。`,
  factoryMoney: "CREATE2 工厂所需的资金",
  factorySent: "已发送 CREATE2 工厂；等待入块……",
  deployedBy: (account: string) => `已由 ${account} 部署。`,
  compiling: (seconds: number) => `正在编译合约：${seconds} 秒`,
} as const satisfies Translated<typeof english>;
