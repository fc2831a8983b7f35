import { describe, it } from "node:test";
import { expect } from "chai";
import { runCli } from "../fixtures/cli.ts";

const groups = ["deal", "evidence", "determination", "keys"];
const commands = [
  ["dev"],
  ["relayer"],
  ["relayer", "reindex"],
  ["evidence"],
  ["evidence", "add"],
  ["evidence", "list"],
  ["evidence", "open"],
  ["determination"],
  ["determination", "write"],
  ["determination", "sign"],
  ["determination", "combine"],
  ["determination", "send"],
  ["verify"],
  ["deal"],
  ["deal", "terms"],
  ["deal", "id"],
  ["deal", "sign"],
  ["deal", "register"],
  ["deal", "intent"],
  ["deal", "show"],
  ["deal", "credits"],
  ["deal", "call"],
  ["deal", "pack"],
  ["deal", "unpack"],
  ["keys"],
  ["keys", "new"],
  ["keys", "encryption"],
  ["keys", "show"],
];

const refused = async (...args: string[]) => {
  const run = await runCli([...args, "--json"]);
  expect(run.exitCode).to.equal(64);
  const { error } = run.json() as { error: { code: string; message: string } };
  expect(error.code).to.equal("usage-invalid");
  return error.message;
};

describe("holdfast", () => {
  it("lists every command with --help", async () => {
    const run = await runCli(["--help"]);
    expect(run.exitCode).to.equal(0);
    for (const [name = ""] of commands) expect(run.stdout).to.include(`  ${name} `);
  });

  it("explains every command by example, with its exit codes", async () => {
    const texts = await Promise.all(commands.map((words) => runCli([...words, "--help"])));
    for (const [index, { exitCode, stdout }] of texts.entries()) {
      const words = commands[index]!;
      expect(exitCode, words.join(" ")).to.equal(0);
      expect(stdout).to.match(new RegExp(`^holdfast ${words.join(" ")} - `));
      if (groups.includes(words.join(" "))) continue;
      for (const part of ["Usage", "Examples", "Options", "Exit codes", "--json"]) expect(stdout).to.include(part);
    }
  });

  it("says the same with help before the command", async () => {
    expect((await runCli(["help", "keys", "new"])).stdout).to.equal((await runCli(["keys", "new", "--help"])).stdout);
  });

  it("states its version", async () => {
    expect((await runCli(["--version"])).stdout).to.match(/^holdfast \d+\.\d+\.\d+\n$/);
  });

  it("exits 64 and suggests the command that was probably meant", async () => {
    expect(await refused("verfy")).to.include("Did you mean verify?");
    expect(await refused("deal", "sing")).to.include("Did you mean sign?");
    expect(await refused("deal", "call", "confrim", "deal.json")).to.include("Did you mean confirm?");
    expect(await refused("something")).to.include("It knows:");
    expect(await refused()).to.include("needs a command");
  });

  it("exits 64 and suggests the option that was probably meant", async () => {
    expect(await refused("verify", "a.jpg", "--reprot", "x")).to.include("Did you mean --report?");
  });

  it("exits 64 for a value that is missing, not wanted or given twice, and for too few or too many arguments", async () => {
    expect(await refused("verify", "a.jpg", "--report")).to.include("--report needs a value");
    expect(await refused("verify", "a.jpg", "--report", "--trusted-block")).to.include("--report needs a value");
    expect(await refused("deal", "terms", "--example=yes")).to.include("--example takes no value");
    expect(await refused("verify", "a.jpg", "--lang", "en", "--lang", "zh")).to.include("given twice");
    expect(await refused("verify")).to.include("Something is missing");
    expect(await refused("keys", "show", "a", "b")).to.include('"b" is one too many');
  });

  it("writes errors to stderr alone for people, beginning with the code", async () => {
    const run = await runCli(["verfy"]);
    expect(run.stdout).to.equal("");
    expect(run.stderr).to.match(/^usage-invalid: /);
  });
});
