import { basename } from "node:path";
import type { Hex } from "viem";
import { maxBundleBytes } from "../../core/bundle.ts";
import { ProtocolError } from "../../core/errors.ts";
import { parseHeader } from "../../core/receipt.ts";
import { evidenceReport } from "../../core/report.ts";
import { type ReportLanguage, reportLanguages, reportText } from "../../core/reportText.ts";
import { type Check, exitCodeOf, type Verification, verifyBundle } from "../../core/verify.ts";
import { address, bytes32 } from "../../core/wire.ts";
import { createNodeDigester } from "../../sdk/nodeDigester.ts";
import { defineCommand, type Surroundings } from "../command.ts";
import { type EvidencePair, pairEvidence } from "../evidencePairs.ts";
import { readPieces, readText, statFile, writeNew } from "../files.ts";
import { programName } from "../program.ts";
import { createProgressBar } from "../progressBar.ts";
import { formatTime } from "../units.ts";
import { type FileVerdict, type VerdictSentence, verdictSentences } from "../verdictText.ts";

type Result = {
  readonly file: string;
  readonly bundle: string;
  readonly verdict: FileVerdict;
  readonly sentences: readonly VerdictSentence[];
  readonly checks: readonly Check[];
  readonly report: string;
};

/** The gravest first: what a reader of several files must hear. */
const gravity = ["refuted", "missing", "unverifiable", "verified"] as const satisfies FileVerdict["status"][];

export const verify = defineCommand({
  summary: "check files against their evidence bundles, without any network",
  usage: "FILE... [BUNDLE...]",
  about: [
    "Says whether a file is, bit for bit, the one that somebody signed and that was anchored on a chain, and by when.",
    "A court, an opponent or an expert needs nothing but the file, its bundle (*.evidence.json) and this program: no",
    "account, no chain, no relayer, no network. The bundle of FILE is looked for as FILE.evidence.json; a directory",
    "stands for every bundle in it. What could not be checked is listed and never called tampering.",
  ].join("\n"),
  examples: [
    ["holdfast verify photo.jpg", "the bundle lies beside the file as photo.jpg.evidence.json"],
    [
      "holdfast verify photo.jpg /mnt/usb/bundle.json --report photo.txt",
      "both named, with a report to print and sign",
    ],
    ["holdfast verify photo.jpg --trusted-block 0x5a...", "also check the block against a hash from a node you trust"],
    ["holdfast verify evidence/ --lang zh", "everything in a directory, in Chinese"],
  ],
  options: {
    report: { type: "string", value: "FILE", about: "write the full report as text; FILE must not exist" },
    "trusted-block": {
      type: "string",
      value: "HASH",
      about:
        "hash of the anchor's block as a source that you trust gives it; without it the verdict names the hash it rests on",
    },
    "trusted-registry": {
      type: "string",
      value: "CHAIN:ADDRESS",
      about: "chain id and registry contract that you trust, like 1:0x12...",
    },
    lang: { type: "string", value: "en|zh", about: "language of what is printed; en unless given" },
  },
  positionals: [1, 1_000],
  exitCodes: [
    ["0", "verified: every file is the one that was signed and anchored"],
    ["1", "refuted: something was changed, or it is another file"],
    ["2", "missing: a file or a bundle is not there; no conclusion"],
    ["3", "unverifiable: the bundle cannot be read or needs the chain; no conclusion"],
  ],
  run: async ({ values, positionals }, surroundings) => {
    const language = parseLanguage(values.lang ?? "en");
    const trusted = {
      ...(values["trusted-block"] === undefined ? {} : { blockHash: parseHash(values["trusted-block"]) }),
      ...(values["trusted-registry"] === undefined ? {} : { deployment: parseRegistry(values["trusted-registry"]) }),
    };
    if (values.report !== undefined && (await statFile(values.report)) !== undefined) {
      throw new ProtocolError("file-exists", { path: values.report });
    }
    const pairs = await pairEvidence(positionals);
    const results: Result[] = [];
    for (const pair of pairs) results.push(await verifyPair(pair, { trusted, language, surroundings }));

    if (values.report !== undefined) {
      await writeNew(values.report, results.map(({ report }) => report).join("\n\f\n"));
    }
    const worst = gravity
      .map((status) => results.find(({ verdict }) => verdict.status === status))
      .find((result) => result !== undefined)!;
    return {
      text: results.map((result) => textOf(result, language)).join("\n\n"),
      json: {
        verdict: worst.verdict,
        message: worst.sentences[0],
        files: results.map(({ report: _report, ...result }) => result),
      },
      exitCode: exitCodeOf[worst.verdict.status],
    };
  },
});

