import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { expect } from "chai";
import type { Command, CommandContext } from "../../src/cli/command.ts";
import { usageInvalid } from "../../src/cli/problems.ts";
import { ProtocolError } from "../../src/core/errors.ts";
import { problemText } from "../../src/core/text/problems.ts";
import { textsIn } from "../../src/core/text/texts.ts";

const root = join(import.meta.dirname, "..", "..");
const groups = [
  "dev",
  "verify",
  "headers",
  "dossier",
  "deal",
  "evidence",
  "deploy",
  "determination",
  "panel",
  "keys",
  "relayer",
];

type Mention = Readonly<{ file: string; line: number; text: string }>;

// At the start of a string, a line, a span of code or a shell's substitution, after `name: `, `&& ` or a variable; or
// behind `npm run`. Elsewhere the name is the program's, not a command.
const start = /(?:(?<=[`"'(]|^\s*|[:&,] |[A-Z]=\S+ )holdfast|holdfast --) (?=[a-z])/gm;
/** A span of code that begins with a command's name and leaves `holdfast` out. */
const bare = new RegExp(`(?<=\`)(?:${groups.join("|")}) (?=--|[a-z][a-z-]*[ \`])`, "g");

/** What follows in the same command: up to the end of the span, the string or the line, or what ends it for a shell. */
const commandAt = (text: string, from: number, quote: string) => {
  const rest = text.slice(from).split(/[`\n\\|;>&)]|\$\(| #|\.\.\./, 1)[0]!;
  return rest.split(quote, 1)[0]!.trim();
};

const mentionsIn = (file: string): Mention[] => {
  const text = readFileSync(join(root, file), "utf8");
  const found = [...text.matchAll(start)].map(({ index, 0: match }) => ({ index, from: index + match.length }));
  const short = [...text.matchAll(bare)].map(({ index }) => ({ index, from: index }));
  return [...found, ...short].map(({ index, from }) => {
    const quote = file.endsWith(".md") ? "`" : text[index - 1] === "'" ? "'" : '"';
    return { file, line: text.slice(0, index).split("\n").length, text: commandAt(text, from, quote) };
  });
};

/** Its string is the seed of a video, not a command. */
const seed = "src/devnet/demo/exampleVideo.ts";
const files = ["README.md", ...globSync(["docs/**/*.md", "src/**/*.ts"], { cwd: root })].filter(
  (file) => file !== seed,
);
const mentions = files.flatMap(mentionsIn);

/** What a command is given that only prints its help. */
const context: CommandContext = {
  signal: new AbortController().signal,
  isJson: false,
  language: "en",
  texts: textsIn("en"),
  progress: () => undefined,
  progressHere: () => undefined,
  print: () => undefined,
  now: () => 0,
};

/** What `holdfast WORDS --help` prints. Throws `usage-invalid` for a command that does not exist. */
const helpOf = async ([word = "", ...rest]: readonly string[]): Promise<string> => {
  if (!groups.includes(word))
    throw usageInvalid("holdfast", "command-unknown", { name: "holdfast", word, known: groups.join(", ") });
  const module = (await import(`../../src/cli/commands/${word}.ts`)) as Record<string, Command>;
  const outcome = await module[word]!.run([...rest, "--help"], context, `holdfast ${word}`);
  return outcome!.text;
};

/** What is wrong with a command that a text names, or `undefined`. */
const problemOf = async ({ text }: Mention): Promise<string | undefined> => {
  const tokens = text.split(/\s+/).map((token) => token.replace(/[.,:]+$/, ""));
  const words = tokens.filter((token) => !token.startsWith("$"));
  try {
    const help = await helpOf(words);
    const options = new Set([...help.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, option]) => option));
    const unknown = words
      .map((word) => word.split("=", 1)[0]!)
      .find((word) => /^--\w/.test(word) && !options.has(word));
    if (unknown !== undefined) return `has no option ${unknown}`;
    const [, group, kind = ""] = words;
    const isKind = /(KIND|ACTION) is one of/.test(help) && /^[a-z][a-z-]*$/.test(kind);
    return isKind && !help.match(`[ ,]${kind}\\b`) ? `${group} has no ${kind}` : undefined;
  } catch (error) {
    if (error instanceof ProtocolError) return problemText(String(error.details.problem), error.details, "en");
    throw error;
  }
};

describe("the commands that messages, help texts and pages name", () => {
  it("exist, with the options that they are named with", async () => {
    expect(mentions.length).greaterThan(100);
    const wrong: string[] = [];
    for (const mention of mentions) {
      const problem = await problemOf(mention);
      if (problem !== undefined) wrong.push(`${mention.file}:${mention.line} ${mention.text}: ${problem}`);
    }
    expect(wrong).deep.equal([]);
  });

  it("would be refused with a command or an option that does not exist", async () => {
    const problem = (text: string) => problemOf({ file: "", line: 0, text });
    expect(await problem("deal sign FILE --send")).equal("has no option --send");
    expect(await problem("deal confirm FILE")).contain('no command "confirm"');
    expect(await problem("deal call confrim deal.json")).equal("call has no confrim");
    expect(await problem("deals show FILE")).contain('no command "deals"');
    expect(await problem("deal sign FILE --keystore K --password-file P --out O")).equal(undefined);
  });
});
