import { decimalJson } from "../core/decimalJson.ts";
import { languages } from "../core/text/language.ts";
import { type Texts, textsIn } from "../core/text/texts.ts";
import type { Command, CommandContext, Outcome } from "./command.ts";
import { unknownCommand } from "./command.ts";
import { errorText } from "./errorText.ts";
import { exitCodeOfError } from "./exitCodes.ts";
import { fileError } from "./files.ts";
import { titles } from "./help.ts";
import { usageInvalid } from "./problems.ts";
import { requireLanguage, takeLanguage } from "./takeLanguage.ts";
import { columns } from "./terminal/columns.ts";
import { stopAtSignals } from "./terminal/stopAtSignals.ts";

/** The first words of the command line. Each command is loaded when it is asked for. */
export type CommandLoaders = Readonly<Record<string, () => Promise<Command>>>;

/**
 * What a program knows: the commands that it runs, and words that only a checkout of the repository
 * knows.
 */
export type Program = Readonly<{ commands: CommandLoaders; checkoutOnly: readonly string[] }>;

const overview = async ({ commands }: Program, texts: Texts): Promise<string> => {
  const { help } = texts;
  const loaded = await Promise.all(Object.entries(commands).map(async ([word, load]) => [word, await load()] as const));
  return [
    help.title,
    `${help.commands}\n${columns(titles(Object.fromEntries(loaded), texts))}`,
    `${help.startHere}\n${columns([
      ...(Object.hasOwn(commands, "dev") ? [["holdfast dev", help.dev] as const] : []),
      ["holdfast verify photo.jpg", help.verify],
      ["holdfast COMMAND --help", help.commandHelp],
    ])}`,
    help.closing,
  ].join("\n\n");
};

const run = async (
  program: Program,
  args: readonly string[],
  context: CommandContext,
): Promise<Outcome | undefined> => {
  const { commands, checkoutOnly } = program;
  const words = args[0] === "--json" ? [...args.slice(1), "--json"] : args;
  const [word, ...rest] = words[0] === "help" ? [...words.slice(1), "--help"] : words;
  if (word === "--help" || word === "-h") {
    const text = await overview(program, context.texts);
    return { text, json: { help: text } };
  }
  if (word === "--version") {
    const { programName } = await import("./program.ts");
    return { text: programName, json: { version: programName } };
  }
  if (word !== undefined && checkoutOnly.includes(word)) {
    throw usageInvalid("holdfast", "checkout-needed", { command: `holdfast ${word}` });
  }
  const load = word !== undefined && Object.hasOwn(commands, word) ? commands[word] : undefined;
  const known = word === "--json" ? undefined : word;
  if (load === undefined) throw unknownCommand("holdfast", known, Object.keys(commands));
  return (await load()).run(rest, context, `holdfast ${word}`);
};

/**
 * What a terminal would act on is written as an escape that
 * JSON reads as the same character.
 */
const toLine = (json: object) => {
  const text = decimalJson(json);
  return `${text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escaped)}\n`;
};

const escaped = (char: string) =>
  char.replace(/./gs, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** What zod itself says of a field, such as that a number is too large. */
const speakChinese = async () => {
  const [{ config }, { zhCN }] = await Promise.all([import("zod"), import("zod/locales")]);
  config(zhCN());
};

/**
 * Runs the command that the process was started with, prints what it says, and sets the exit code.
 */
export async function runCli(program: Program): Promise<void> {
  const { languages: named, args } = takeLanguage(process.argv.slice(2));
  const language = languages.find((known) => known === (named[0] ?? "en"));
  const isJson = args.includes("--json");
  const stop = new AbortController();
  stopAtSignals(stop);
  process.stderr.on("error", () => undefined);
  let isOutputLost = false;
  process.stdout.on("error", (error) => {
    // `holdfast ... | head` closes the pipe early; that is no failure of ours.
    if (isOutputLost || ("code" in error && error.code === "EPIPE")) return;
    isOutputLost = true;
    const { code, message } = errorText(fileError(error, "stdout", "write"), { language: language ?? "en" });
    process.stderr.write(`${code}: ${message}\n`);
    process.exitCode = exitCodeOfError["file-unwritable"];
  });
  const endWith = (exitCode: number) => {
    process.exitCode = isOutputLost ? exitCodeOfError["file-unwritable"] : exitCode;
  };
  const fail = (error: unknown) => {
    const isOver = stop.signal.aborted && error === stop.signal.reason;
    const { trace, ...shown } = errorText(error, { language: language ?? "en", isStopped: isOver });
    if (isJson) process.stdout.write(toLine({ error: shown }));
    else process.stderr.write(`${shown.code}: ${shown.message}\n`);
    if (trace !== undefined) process.stderr.write(`${trace}\n`);
    endWith(exitCodeOfError[shown.code]);
  };
  // Node itself would exit with 1, which is a verdict.
  process.on("uncaughtException", (error) => {
    fail(error);
    process.exit();
  });

  const print = ({ text, json }: Outcome) => {
    process.stdout.write(isJson ? toLine(json) : `${text}\n`);
  };
  const context: CommandContext = {
    signal: stop.signal,
    isJson,
    language: language ?? "en",
    texts: textsIn(language ?? "en"),
    progress: (line) => process.stderr.write(`${line}\n`),
    progressHere: (line) => {
      if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${line}`);
    },
    print,
    now: () => Math.floor(Date.now() / 1_000),
  };
  try {
    if (requireLanguage(named, "holdfast") === "zh") await speakChinese();
    const outcome = await run(program, args, context);
    if (outcome === undefined) return;
    print(outcome);
    endWith(outcome.exitCode ?? 0);
  } catch (error) {
    fail(error);
  }
}
