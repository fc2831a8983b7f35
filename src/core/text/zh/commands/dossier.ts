import type { dossier as english } from "../../en/commands/dossier.ts";
import type { Translated } from "../../language.ts";
import { options } from "../options.ts";

export const dossier = {
  summary: "将一笔交易的全部材料制成一个压缩包，供法院打开、核验与打印",
  about: [
    "写出一个 .zip：离线核验页面（index.html）、按法院次序编排的摘要（dossier.html：交易约定、已付与尚欠、",
    "证据目录、注明每个时间来源的大事记）、目录中的文件与证据包，以及列有全部摘要值的清单（dossier.json）。",
    "每个证据包先行核验，证据目录载明结果；",
    "就该交易提交给中继、但不在目录中的记录列为缺少。",
    "摘要无人签名：作数的内容由页面核验。",
  ],
  examples: ["交易文件、您的证据，制成一个供法院使用的压缩包", "以交易编号指定，中文"],
  options: {
    ...options.url,
    evidence: "文件及其 *.evidence.json 所在的目录；其中全部内容都将提交",
    out: "要写出的压缩包；须不存在",
    "trusted-headers": "`holdfast headers` 生成的文件：用于确认证据目录中的时间",
  },
  written: (file, files, exhibits) => `已写入 ${file}：${files} 个文件，${exhibits} 件证据`,
  exhibit: (number, name, verdict, time) => `  ${number}. ${name}：${verdict}，时间${time}`,
  missing: (count) => `就该交易提交、但不在目录中的记录：${count} 件，列于 dossier.html 第五部分。`,
} as const satisfies Translated<typeof english>;
