import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { ProtocolError } from "../../core/errors.ts";
import { type EvidenceBundle, parseBundle } from "../../core/evidence/bundle.ts";
import { digestFile } from "../../core/evidence/digest.ts";
import { readPemOrDer } from "../../core/evidence/timestamp/pem.ts";
import type { VerifyOptions } from "../../core/evidence/verify/options.ts";
import { type RecordStatus, recordStatuses } from "../../core/evidence/verify/recordStatus.ts";
import { parseTrustedRegistry } from "../../core/evidence/verify/trustedSources.ts";
import { verifyBundle } from "../../core/evidence/verify/verifyBundle.ts";
import {
  type EvidencePair,
  type Finding,
  failureText,
  findingTable,
  findingText,
  type Unpaired,
  unpairedText,
} from "../../core/text/finding.ts";
import type { Language } from "../../core/text/language.ts";
import { evidenceReport, reportText } from "../../core/text/report.ts";
import { textsIn } from "../../core/text/texts.ts";
import { formatTime } from "../../core/text/units.ts";
import { sentencesAbout, type VerdictSentence, verdictSentences } from "../../core/text/verdict.ts";
import { createNodeDigester } from "../../sdk/nodeDigester.ts";
import { readIdentityFile } from "../ageIdentity.ts";
import { readBundleText } from "../bundleText.ts";
import { ciphertextFile, contentKeyFrom } from "../ciphertextFile.ts";
import { type CommandContext, defineCommand } from "../command.ts";
import { readDeal } from "../dealFile.ts";
import { type ErrorText, errorText } from "../errorText.ts";
import { pairEvidence } from "../evidencePairs.ts";
import { exitCodeOf, exitCodeOfError } from "../exitCodes.ts";
import { readBytes, readPieces, requireRegular, statFile, writeNew } from "../files.ts";
import { parseClock } from "../parseClock.ts";
import { usageInvalid } from "../problems.ts";
import { programName } from "../program.ts";
import { createProgressBar } from "../terminal/progressBar.ts";
import { readTrustedSources } from "../trustedSources.ts";

const HELP = "holdfast verify";
const USAGE = "FILE... [BUNDLE...]";

/** A pair as it is printed: with a verdict, or with the error that kept it from getting one. */
type Result = Finding & { readonly report: (status: RecordStatus | undefined) => Promise<string> };
type Failure = EvidencePair & { readonly verdict: null; readonly error: ErrorText };

type Checking = {
  readonly given: Pick<VerifyOptions, "trusted" | "deal" | "now">;
  readonly ciphertext: VerifyOptions["ciphertext"];
  /** Opens the key to the ciphertext that the bundle holds. */
  readonly identity: string | undefined;
  readonly language: Language;
  readonly context: CommandContext;
};

