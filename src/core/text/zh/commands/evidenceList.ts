import type { evidenceList as english } from "../../en/commands/evidenceList.ts";
import type { Translated } from "../../language.ts";
import { options } from "../options.ts";

export const evidenceList = {
  summary: "列出一笔交易下由谁、何时提交了哪些证据",
  about: [
    "列出中继在一笔交易下受理的记录，最早的在前。记录是公开的：载明谁在何时提交，以及",
    "加密文件的标识，但不载明内容。证据包由提交方交付；有了证据包与收件人的加密密钥，",
    "即可用 `holdfast evidence open` 打开文件。仲裁员可据此得知应索取哪些证据包。",
  ],
  examples: ["并注明由哪一方提交", "凭编号查询；完整记录，供程序使用"],
  options: {
    ...options.url,
  },
  nothing: (deal: string) => `交易 ${deal} 在该中继没有已提交的证据。`,
  title: (count: number, deal: string) => `交易 ${deal} 下已提交 ${count} 份记录：`,
  kind: {
    original: "原件",
    copy: "复制件",
    supersede: "替换",
    withdraw: "撤回",
    custody: "保管",
    erase: "删除",
  },
  state: { received: "已受理", sealed: "已入批次", anchored: "已上链" },
  kindAndState: (kind: string, state: string) => `${kind}，${state}`,
  withRole: (account: string, role: string) => `${account}（${role}）`,
  received: (submitter: string, time: string) => `由 ${submitter} 提交，${time} 受理`,
} as const satisfies Translated<typeof english>;
