import { basename } from "node:path";
import type { Hex } from "viem";
import { ProtocolError } from "../../core/errors.ts";
import { digestFile } from "../../core/evidence/digest.ts";
import type { EvidenceDomain } from "../../core/evidence/record.ts";
import { verifyBundle } from "../../core/evidence/verify/verifyBundle.ts";
import { address, bytes32 } from "../../core/fields.ts";
import {
  type EvidencePair,
  type Finding,
  failureText,
  findingText,
  type Unpaired,
  unpairedText,
} from "../../core/text/finding.ts";
import type { Language } from "../../core/text/language.ts";
import { evidenceReport, reportText } from "../../core/text/report.ts";
import { formatTime } from "../../core/text/units.ts";
import { sentencesAbout, type VerdictSentence, verdictSentences } from "../../core/text/verdict.ts";
import { createNodeDigester } from "../../sdk/nodeDigester.ts";
import { readBundleText } from "../bundleText.ts";
import { type CommandContext, defineCommand } from "../command.ts";
import { type ErrorText, errorText } from "../errorText.ts";
import { pairEvidence } from "../evidencePairs.ts";
import { exitCodeOfError, exitCodeOfVerdict } from "../exitCodes.ts";
import { readPieces, requireRegular, statFile, writeNew } from "../files.ts";
import { usageInvalid } from "../problems.ts";
import { programName } from "../program.ts";
import { createProgressBar } from "../terminal/progressBar.ts";

const HELP = "holdfast verify";

/** A pair as it is printed: with a verdict, or with the error that kept it from getting one. */
type Result = Finding & { readonly report: string };
type Failure = EvidencePair & { readonly verdict: null; readonly error: ErrorText };

type Checking = {
  readonly trusted: { readonly blockHash?: Hex; readonly beaconHash?: Hex; readonly deployment?: EvidenceDomain };
  readonly language: Language;
  readonly context: CommandContext;
};

export const verify = defineCommand({
  text: ({ command }) => command.verify,
  usage: "FILE... [BUNDLE...]",
  examples: [
    "holdfast verify photo.jpg",
    "holdfast verify photo.jpg /mnt/usb/bundle.json --report photo.txt",
    "holdfast verify photo.jpg --trusted-block 0x5a...",
    "holdfast verify evidence/ --lang zh",
  ],
  options: {
    report: { type: "string", value: "FILE" },
    "trusted-block": { type: "string", value: "HASH" },
    "trusted-beacon": { type: "string", value: "HASH" },
    "trusted-registry": { type: "string", value: "CHAIN:ADDRESS" },
  },
  positionals: [1, 1_000],
  run: async ({ values, positionals }, context) => {
    const { language } = context;
    const trusted = {
      ...(values["trusted-block"] === undefined
        ? {}
        : { blockHash: parseHash(values["trusted-block"], "--trusted-block") }),
      ...(values["trusted-beacon"] === undefined
        ? {}
        : { beaconHash: parseHash(values["trusted-beacon"], "--trusted-beacon") }),
      ...(values["trusted-registry"] === undefined ? {} : { deployment: parseRegistry(values["trusted-registry"]) }),
    };
    if (values.report !== undefined && (await statFile(values.report)) !== undefined) {
      throw new ProtocolError("file-exists", { path: values.report });
    }
    const { pairs, unpaired } = await pairEvidence(positionals);
    const results: (Result | Failure)[] = [];
    for (const pair of pairs) {
      try {
        results.push(await verifyPair(pair, { trusted, language, context }));
      } catch (error) {
        if (pairs.length === 1 || context.signal.aborted) throw error;
        const { trace, ...text } = errorText(error, { language });
        if (trace !== undefined) context.progress(trace);
        results.push({ ...pair, verdict: null, error: text });
      }
    }
    if (values.report !== undefined) {
      await writeNew(
        values.report,
        results
          .map((result) => (result.verdict === null ? `${failureText(result, language)}\n` : result.report))
          .join("\n\f\n"),
      );
    }
    return {
      text: [
        ...results.map((result) =>
          result.verdict === null ? failureText(result, language) : findingText(result, language),
        ),
        ...unpairedText(unpaired, language),
      ].join("\n\n"),
      ...conclude(results, unpaired),
    };
  },
});

