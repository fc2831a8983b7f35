import type { verify as english } from "../../en/commands/verify.ts";
import type { Translated } from "../../language.ts";

export const verify = {
  summary: "离线核验文件与证据包是否一致",
  about: [
    "说明文件与某人签署并上链的文件是否逐位一致，以及不晚于何时存在。",
    "法院、对方当事人或鉴定人只需文件、证据包（*.evidence.json）与本程序：不需要账户、",
    "区块链、中继或网络。FILE 的证据包默认为 FILE.evidence.json；指定目录时，",
    "核验其中的每个证据包，并列出没有证据包的文件。未能核验的项目会逐一列明，",
    "不会被称为篡改。",
  ],
  examples: [
    "证据包与文件在同一目录，名为 photo.jpg.evidence.json",
    "分别指定两者，并写出可打印签章的报告",
    "并与您信任的节点给出的区块哈希比对",
    "核验目录中的全部文件，以中文输出",
  ],
  options: {
    report: "写出完整的文本报告；FILE 须不存在",
    "trusted-block": "您信任的来源给出的上链区块哈希；不指定时，结论载明其所依据的哈希",
    "trusted-beacon": "您信任的来源给出的、签名所引较早区块的哈希",
    "trusted-registry": "您信任的链编号与登记合约，如 1:0x12...",
  },
  codes: {
    0: "一致：每个文件都与签署并上链的文件相同",
    1: "不一致：内容有改动，或不是同一文件",
    2: "缺失：缺少文件或证据包，不能得出结论",
    3: "无法核验：证据包无法读取，或须联网核验，不能得出结论",
  },
} as const satisfies Translated<typeof english>;
