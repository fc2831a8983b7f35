// Plays the demonstration on a fresh temporary state. Exits 0 only if every balance and every check came out right.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { errorText } from "../src/cli/errorText.ts";
import { statFile } from "../src/cli/files.ts";
import { ProtocolError } from "../src/core/errors.ts";
import { textsIn } from "../src/core/text/texts.ts";
import { playDemo } from "../src/devnet/demo/play.ts";
import { reportCommands, reportHoldings, reportVerification } from "../src/devnet/demo/report.ts";
import { startLocalStack } from "../src/devnet/stack.ts";

const USAGE = "npm run demo -- [--evidence FILE...] [--out DIR]";

const say = (line: string) => console.log(line);
const texts = textsIn("en");
const reporting = { onProgress: say, texts };

const parse = () => {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { evidence: { type: "string", multiple: true }, out: { type: "string" } },
    });
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error));
  }
};

const refuse = (problem: string) =>
  new ProtocolError("usage-invalid", { problem: `${problem}. Usage: ${USAGE}`, help: "npm run holdfast -- dev" });

const readArguments = () => {
  const { values, positionals } = parse();
  // A shell's wildcard follows the first file as plain arguments.
  const files = [...(values.evidence ?? []), ...positionals].map((file) => resolve(file));
  if (positionals[0] !== undefined && values.evidence === undefined) {
    throw refuse(`unknown argument ${positionals[0]}`);
  }
  return { evidenceFiles: values.evidence && files, outDir: values.out && resolve(values.out) };
};

const requireFiles = async (files: readonly string[]) => {
  for (const path of files) {
    const found = await statFile(path);
    if (found === undefined) throw new ProtocolError("file-missing", { path });
    if (!found.isFile()) throw new ProtocolError("file-unreadable", { path, reason: "it is not a file" });
    if (found.size === 0) throw new ProtocolError("evidence-empty", { path });
  }
};

const run = async (signal: AbortSignal): Promise<boolean> => {
  const { evidenceFiles, outDir } = readArguments();
  await requireFiles(evidenceFiles ?? []);
  const temporary = await mkdtemp(join(tmpdir(), "holdfast-demo-"));
  try {
    const stack = await startLocalStack({ dataDir: join(temporary, "data"), port: 0, onProgress: say, signal });
    const workDir = join(temporary, "case");
    const outcome = await playDemo({
      url: stack.url,
      rpcUrl: stack.rpcUrl,
      deployment: stack.deployment,
      workDir,
      outDir: outDir ?? workDir,
      evidenceFiles,
      onProgress: say,
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
  const isRight = await run(stopping.signal);
  const { allRight, notAllRight } = texts.demo;
  console.log((isRight ? allRight : notAllRight)(((Date.now() - started) / 1000).toFixed(1)));
  process.exitCode = isRight ? 0 : 1;
} catch (error) {
  const { code, message, trace } = errorText(error, { language: "en", isStopped: stopping.signal.aborted });
  console.error([`${code}: ${message}`, ...(trace === undefined ? [] : [trace])].join("\n"));
  process.exitCode = 1;
}