/** The gravest first: what a reader of several files must hear. */
const bySeverity = ["refuted", "error", "missing", "unverifiable", "verified"] as const;

const conclude = (results: readonly (Result | Failure)[], unpaired: readonly Unpaired[]) => {
  const worst = bySeverity
    .map((status) => results.find(({ verdict }) => (verdict?.status ?? "error") === status))
    .find((result) => result !== undefined)!;
  const files = results.map((result) => {
    if (result.verdict === null) return result;
    const { report: _report, ...finding } = result;
    return finding;
  });
  const rest = { files, unpaired };
  if (worst.verdict === null) {
    return { json: { verdict: null, error: worst.error, ...rest }, exitCode: exitCodeOfError[worst.error.code] };
  }
  const { verdict, sentences } = worst;
  const said = verdict.status === "verified" ? { caveats: sentences } : { message: sentences[0] };
  return { json: { verdict, ...said, ...rest }, exitCode: exitCodeOfVerdict[verdict.status] };
};

const verifyPair = async (pair: EvidencePair, { trusted, language, context }: Checking): Promise<Result> => {
  const name = basename(pair.file);
  const isFileThere = (await statFile(pair.file)) !== undefined;
  const size = isFileThere ? (await requireRegular(pair.file)).size : 0;
  if ((await statFile(pair.bundle)) === undefined) {
    const verdict = { status: "missing", what: "bundle" } as const;
    const sentences = verdictSentences(verdict, { file: isFileThere ? basename(pair.bundle) : name }, language);
    return { ...pair, verdict, sentences, checks: [], report: `${sentenceLines(sentences)}\n` };
  }
  const bundle = await readBundleText(pair.bundle);
  if ("why" in bundle) {
    const verdict = { status: "unverifiable", why: bundle.why } as const;
    const sentences = verdictSentences(verdict, { file: name }, language);
    const report = await unreadReport(pair.bundle, sentences, { language, context });
    return { ...pair, verdict, sentences, checks: [], report };
  }
  const progress = createProgressBar(context, { label: name, total: size });
  const verification = await verifyBundle(bundle.text, {
    ...(isFileThere ? { file: readPieces(pair.file, { onPiece: progress.advance, signal: context.signal }) } : {}),
    trusted,
    createDigester: createNodeDigester,
    signal: context.signal,
  });
  progress.end();
  const { verdict, checks } = verification;
  return {
    ...pair,
    verdict,
    sentences: sentencesAbout(verification, { file: name, text: bundle.text }, language),
    checks,
    report: await evidenceReport(verification, {
      language,
      bundleText: bundle.text,
      generatedAt: context.now(),
      tool: programName,
    }),
  };
};

const sentenceLines = (sentences: readonly VerdictSentence[]) =>
  sentences.map(({ label, text }) => `${label} ${text}`).join("\n");

/** About a bundle that is too large or no text: its digest is that of the file as it lies there. */
const unreadReport = async (
  path: string,
  sentences: readonly VerdictSentence[],
  { language, context: { signal, now } }: Pick<Checking, "language" | "context">,
): Promise<string> => {
  const { title, label } = reportText[language];
  const { sha256 } = await digestFile(readPieces(path, { signal }), { createDigester: createNodeDigester, signal });
  return [
    `${title}\n`,
    `  ${label.generated}: ${formatTime(now())}`,
    `  ${label.tool}: ${programName}`,
    `  ${label.bundle}: ${sha256.slice(2)}\n`,
    `${sentenceLines(sentences)}\n`,
  ].join("\n");
};

const parseHash = (text: string, option: string): Hex => {
  const parsed = bytes32.safeParse(text);
  if (!parsed.success) throw usageInvalid(HELP, "block-hash-malformed", { option });
  return parsed.data;
};

const parseRegistry = (text: string) => {
  const [chain = "", registry = ""] = text.split(":");
  const parsed = address.safeParse(registry);
  if (!/^[1-9]\d{0,15}$/.test(chain) || !parsed.success) {
    throw usageInvalid(HELP, "registry-malformed");
  }
  return { chainId: Number(chain), registry: parsed.data };
};
