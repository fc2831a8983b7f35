import { parseHeader } from "../evidence/receiptProof.ts";
import type { CheckId } from "../evidence/verify/check.ts";
import { isAboutTimeOnly, isFileAltered, type Verdict } from "../evidence/verify/conclude.ts";
import type { Verification } from "../evidence/verify/verifyBundle.ts";
import { verdict as en } from "./en/verdict.ts";
import { escapeInvisible } from "./escapeInvisible.ts";
import type { Language } from "./language.ts";
import { publicLabelOf } from "./publicLabels.ts";
import { quoted } from "./quoted.ts";
import { reportText } from "./report.ts";
import { formatTime } from "./units.ts";
import { verdict as zh } from "./zh/verdict.ts";

/** The verdict on one file. A bundle that was not given leads to no conclusion either. */
export type FileVerdict = Verdict | Readonly<{ status: "missing"; what: "file" | "bundle" }>;

/** What a verdict can say about a file, as codes that programs match on. */
export type VerdictCode =
  | "anchor-in-future"
  | "block-not-confirmed"
  | "bundle-altered"
  | "bundle-not-given"
  | "file-altered"
  | "file-not-given"
  | "identity-not-verified"
  | "not-on-this-chain"
  | Extract<Verdict, { status: "unverifiable" }>["why"];

/** One fact about a file: its code, its label in the public catalogue, its sentence. */
export type VerdictSentence = Readonly<{ code: VerdictCode; label: string; text: string }>;

type Subject = Readonly<{
  file: string;
  /** What led to the verdict; absent if the bundle was not read. */
  verification?: Verification | undefined;
  /** Second from which on the file had to be unchanged, where the bundle says so. */
  anchoredAt?: number | undefined;
  version?: string | undefined;
}>;

/** The words around a verdict, by language. */
export const verdictText = { en, zh } as const;

const passed = ({ checks }: Verification, id: CheckId) =>
  checks.some((check) => check.id === id && check.result === "pass");

/** What a verdict means. The first sentence is the conclusion. */
export function verdictSentences(
  verdict: FileVerdict,
  { verification, anchoredAt, version, ...subject }: Subject,
  language: Language,
): readonly VerdictSentence[] {
  const words = verdictText[language];
  const file = escapeInvisible(subject.file);
  const sentence = (code: VerdictCode, text: string) => ({ code, label: publicLabelOf(code), text });
  switch (verdict.status) {
    case "verified": {
      const isCompared = (id: CheckId) => verification !== undefined && passed(verification, id);
      const open = [
        ...(isCompared("block-canonical") ? [] : [words.anchorBlock]),
        ...(isCompared("beacon-canonical") ? [] : [words.beaconBlock]),
      ];
      const notCompared = verification?.time.status === "confirmed" ? "blockNotCompared" : "blockNotConfirmed";
      return [
        ...(open.length === 0
          ? []
          : [sentence("block-not-confirmed", words[notCompared](open.join(words.listSeparator)))]),
        sentence("identity-not-verified", words.identityNotVerified),
      ];
    }
    case "refuted": {
      if (verification !== undefined && isFileAltered(verification)) {
        const since = anchoredAt === undefined ? words.itsAnchor : formatTime(anchoredAt);
        const about = aboutOf(verification, words);
        return [sentence("file-altered", `${words.fileAltered(file, since)} ${words.fileIsAbout(about)}`)];
      }
      const names = verdict.changed.map((id) => reportText[language].check[id]).join(words.listSeparator);
      if (!isAboutTimeOnly(verdict)) return [sentence("bundle-altered", words.bundleAltered(file, names))];
      const now = verification?.now ?? null;
      if (verdict.reason !== "clock" || anchoredAt === undefined || now === null) {
        return [sentence("not-on-this-chain", words.notOnThisChain(file, names))];
      }
      return [sentence("anchor-in-future", words.anchorInFuture(file, formatTime(anchoredAt), formatTime(now)))];
    }
    case "missing":
      return [sentence(`${verdict.what}-not-given`, words.notGiven(file))];
    case "unverifiable":
      switch (verdict.why) {
        case "bundle-version-unknown":
          return [sentence(verdict.why, words.versionUnknown(escapeInvisible(version ?? "?")))];
        case "signature-needs-chain":
          return [sentence(verdict.why, words.signatureNeedsChain(file))];
        case "record-without-file":
          return [sentence(verdict.why, reportText[language].recordWithoutFile)];
        default:
          return [sentence(verdict.why, words.bundleUnreadable(file))];
      }
  }
}

/** What the bundle says of the file that it is about: wrong pairs are common. */
function aboutOf({ bundle }: Verification, words: (typeof verdictText)[Language]): string {
  const opened = (field: "name" | "size") => {
    const opening = bundle?.openings.meta[field];
    return opening !== undefined && "value" in opening ? opening.value : "";
  };
  const [name, size] = [opened("name"), opened("size")];
  return [
    ...(name === "" ? [] : [quoted(name)]),
    ...(size === "" ? [] : [words.bytesOf(size)]),
    `SHA-256 ${bundle?.openings.file?.sha256.slice(2)}`,
  ].join(", ");
}

/** The sentences about a verification. `text` is the bundle's. */
export function sentencesAbout(
  verification: Verification,
  { file, text }: Readonly<{ file: string; text: string }>,
  language: Language,
): readonly VerdictSentence[] {
  return verdictSentences(verification.verdict, { file, verification, ...statedIn(verification, text) }, language);
}

const statedIn = ({ bundle, checks }: Verification, text: string) => {
  if (bundle !== null) {
    const isHeaderGood = checks.some(({ id, result }) => id === "header" && result === "pass");
    return isHeaderGood ? { anchoredAt: parseHeader(bundle.anchor.header).timestamp } : {};
  }
  const version = /"format"\s*:\s*"holdfast-evidence-bundle\/([^"]{1,32})"/.exec(text)?.[1];
  return version === undefined ? {} : { version };
};
