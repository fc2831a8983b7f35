import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, it } from "node:test";
import { expect } from "chai";

const script = join(import.meta.dirname, "..", "..", "scripts", "demo.ts");

/** What the script says on standard error before it starts anything. */
const refusal = (...args: string[]) => {
  const { status, stderr } = spawnSync(process.execPath, ["--disable-warning=ExperimentalWarning", script, ...args], {
    encoding: "utf8",
  });
  expect(status).to.equal(1);
  return stderr;
};

describe("the script of the demonstration", () => {
  it("speaks the language that --lang names", () => {
    expect(refusal("--evidence", "no-such-file")).to.match(/^file-missing: The file does not exist/);
    expect(refusal("--evidence", "no-such-file", "--lang", "zh")).to.match(/^file-missing: 找不到该文件。/);
    expect(refusal("--lang=zh", "--evidence", "test")).to.match(
      /^file-unreadable: 无法读取该文件。.*\/test：它不是普通文件/,
    );
  });

  it("refuses a language that there is not, an option, and an argument that belongs to none", () => {
    expect(refusal("--lang", "fr")).to.match(/^usage-invalid: --lang takes en, zh/);
    expect(refusal("--evidenc", "a.jpg")).to.match(/^usage-invalid: .*Did you mean --evidence/);
    expect(refusal("--lang", "zh", "photo.jpg")).to.match(/^usage-invalid: .*photo\.jpg.*\p{Script=Han}/u);
  });
});
