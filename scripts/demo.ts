// Plays the demonstration on a fresh temporary state. Exits 0 only if every balance and every check came out right.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { errorText } from "../src/cli/errorText.ts";
import { statFile } from "../src/cli/files.ts";
import { parseArguments } from "../src/cli/parseArguments.ts";
import { usageInvalid } from "../src/cli/problems.ts";
import { requireLanguage, takeLanguage } from "../src/cli/takeLanguage.ts";
import { ProtocolError } from "../src/core/errors.ts";
import { type Language, languages } from "../src/core/text/language.ts";
import { textsIn } from "../src/core/text/texts.ts";
import { playDemo } from "../src/devnet/demo/play.ts";
import { reportCommands, reportHoldings, reportVerification } from "../src/devnet/demo/report.ts";
import { startLocalStack } from "../src/devnet/stack.ts";

const NAME = "npm run demo --";
const USAGE = "[--evidence FILE...] [--out DIR] [--lang en|zh]";

const { languages: named, args } = takeLanguage(process.argv.slice(2));
const language: Language = languages.find((known) => known === named[0]) ?? "en";
const texts = textsIn(language);
const say = (line: string) => console.log(line);
const reporting = { onProgress: say, texts };

const readArguments = () => {
  requireLanguage(named, NAME);
  const { values, positionals } = parseArguments(args, {
    name: NAME,
    options: {
      evidence: { type: "string", value: "FILE", multiple: true },
      out: { type: "string", value: "DIR" },
    },
    positionals: [0, Number.POSITIVE_INFINITY],
    usage: USAGE,
  });
  if (positionals[0] !== undefined && values.evidence === undefined) {
    throw usageInvalid(NAME, "argument-surplus", { argument: positionals[0], usage: `${NAME} ${USAGE}` });
  }
  // A shell's wildcard follows the first file as plain arguments.
  const files = [...(values.evidence ?? []), ...positionals].map((file) => resolve(file));
  return { evidenceFiles: values.evidence && files, outDir: values.out && resolve(values.out) };
};

const requireFiles = async (files: readonly string[]) => {
  for (const path of files) {
    const found = await statFile(path);
    if (found === undefined) throw new ProtocolError("file-missing", { path });
    if (!found.isFile()) throw new ProtocolError("file-unreadable", { path, problem: "not-regular-file" });
    if (found.size === 0) throw new ProtocolError("evidence-empty", { path });
  }
};

const run = async (signal: AbortSignal): Promise<boolean> => {
  const { evidenceFiles, outDir } = readArguments();
  await requireFiles(evidenceFiles ?? []);
  const temporary = await mkdtemp(join(tmpdir(), "holdfast-demo-"));
  try {
    const stack = await startLocalStack({
      dataDir: join(temporary, "data"),
      port: 0,
      onProgress: say,
      language,
      signal,
    });
    const workDir = join(temporary, "case");
    const outcome = await playDemo({
      url: stack.url,
      rpcUrl: stack.rpcUrl,
      deployment: stack.deployment,
      workDir,
      outDir: outDir ?? workDir,
      evidenceFiles,
      onProgress: say,
      language,
      signal,
    }).finally(stack.stop);
    reportHoldings(outcome, reporting);
    const isRight = await reportVerification(outcome, reporting);
    if (outDir) reportCommands(outcome, reporting);
    return isRight;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
};

const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stopping.abort());
const started = Date.now();
try {
  if (args.includes("--help")) console.log(`${NAME} ${USAGE}`);
  else {
    const isRight = await run(stopping.signal);
    const { allRight, notAllRight } = texts.demo;
    console.log((isRight ? allRight : notAllRight)(((Date.now() - started) / 1000).toFixed(1)));
    process.exitCode = isRight ? 0 : 1;
  }
} catch (error) {
  const { code, message, trace } = errorText(error, { language, isStopped: stopping.signal.aborted });
  console.error([`${code}: ${message}`, ...(trace === undefined ? [] : [trace])].join("\n"));
  process.exitCode = 1;
}