export const verify = defineCommand({
  text: ({ command }) => command.verify,
  usage: USAGE,
  examples: [
    "holdfast verify photo.jpg",
    "holdfast verify photo.jpg /mnt/usb/bundle.json --report photo.txt",
    "holdfast verify photo.jpg --trusted-block 1020:0x5a... --trusted-block 1010:0x7c...",
    "holdfast verify photo.jpg --tsa-roots court-authorities.pem",
    "holdfast verify evidence/ --trusted-headers headers.json",
    "holdfast verify evidence/ --deal deal.json --lang zh",
    "holdfast verify --page verifier.html",
  ],
  options: {
    report: { type: "string", value: "FILE" },
    "trusted-block": { type: "string", value: "NUMBER:HASH", multiple: true },
    "trusted-headers": { type: "string", value: "FILE", multiple: true },
    "trusted-registry": { type: "string", value: "CHAIN:ADDRESS" },
    "tsa-roots": { type: "string", value: "FILE", multiple: true },
    "tsa-revoked": { type: "string", value: "FILE", multiple: true },
    deal: { type: "string", value: "FILE" },
    ciphertext: { type: "string", value: "FILE" },
    identity: { type: "string", value: "FILE" },
    clock: { type: "string", value: "TIME" },
    page: { type: "string", value: "FILE" },
  },
  positionals: [0, 1_000],
  run: async ({ values, positionals }, context) => {
    const { language } = context;
    if (values.page !== undefined && positionals.length === 0) return writePage(values.page, language);
    if (values.page !== undefined) throw usageInvalid(HELP, "page-beside-files");
    if (positionals.length === 0) throw usageInvalid(HELP, "argument-missing", { usage: `${HELP} ${USAGE}` });
    const trusted = {
      ...(await readTrustedSources(values["trusted-block"] ?? [], values["trusted-headers"] ?? [])),
      authorities: {
        roots: await readCertificates(values["tsa-roots"], "certificate"),
        revocationLists: await readCertificates(values["tsa-revoked"], "revocationList"),
      },
      ...(values["trusted-registry"] === undefined ? {} : { deployment: parseRegistry(values["trusted-registry"]) }),
    };
    const now = values.clock === undefined ? context.now() : parseClock(values.clock, HELP);
    if (values.report !== undefined && (await statFile(values.report)) !== undefined) {
      throw new ProtocolError("file-exists", { path: values.report });
    }
    const { pairs, unpaired } = await pairEvidence(positionals);
    if ((values.ciphertext ?? values.identity) !== undefined && pairs.length > 1) {
      throw usageInvalid(HELP, "ciphertext-of-several");
    }
    const deal = values.deal === undefined ? undefined : await readDeal(values.deal);
    const given = {
      trusted,
      now,
      deal: deal && { terms: deal.terms, escrow: deal.domain.escrow, panel: deal.panel },
    };
    const encrypted = await readEncrypted(values, context.signal);
    const checked: (Result | Failure)[] = [];
    for (const pair of pairs) {
      try {
        checked.push(await verifyPair(pair, { given, ...encrypted, language, context }));
      } catch (error) {
        if (pairs.length === 1 || context.signal.aborted) throw error;
        const { trace, ...text } = errorText(error, { language });
        if (trace !== undefined) context.progress(trace);
        checked.push({ ...pair, verdict: null, error: text });
      }
    }
    const results = withStatus(checked);
    if (values.report !== undefined) {
      const reports: string[] = [];
      for (const result of results) {
        reports.push(
          result.verdict === null ? `${failureText(result, language)}\n` : await result.report(result.status),
        );
      }
      await writeNew(values.report, reports.join("\n\f\n"));
    }
    return {
      text: [
        ...(results.length > 1 ? [findingTable(results, language)] : []),
        ...results.map((result) =>
          result.verdict === null ? failureText(result, language) : findingText(result, language, localZone()),
        ),
        ...unpairedText(unpaired, language),
      ].join("\n\n"),
      ...conclude(results, unpaired),
    };
  },
});

/** What the records that were given say of each other. */
const withStatus = (results: readonly (Result | Failure)[]): (Result | Failure)[] => {
  const named = results.map((result) => ({
    name: result.bundle,
    verification: result.verdict === null ? undefined : result.verification,
  }));
  const statuses = recordStatuses(named);
  return results.map((result, index) => (result.verdict === null ? result : { ...result, status: statuses[index] }));
};

/** Writes the offline page, byte for byte as it was built, and says its digest. */
const writePage = async (path: string, language: Language) => {
  const page = await readFile(new URL("../../web/verifier.html", import.meta.url));
  await writeNew(path, page);
  const sha256 = createHash("sha256").update(page).digest("hex");
  return { text: textsIn(language).outcome.pageWritten(path, sha256), json: { path, sha256 } };
};

/** The gravest first: what a reader of several files must hear. */
const bySeverity = ["refuted", "error", "missing", "unverifiable", "unconfirmed", "verified"] as const;

const gravityOf = ({ verdict, ...result }: Result | Failure) => {
  if (verdict === null) return "error";
  const isUnconfirmed = "verification" in result && result.verification?.time.status !== "confirmed";
  return verdict.status === "verified" && isUnconfirmed ? "unconfirmed" : verdict.status;
};

const conclude = (results: readonly (Result | Failure)[], unpaired: readonly Unpaired[]) => {
  const worst = bySeverity
    .map((gravity) => results.find((result) => gravityOf(result) === gravity))
    .find((result) => result !== undefined)!;
  const files = results.map((result) => {
    return result.verdict === null ? result : findingJson(result);
  });
  const rest = { files, unpaired };
  if (worst.verdict === null) {
    return { json: { verdict: null, error: worst.error, ...rest }, exitCode: exitCodeOfError[worst.error.code] };
  }
  const { verdict, sentences, verification } = worst;
  const time = verification?.time ?? { status: "unknown" as const };
  const said = verdict.status === "verified" ? { caveats: sentences } : { message: sentences[0] };
  return { json: { verdict, time, ...said, ...rest }, exitCode: exitCodeOf(verdict, time) };
};

