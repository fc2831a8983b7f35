import type { relayerReindex as english } from "../../en/commands/relayerReindex.ts";
import type { Translated } from "../../language.ts";

export const relayerReindex = {
  summary: "在没有中继运行时，从链上重建损坏的索引",
  about: [
    "中继所知的交易、保证金、待取款与上链记录均来自链上事件。事件缺失",
    "（`index-incomplete`）或与合约不符时，本命令删除自 BLOCK 起读取的内容，",
    "并重新读取。BLOCK 之前的内容保留；0 表示从合约的首个区块起全部重读。已签署的指令、",
    "链上交易与证据不受影响。中途停止时，索引在某一区块之前仍是完整的，",
    "下次运行中继会从该处继续。链与数据库由 `holdfast relayer` 的环境变量指定。",
  ],
  examples: ["全部重读", "从某一区块起重读"],
  options: {
    from: "重新读取的首个区块",
  },
  codes: {
    69: "无法连接节点或数据库",
    75: "有中继正在使用该数据库；或 BLOCK 之前的事件也有缺失",
    78: "设置缺失或有误，或节点属于其他链",
  },
  wholeUpTo: (block: number) => `已完整至区块 ${block}`,
  done: (from: number, to: number) => `索引已完整：已重新读取区块 ${from} 至 ${to}。`,
} as const satisfies Translated<typeof english>;
