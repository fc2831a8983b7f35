import type { evidenceAudit as english } from "../../en/commands/evidenceAudit.ts";
import type { Translated } from "../../language.ts";
import { options } from "../options.ts";

export const evidenceAudit = {
  summary: "核查中继是否履行上链承诺，并取回其后的结果",
  about: [
    "中继受理证据时签名承诺在某一时间前上链。本命令对 FOLDER 中的每个证据包，以及每份已提交",
    "但尚无证据包的记录（*.filing.json），说明承诺已履行、未履行或尚不能判断，所依据的区块，",
    "以及下一步怎么做。不指定 --url 时不联网查询；指定后，已就绪的证据包会写出，其后签发的",
    "时间戳会加入证据包；核验不通过的不加入，证据包原有内容一概保留。",
    "承诺未履行是中继的责任，不影响证据本身。",
  ],
  examples: [
    "仅依据文件，无需联网",
    "取回现已就绪的内容，并由您自己的节点确认区块",
    "以 `holdfast headers` 收集的区块确认",
  ],
  options: {
    url: `${options.url.url}；向其查询其后的结果`,
    rpc: "您自己的该链节点：节点上有的区块视为已确认，区块不在节点上的证据包不予写出",
    "trusted-block": "您确知在链上的区块；可重复指定",
    "trusted-headers": "`holdfast headers` 收集的区块；可重复指定",
    clock: "本机时钟不准时，给出正确的时间",
  },
  codes: {
    0: "承诺均已履行",
    5: "有承诺未履行",
    6: "没有未履行的承诺，但其中有的或全部尚不能判断",
  },
  status: { kept: "已履行", broken: "未履行", unknown: "不明", none: "无承诺" },
  counts: (kept: number, broken: number, unknown: number, none: number) =>
    `承诺已履行 ${kept} 项，未履行 ${broken} 项，不明 ${unknown} 项；不含承诺的文件 ${none} 个。`,
  offline: "未向中继查询（--url）：以上仅依据文件。",
  anchored: (at: string) => `上链于 ${at}`,
  due: (by: string) => `期限 ${by}`,
  promised: (relayer: string, received: string, by: string) => `由 ${relayer} 承诺：${received} 受理，于 ${by} 前上链`,
  anchoredIn: (at: string, block: number, hash: string, status: string) =>
    `上链于 ${at}，区块 ${block} ${hash}（${status}）`,
  noPromise: "不含中继的承诺，因此无从追究。",
  why: {
    "anchored-late": "上链时间晚于所承诺的时间。",
    "not-anchored": "所承诺的时间已过，中继未能出示上链证明。",
    "not-due": "所承诺的时间尚未到。",
    "not-asked": "所承诺的时间已过；是否已上链，仅凭文件无法得知。",
    "other-relayer-asked": "所查询的中继没有上链证明，但作出承诺的并非该中继。",
    "no-answer": "中继没有给出可用的答复。",
    "not-settled": "中继称正在处理：其区块可能尚未最终确定。",
    "promise-not-signed": "所载中继并未就该记录签署此承诺。",
    "anchor-not-proven": "上链证明不成立，或与您的来源不符。",
    "chain-unknown": "该记录由较早版本保存，未载明所在的链，无法离线核验其承诺。",
    unreadable: "文件无法读取。",
  },
  saved: (file: string) => `证据包已就绪，已写入 ${file}`,
  timestampsAdded: (count: number) => `加入证据包的时间戳：${count}`,
  timestampsRefused: (count: number) => `中继提供但核验不通过的时间戳：${count}；未加入。`,
  problem: {
    "bundle-changed": "证据包在此期间被改动，未加入时间戳。请重新执行本命令。",
    "bundle-unproven": "中继提供的内容核验不通过，或不在您节点的链上；未写文件。",
  },
  notAsked: (code: string) => `向中继查询或写出其结果失败：${code}`,
  next: {
    "confirm-block": () =>
      "下一步：以您信任的来源确认区块：用 --rpc 指定您自己的节点，或用 --trusted-headers 指定 `holdfast headers` 写出的文件。",
    "hold-relayer": ({ relayer, file }) =>
      `下一步：追究 ${relayer} 的责任。${file} 中有其签名的承诺；请妥善保存，并提交给监管该中继的机构。`,
    "anchor-again": ({ leaf, chainId, registry, deadline }) =>
      `下一步：在 ${deadline} 之前，任何人均可将该记录上链：在链 ${chainId} 的存证合约 ${registry} 调用 anchor(${leaf}, 1)。`,
    "file-again": ({ deadline }) =>
      `下一步：该记录应在 ${deadline} 之前上链，现已无用。请通过其他中继用 \`holdfast evidence add\` 重新提交该文件。`,
    wait: () => "下一步：过了该时间后，加上 --url 重新执行本命令。",
    "ask-relayer": () => "下一步：向中继查询：--url URL。",
    "ask-other-relayer": ({ relayer }) => `下一步：向作出承诺的中继 ${relayer} 查询：--url URL。`,
    "ask-again": () => "下一步：稍后重新执行同一命令。",
    "add-again": () =>
      "下一步：记录已签署，但未收到承诺。请重新执行同一条 `holdfast evidence add` 命令，将从该处继续。",
    "look-at-file": () => "下一步：请取用完整的文件副本。就现有文件而言，不能显示任何人的承诺。",
    verify: ({ file }) => `下一步：查看哪一项不符、依据何种来源：holdfast verify ${file}`,
  },
  moneyUntouched: "交易资金不受影响：承诺未履行不会动用资金。",
} as const satisfies Translated<typeof english>;