const verifyPair = async (
  pair: EvidencePair,
  { given, ciphertext, identity, language, context }: Checking,
): Promise<Result> => {
  const name = basename(pair.file);
  const isFileThere = (await statFile(pair.file)) !== undefined;
  const size = isFileThere ? (await requireRegular(pair.file)).size : 0;
  if ((await statFile(pair.bundle)) === undefined) {
    const verdict = { status: "missing", what: "bundle" } as const;
    const sentences = verdictSentences(verdict, { file: isFileThere ? basename(pair.bundle) : name }, language);
    return { ...pair, verdict, sentences, report: async () => `${sentenceLines(sentences)}\n` };
  }
  const bundle = await readBundleText(pair.bundle);
  if ("why" in bundle) {
    const verdict = { status: "unverifiable", why: bundle.why } as const;
    const sentences = verdictSentences(verdict, { file: name }, language);
    const report = () => unreadReport(pair.bundle, sentences, { language, context });
    return { ...pair, verdict, sentences, report };
  }
  const progress = createProgressBar(context, { label: name, total: size });
  const verification = await verifyBundle(bundle.text, {
    ...(isFileThere ? { file: readPieces(pair.file, { onPiece: progress.advance, signal: context.signal }) } : {}),
    ...given,
    ciphertext:
      identity === undefined ? ciphertext : await withKey(ciphertext, { identity, bundle, path: pair.bundle }),
    createDigester: createNodeDigester,
    signal: context.signal,
  });
  progress.end();
  return {
    ...pair,
    verdict: verification.verdict,
    sentences: sentencesAbout(verification, { file: name, text: bundle.text }, language),
    verification,
    report: (status) =>
      evidenceReport(verification, {
        language,
        bundleText: bundle.text,
        generatedAt: context.now(),
        timeZone: localZone(),
        status,
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

/** What programs read of a finding: the bundle itself is on the reader's disk. */
const findingJson = ({ file, bundle, verdict, sentences, verification, status }: Result) => ({
  file,
  bundle,
  verdict,
  time: verification?.time ?? { status: "unknown" as const },
  subject: verification?.subject ?? null,
  status: status ?? null,
  sentences,
  checks: verification?.checks ?? [],
});

const localZone = () => new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The encrypted file, and who opens the key to it. */
const readEncrypted = async (
  values: { readonly ciphertext?: string; readonly identity?: string },
  signal: AbortSignal,
): Promise<Pick<Checking, "ciphertext" | "identity">> => {
  if (values.ciphertext === undefined) {
    if (values.identity !== undefined) throw usageInvalid(HELP, "identity-without-ciphertext");
    return { ciphertext: undefined, identity: undefined };
  }
  await requireRegular(values.ciphertext);
  const identity = values.identity === undefined ? undefined : (await readIdentityFile(values.identity)).identity;
  return { ciphertext: ciphertextFile(values.ciphertext, signal), identity };
};

/** The ciphertext with its key; without it where the bundle cannot be read: the verdict says so. */
const withKey = async (
  ciphertext: VerifyOptions["ciphertext"],
  { identity, bundle, path }: { identity: string; bundle: { text: string }; path: string },
): Promise<VerifyOptions["ciphertext"]> => {
  let parsed: EvidenceBundle;
  try {
    parsed = parseBundle(bundle.text);
  } catch (error) {
    if (error instanceof ProtocolError) return ciphertext;
    throw error;
  }
  return ciphertext && { ...ciphertext, key: await contentKeyFrom(parsed, { identity, path }) };
};

/** Certificates or revocation lists of files in PEM or DER. */
const readCertificates = async (paths: readonly string[] = [], kind: "certificate" | "revocationList") => {
  const found: Uint8Array[] = [];
  for (const path of paths) {
    const bytes = await readBytes(path);
    try {
      found.push(...readPemOrDer(bytes, kind));
    } catch (error) {
      if (!(error instanceof ProtocolError) || error.code !== "timestamp-data-malformed") throw error;
      throw new ProtocolError("timestamp-data-malformed", { path }, { cause: error });
    }
  }
  return found;
};

const parseRegistry = (text: string) => {
  const deployment = parseTrustedRegistry(text);
  if (deployment === null) throw usageInvalid(HELP, "registry-malformed");
  return deployment;
};
