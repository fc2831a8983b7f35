import type { page as english } from "../en/page.ts";
import type { Translated } from "../language.ts";

export const page = {
  title: "离线核验证据",
  lead: "任何内容都不会离开本机：本页不建立任何连接，断网也能使用。",
  otherLanguage: "English",
  drop: "将文件夹、文件或压缩包（.zip）拖到此处",
  dropHint: "文件与其 *.evidence.json 证据包一并拖入，保持提交时的原样。",
  chooseFiles: "选择文件",
  chooseFolder: "选择文件夹",
  sources: {
    title: "您所信任的来源（确认时间所需）",
    hint: "请取自法院自己的记录或您自选的来源，切勿取自证据的提交人。没有这些来源，也能证明文件未被改动，但时间仍属未确认。",
    blocks: "链上区块，格式为 区块号:哈希，每行一个",
    headers: "区块头文件（holdfast headers 生成）",
    authorities: "时间戳机构的证书（PEM 或 DER）",
    revoked: "证书吊销列表（PEM 或 DER）",
    registry: "登记合约，格式为 链编号:地址",
    again: "用以上来源重新核验",
  },
  print: {
    title: "用于打印的报告",
    caseNumber: "案号",
    checkedBy: "核验人",
    exhibit: "证据序号",
  },
  running: (name: string) => `正在核验 ${name}`,
  progress: (done: string, all: string) => `已核验 ${done}，共 ${all}`,
  cancel: "取消",
  cancelled: "已取消，未得出任何结论；重新拖入文件即可再次开始。",
  clear: "核验其他文件",
  printReport: "打印",
  summary: "结果汇总",
  column: { number: "序号", file: "文件", result: "结果", time: "时间", signer: "签名人" },
  counted: (files: number) => `共核验 ${files} 个文件。`,
  unpaired: "未核验，不影响结果",
  why: {
    "without-bundle": "未提供其证据包",
    "dossier-part": "卷宗的组成部分：制作人的摘要，无人签名",
    "bundle-ambiguous": "有多个证据包可能属于它：请只拖入该文件及其证据包",
  },
  report: "报告",
  toolDigest: "本页文件的 SHA-256",
  toolDigestHint: "请与公布值比对：被改动过的页面可以显示任何内容，因此请用其他程序计算本文件的摘要。",
  selfCheck: {
    title: "本页自检",
    passed: "SHA-256、SM3、Keccak-256 与 secp256k1 对已知输入均得出公布的结果。",
    failed: "自检失败：请勿在本机使用本页。",
  },
  clock: "本机时钟",
  documentNumber: "本文书编号",
  stamp: "盖章处",
  code: "本文书及其输入的编号，供再次核验时比对",
  nothingFound: "这些文件中没有证据包（*.evidence.json），无法核验。",
  problem: {
    "archive-unreadable": (name: string) => `${name} 不是可读取的压缩包（不带密码的 .zip）。对其内容未作任何结论。`,
    "archive-unsafe": (name: string, entry: string) =>
      `已拒绝 ${name}：其中 ${entry} 的名称会被不同程序作不同理解，或是链接、带密码、与其他条目重叠。请要求提交普通压缩包。`,
    "archive-too-large": (name: string) =>
      `已拒绝 ${name}：它声称的内容多于这种大小的压缩包所能容纳的。请要求提交普通压缩包。`,
    "source-malformed": (name: string) => `${name} 无法读取。未作任何核验；请更正或移除它。`,
    "sources-disagree": (number: string) =>
      `您的两个来源对区块 ${number} 给出了不同的哈希。未作任何核验；请查明哪一个正确。`,
    "file-unreadable": (name: string) => `${name} 无法读取。是否已被移动或删除？请重新拖入。`,
    "page-failed": "本页出错，未得出任何结论。请重新打开，或使用 holdfast verify。",
  },
} as const satisfies Translated<typeof english>;
