import type { headers as english } from "../../en/commands/headers.ts";
import type { Translated } from "../../language.ts";

export const headers = {
  summary: "向多个节点查询证据包所涉的区块，写成可离线确认时间的文件",
  about: [
    "离线时无从得知某个区块是否在链上。本命令向每个节点查询各证据包的上链区块与签名所引较早区块，",
    "由节点给出的区块头计算哈希，仅在所有节点对每个区块均一致时写出 FILE。",
    "之后可断网用 `holdfast verify --trusted-headers FILE` 读取。",
    "FILE 没有签名，其可信程度取决于收集者：法院应自行向不同运营者的节点收集。",
    "节点地址只保留主机名：其余部分可能是密钥。",
  ],
  examples: ["向两个节点查询目录中全部证据包的区块", "按 `holdfast verify` 所示的区块号查询", "之后在断网的机器上"],
  options: {
    rpc: "该链的节点；可多次指定不同运营者的节点",
    block: "另查该区块号；可多次指定",
    out: "写出的文件；FILE 须不存在",
  },
  codes: {
    0: "已写出；JSON 中的 `warnings` 说明是否只问了一个节点、是否有区块尚未最终确定",
    69: "各节点不一致、没有响应，或区块头与其哈希不符；未写出",
    75: "有节点尚无该区块；未写出",
    78: "节点与证据包不属于同一条链",
  },
  collected: (chainId: number, nodes: string) => `链 ${chainId}，依据以下节点：${nodes}`,
  notFinal: "尚未最终确定",
  warning: {
    "one-node": "这只是一个节点的说法。请再用一个 --rpc 查询其他运营者的节点。",
    "not-finalized": "尚未最终确定的区块仍可能被替换，不能用于确认时间。请稍后重新收集，写入另一文件。",
  },
  keep: "文件没有签名，请保存在他人不能改动之处。用 `holdfast verify --trusted-headers FILE` 读取。",
} as const satisfies Translated<typeof english>;
