import type { evidenceAdd as english } from "../../en/commands/evidenceAdd.ts";
import type { Translated } from "../../language.ts";
import { options } from "../options.ts";

export const evidenceAdd = {
  summary: "加密、存储、签署并上链文件，为每个文件写出证据包",
  about: [
    "在争议中或争议发生前存证：照片、合同、聊天记录、任意大小的视频。文件在本机加密，",
    "只有指定的收件人能打开；中继只存储密文。您用钱包签署一份记录，其中引用一个",
    "最近的区块，记录随后上链：两者共同说明您在哪两个时刻之间持有完全相同的文件。",
    "DIR/FILE.evidence.json 是提交法院的证据包，请与文件一并保存。",
    "中断后重新执行同一命令即可：已完成的文件跳过，其余继续。",
    "节点（--rpc）由您选择，因为链上的状态不应只听中继所述。",
  ],
  examples: ["为一笔交易提交两个文件，您自己与另一收件人可读", "附上您对文件的陈述；每项陈述以后可分别披露或保留"],
  options: {
    ...options.url,
    ...options.wallet,
    deal: "证据所属的交易；仅当中继接受您提交不属于任何交易的证据时可填 none",
    recipients: "能打开文件的人：age 公钥或存放公钥的文件，以逗号分隔；请勿遗漏您自己",
    out: "证据包的目录；不存在则创建",
    rpc: "该链的节点",
    purpose: "证明目的",
    "captured-at": "您所陈述的采集时间",
    device: "采集设备",
    method: "采集方法",
    place: "采集地点",
    collector: "采集人",
    "valid-for": "记录等待上链的最长时间；默认 1d",
  },
  filedBefore: (file: string, bundle: string) => `${file}：此前已提交，${bundle}`,
  filed: (file: string, time: string, bundle: string) => `${file}：存在于 ${time} 之前，${bundle}`,
  checkOffline: "离线核验：holdfast verify FILE BUNDLE",
} as const satisfies Translated<typeof english>;
