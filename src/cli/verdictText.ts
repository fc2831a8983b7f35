import type { ReportLanguage } from "../core/reportText.ts";
import { reportText } from "../core/reportText.ts";
import type { CheckId, Verdict } from "../core/verify.ts";
import { formatTime } from "./units.ts";

/** The verdict on one file. A bundle that was not given leads to no conclusion either. */
export type FileVerdict = Verdict | { readonly status: "missing"; readonly what: "file" | "bundle" };

/** A sentence of the error catalogue with its code. */
export type VerdictSentence = { readonly code: string; readonly text: string };

type Subject = {
  readonly file: string;
  /** Second from which on the file had to be unchanged, where the bundle says so. */
  readonly anchoredAt?: number | undefined;
  readonly version?: string | undefined;
};

const isAboutFile = (id: CheckId) => id === "file-digest" || id === "file-size" || id === "file-sm3";

const sentences = {
  en: {
    fileAltered: (f: string, t: string) => `"${f}" does not match the record: altered since ${t}, or a different file.`,
    bundleAltered: (f: string, what: string) =>
      `The bundle of "${f}" does not match what was signed or anchored: ${what}.`,
    fileMissing: (f: string) => `"${f}" is missing; no conclusion (this does not mean tampering).`,
    offline: "Offline: cannot independently confirm the block is canonical; integrity result stands.",
    identity: "Signature valid; the signer's identity is not verified here, only the use of the key.",
    version: (v: string) =>
      `Bundle version ${v} not supported; use a newer holdfast. This says nothing about the file.`,
    malformed: (f: string) =>
      `The bundle of "${f}" is damaged or is none; no conclusion (this does not mean that the file was tampered with).`,
    needsChain: (f: string) =>
      `"${f}" was signed by a contract wallet; only the chain can tell whether it signed. No conclusion offline.`,
    fileTime: "it was anchored",
  },
  zh: {
    fileAltered: (f: string, t: string) => `文件“${f}”与上链记录不一致：自 ${t} 起内容有改动或不是同一文件。`,
    bundleAltered: (f: string, what: string) => `文件“${f}”的证据包与签名或上链的内容不一致：${what}。`,
    fileMissing: (f: string) => `缺少文件“${f}”，不能得出结论（不等于被篡改）。`,
    offline: "离线环境下无法独立确认区块在主链上；完整性结果不受影响。",
    identity: "签名有效，但此处只核验密钥的使用，未核验签名人身份。",
    version: (v: string) => `证据包版本不受支持（${v}）。请使用更新版本的校验工具。这不说明文件被篡改。`,
    malformed: (f: string) => `文件“${f}”的证据包已损坏或不是证据包，不能得出结论（不等于文件被篡改）。`,
    needsChain: (f: string) => `文件“${f}”由合约钱包签名，离线无法核验其签名，不能得出结论。`,
    fileTime: "上链",
  },
} as const satisfies Record<ReportLanguage, object>;

/** What a verdict means, in the words of the error catalogue. The first sentence is the conclusion. */
export const verdictSentences = (
  verdict: FileVerdict,
  subject: Subject,
  language: ReportLanguage,
): readonly VerdictSentence[] => {
  const say = sentences[language];
  const { file } = subject;
  switch (verdict.status) {
    case "verified":
      return [
        ...(verdict.isCanonical ? [] : [{ code: "E-VER-03", text: say.offline }]),
        { code: "E-VER-04", text: say.identity },
      ];
    case "refuted": {
      const since = subject.anchoredAt === undefined ? say.fileTime : formatTime(subject.anchoredAt);
      if (verdict.changed.some(isAboutFile)) return [{ code: "E-VER-01", text: say.fileAltered(file, since) }];
      const names = verdict.changed.map((id) => reportText[language].check[id]).join(language === "zh" ? "、" : "; ");
      return [{ code: "E-VER-01", text: say.bundleAltered(file, names) }];
    }
    case "missing":
      return [{ code: "E-VER-02", text: say.fileMissing(file) }];
    case "unverifiable":
      if (verdict.why === "bundle-version-unknown") {
        return [{ code: "E-VER-05", text: say.version(subject.version ?? "?") }];
      }
      if (verdict.why === "signature-needs-chain") return [{ code: "E-VER-07", text: say.needsChain(file) }];
      return [{ code: "E-VER-06", text: say.malformed(file) }];
  }
};
