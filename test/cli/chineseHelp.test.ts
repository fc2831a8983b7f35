import { describe, it } from "node:test";
import { expect } from "chai";
import type { Command, CommandContext } from "../../src/cli/command.ts";
import { deploy } from "../../src/cli/commands/deploy.ts";
import { dev } from "../../src/cli/commands/dev.ts";
import { relayer } from "../../src/cli/commands/relayer.ts";
import { partyCommands } from "../../src/cli/partyCommands.ts";
import { textsIn } from "../../src/core/text/texts.ts";
import { runCli } from "../fixtures/cli.ts";

/** The words that lead to each command, by the name of its text: `dealPayShortfall` is `deal pay-shortfall`. */
const commands = Object.keys(textsIn("zh").command).map((name) => {
  const [word = "", ...rest] = name.split(/(?=[A-Z])/).map((part) => part.toLowerCase());
  return rest.length === 0 ? [word] : [word, rest.join("-")];
});

const isChinese = (line: string) => /[\u4e00-\u9fff]/.test(line);

/** What is said in words: without command lines, and with the lines of a wrapped text as one. */
const saidIn = (help: string): string[] => {
  const { usage, examples } = textsIn("zh").help;
  const sections = help.split(/\n\n(?=\S)/).map((section) => section.replaceAll(/\n {12,}/g, " "));
  return sections
    .flatMap((section) => {
      const [title = "", ...lines] = section.split("\n");
      if (title === usage) return [title];
      return title === examples ? [title, ...lines.filter((line) => line.startsWith("  #"))] : [title, ...lines];
    })
    .filter((line) => line !== "");
};

const context: CommandContext = {
  signal: new AbortController().signal,
  isJson: false,
  language: "zh",
  texts: textsIn("zh"),
  progress: () => {},
  progressHere: () => {},
  print: () => {},
  now: () => 0,
};

const load = async (word: string): Promise<Command> => {
  const others: Readonly<Record<string, Command>> = { deploy, dev, relayer };
  return others[word] ?? partyCommands[word]!();
};

describe("holdfast --lang zh", () => {
  it("explains every command in Chinese", async () => {
    for (const [word = "", ...rest] of commands) {
      const outcome = await (await load(word)).run([...rest, "--help"], context, `holdfast ${word}`);
      expect(outcome?.text).to.match(new RegExp(`^holdfast ${[word, ...rest].join(" ")} - `));
      const said = saidIn(outcome?.text ?? "");
      expect(said.filter((line) => !isChinese(line))).to.deep.equal([]);
    }
  });

  it("explains the program and a command in Chinese, with exit code 0", async () => {
    for (const args of [["--help"], ["deal", "id", "--help"]]) {
      const { exitCode, stdout } = await runCli([...args, "--lang", "zh"]);
      expect(exitCode).to.equal(0);
      expect(saidIn(stdout).filter((line) => !isChinese(line))).to.deep.equal([]);
    }
  });
});
