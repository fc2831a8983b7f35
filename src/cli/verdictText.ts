import type { CheckId } from "../core/evidence/verify/check.ts";
import { isFileAltered, type Verdict } from "../core/evidence/verify/conclude.ts";
import type { Verification } from "../core/evidence/verify/verifyBundle.ts";
import { escapeInvisible } from "../core/text/escapeInvisible.ts";
import type { ReportLanguage } from "../core/text/reportText.ts";
import { reportText } from "../core/text/reportText.ts";
import { formatTime } from "./units.ts";

/** The verdict on one file. A bundle that was not given leads to no conclusion either. */
export type FileVerdict = Verdict | { readonly status: "missing"; readonly what: "file" | "bundle" };

/** A sentence of the error catalogue with its code. */
export type VerdictSentence = { readonly code: string; readonly text: string };

type Subject = {
  readonly file: string;
  /** What led to the verdict; absent if the bundle was not read. */
  readonly verification?: Verification | undefined;
  /** Second from which on the file had to be unchanged, where the bundle says so. */
  readonly anchoredAt?: number | undefined;
  readonly version?: string | undefined;
};

const sentences = {
  en: {
    fileAltered: (f: string, t: string) => `"${f}" does not match the record: altered since ${t}, or a different file.`,
    bundleAltered: (f: string, what: string) =>
      `The bundle of "${f}" was changed or does not belong to this file; what does not match: ${what}.`,
    notTrusted: (f: string, what: string) =>
      `The record of "${f}" is not where the trusted source says that it must be; what does not match: ${what}.`,
    fileMissing: (f: string) => `"${f}" is missing; no conclusion (this does not mean tampering).`,
    offline: (what: string) =>
      `Offline: cannot independently confirm the block is canonical (not compared: ${what}); integrity result stands.`,
    anchorBlock: "the block of the anchor",
    beaconBlock: "the earlier block that was signed",
    identity: "Signature valid; the signer's identity is not verified here, only the use of the key.",
    version: (v: string) =>
      `Bundle version ${v} not supported; use a newer holdfast. This says nothing about the file.`,
    malformed: (f: string) =>
      `The bundle of "${f}" is damaged or is none; no conclusion (this does not mean that the file was tampered with).`,
    needsChain: (f: string) =>
      `"${f}" was signed by a contract wallet; only the chain can tell whether it signed. No conclusion offline.`,
    fileTime: "it was anchored",
    and: "; ",
  },
  zh: {
    fileAltered: (f: string, t: string) => `文件“${f}”与上链记录不一致：自 ${t} 起内容有改动或不是同一文件。`,
    bundleAltered: (f: string, what: string) => `文件“${f}”的证据包有改动或不属于该文件；不一致的项目：${what}。`,
    notTrusted: (f: string, what: string) => `文件“${f}”的记录与所提供的可信来源不符；不一致的项目：${what}。`,
    fileMissing: (f: string) => `缺少文件“${f}”，不能得出结论（不等于被篡改）。`,
    offline: (what: string) => `离线环境下无法独立确认区块在主链上（未比对：${what}）；完整性结果不受影响。`,
    anchorBlock: "上链区块",
    beaconBlock: "签名所引的较早区块",
    identity: "签名有效，但此处只核验密钥的使用，未核验签名人身份。",
    version: (v: string) => `证据包版本不受支持（${v}）。请使用更新版本的校验工具。这不说明文件被篡改。`,
    malformed: (f: string) => `文件“${f}”的证据包已损坏或不是证据包，不能得出结论（不等于文件被篡改）。`,
    needsChain: (f: string) => `文件“${f}”由合约钱包签名，离线无法核验其签名，不能得出结论。`,
    fileTime: "上链",
    and: "、",
  },
} as const satisfies Record<ReportLanguage, object>;

const passed = ({ checks }: Verification, id: CheckId) =>
  checks.some((check) => check.id === id && check.result === "pass");

const isAboutTrust = (id: CheckId) => id === "deployment" || id === "block-canonical" || id === "beacon-canonical";

/** What a verdict means, in the words of the error catalogue. The first sentence is the conclusion. */
export const verdictSentences = (
  verdict: FileVerdict,
  { verification, anchoredAt, version, ...subject }: Subject,
  language: ReportLanguage,
): readonly VerdictSentence[] => {
  const say = sentences[language];
  const file = escapeInvisible(subject.file);
  switch (verdict.status) {
    case "verified": {
      const isCompared = (id: CheckId) => verification !== undefined && passed(verification, id);
      const open = [
        ...(isCompared("block-canonical") ? [] : [say.anchorBlock]),
        ...(isCompared("beacon-canonical") ? [] : [say.beaconBlock]),
      ];
      return [
        ...(open.length === 0 ? [] : [{ code: "E-VER-03", text: say.offline(open.join(say.and)) }]),
        { code: "E-VER-04", text: say.identity },
      ];
    }
    case "refuted": {
      if (verification !== undefined && isFileAltered(verification)) {
        const since = anchoredAt === undefined ? say.fileTime : formatTime(anchoredAt);
        return [{ code: "E-VER-01", text: say.fileAltered(file, since) }];
      }
      const names = verdict.changed.map((id) => reportText[language].check[id]).join(say.and);
      const sentence = verdict.changed.every(isAboutTrust) ? say.notTrusted : say.bundleAltered;
      return [{ code: "E-VER-01", text: sentence(file, names) }];
    }
    case "missing":
      return [{ code: "E-VER-02", text: say.fileMissing(file) }];
    case "unverifiable":
      if (verdict.why === "bundle-version-unknown") {
        return [{ code: "E-VER-05", text: say.version(escapeInvisible(version ?? "?")) }];
      }
      if (verdict.why === "signature-needs-chain") return [{ code: "E-VER-07", text: say.needsChain(file) }];
      if (verdict.why === "record-without-file") {
        return [{ code: "E-VER-08", text: reportText[language].recordWithoutFile }];
      }
      return [{ code: "E-VER-06", text: say.malformed(file) }];
  }
};
