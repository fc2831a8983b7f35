import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { expect } from "chai";
import { literalsIn } from "../../fixtures/literals.ts";

const root = join(import.meta.dirname, "..", "..", "..");
const files = globSync("src/{cli,devnet,api,relayer}/**/*.ts", { cwd: root }).sort();

/** What is in English for another reason than that a person reads it, by file. */
const exceptions: Readonly<Record<string, RegExp>> = {
  // The name of a setting of Express.
  "src/api/app.ts": /^case sensitive routing$/,
  // The contract of the API is a document for programmers, in English.
  "src/api/openapi.ts": /./,
  // The order in the example of a template.
  "src/cli/dealTemplate.ts": /^into the flat$/,
  // The mnemonic that every local chain funds.
  "src/devnet/demo/actors.ts": /^test test /,
  // What the parties of the demonstration write.
  "src/devnet/demo/caseTexts.ts": /./,
  // A defect of the demonstration, for programmers.
  "src/devnet/demo/noNetwork.ts": /^the network is off/,
};

const isCommandLine = (text: string) => /^(?:(?:npm run .*)?holdfast|cast) /.test(text);

/** Names of events in the operator's log, which programs filter by. */
const isLogEvent = (before: string) => /\blog\.(?:debug|info|warn|error)\([^;]*$/.test(before);

/** Three words in a row in lower case: what a person is to read. */
const isSentence = (text: string) =>
  /(?:^|[\s"'(])[a-z][a-z'-]*[,;:]? [a-z][a-z'-]*[,;:]? [a-z][a-z'-]*(?:[\s.,;:!?)]|$)/.test(text);

describe("sentences for people", () => {
  it("stand in core/text only, where every language has them", () => {
    const elsewhere = files.flatMap((file) =>
      literalsIn(readFileSync(join(root, file), "utf8"))
        .filter(({ text, before }) => isSentence(text) && !isCommandLine(text) && !isLogEvent(before))
        .filter(({ text }) => exceptions[file]?.test(text) !== true)
        .map(({ line, text }) => `${file}:${line} ${text}`),
    );
    expect(elsewhere).to.deep.equal([]);
  });
});