const verifyPair = async (
  pair: EvidencePair,
  {
    trusted,
    language,
    surroundings,
  }: {
    trusted: { blockHash?: Hex; deployment?: { chainId: number; registry: Hex } };
    language: ReportLanguage;
    surroundings: Surroundings;
  },
): Promise<Result> => {
  const name = basename(pair.file);
  const stats = await statFile(pair.bundle);
  if (stats === undefined) {
    const verdict = { status: "missing", what: "bundle" } as const;
    const isFileThere = (await statFile(pair.file)) !== undefined;
    const sentences = verdictSentences(verdict, { file: isFileThere ? basename(pair.bundle) : name }, language);
    return { ...pair, verdict, sentences, checks: [], report: `${sentences[0]?.code} ${sentences[0]?.text}\n` };
  }
  // A text that is too long for a bundle is cut where the verifier refuses it for its length.
  const bundleText = stats.size > 4 * maxBundleBytes ? " ".repeat(maxBundleBytes + 1) : await readText(pair.bundle);
  const file = await statFile(pair.file);
  if (file?.isDirectory()) throw new ProtocolError("file-unreadable", { path: pair.file, reason: "it is a directory" });
  const progress = createProgressBar(surroundings, { label: name, total: file?.size ?? 0 });
  const verification = await verifyBundle(bundleText, {
    ...(file === undefined
      ? {}
      : { file: readPieces(pair.file, { onPiece: progress.advance, signal: surroundings.signal }) }),
    trusted,
    createDigester: createNodeDigester,
    signal: surroundings.signal,
  });
  progress.end();
  const { verdict, checks } = verification;
  return {
    ...pair,
    verdict,
    sentences: verdictSentences(verdict, { file: name, ...subjectOf(verification, bundleText) }, language),
    checks,
    report: await evidenceReport(verification, {
      language,
      bundleText,
      generatedAt: surroundings.now(),
      tool: programName,
    }),
  };
};

const subjectOf = ({ bundle, checks }: Verification, text: string) => {
  if (bundle !== null) {
    const isHeaderGood = checks.some(({ id, result }) => id === "header" && result === "pass");
    return isHeaderGood ? { anchoredAt: parseHeader(bundle.anchor.header).timestamp } : {};
  }
  const version = /"format"\s*:\s*"holdfast-evidence-bundle\/([^"]{1,32})"/.exec(text)?.[1];
  return version === undefined ? {} : { version };
};

const marks = { pass: "+", fail: "X", "not-checked": " " } as const satisfies Record<Check["result"], string>;

const textOf = (result: Result, language: ReportLanguage): string => {
  const text = reportText[language];
  const { verdict, checks } = result;
  const head = `${text.verdict[verdict.status]}  ${result.file}`;
  const conclusion = verdict.status === "verified" ? [text.meaning.verified, ...timesOf(verdict, text.label)] : [];
  const sentences = result.sentences.map(({ code, text: sentence }) => `${code} ${sentence}`);
  const open = checks.filter((check) => check.result !== "not-checked");
  const rest = checks.filter((check) => check.result === "not-checked");
  return [
    head,
    ...[...conclusion, ...sentences].map((line) => `  ${line}`),
    ...open
      .toSorted((one, other) => Number(other.result === "fail") - Number(one.result === "fail"))
      .flatMap((check) => [
        `  [${marks[check.result]}] ${text.check[check.id]}: ${text.result[check.result]}`,
        ...(check.result === "fail" ? differenceOf(check, text.label) : []),
      ]),
    ...(rest.length === 0 ? [] : [`  ${text.result["not-checked"]}:`]),
    ...rest.map((check) => `  [ ] ${text.check[check.id]}: ${"why" in check ? text.why[check.why] : ""}`),
  ].join("\n");
};

const timesOf = (
  verdict: Extract<FileVerdict, { status: "verified" }>,
  label: (typeof reportText)[ReportLanguage]["label"],
) => [
  ...(verdict.signedAfter === null ? [] : [`${label.signedAfter}: ${formatTime(verdict.signedAfter)}`]),
  `${label.anchoredAt}: ${formatTime(verdict.anchoredAt)}`,
  `${label.block}: ${verdict.blockNumber} ${verdict.blockHash}`,
];

const differenceOf = (
  { expected, actual }: Extract<Check, { result: "fail" }>,
  label: (typeof reportText)[ReportLanguage]["label"],
) => [
  ...(expected === undefined ? [] : [`        ${label.expected}: ${expected}`]),
  ...(actual === undefined ? [] : [`        ${label.actual}: ${actual}`]),
];

const usage = (problem: string) => new ProtocolError("usage-invalid", { problem, help: "holdfast verify" });

const parseLanguage = (text: string): ReportLanguage => {
  const language = reportLanguages.find((known) => known === text);
  if (language === undefined) throw usage(`--lang knows ${reportLanguages.join(" and ")}.`);
  return language;
};

const parseHash = (text: string): Hex => {
  const parsed = bytes32.safeParse(text);
  if (!parsed.success) throw usage("--trusted-block takes a block hash: 0x and 64 hex digits.");
  return parsed.data;
};

const parseRegistry = (text: string) => {
  const [chain = "", registry = ""] = text.split(":");
  const parsed = address.safeParse(registry);
  if (!/^[1-9]\d{0,15}$/.test(chain) || !parsed.success) {
    throw usage("--trusted-registry takes a chain id and a contract: 1:0x and 40 hex digits.");
  }
  return { chainId: Number(chain), registry: parsed.data };
};
