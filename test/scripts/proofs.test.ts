import { describe, it } from "node:test";
import { expect } from "chai";
import { writeOutBranches } from "../../scripts/proofs/branches.ts";
import { checksIn, judgeReport } from "../../scripts/proofs/checks.ts";
import { isDeployed, pathOfSource, withImports } from "../../scripts/proofs/compiled.ts";
import { type Finding, judgeFindings, placeOf } from "../../scripts/proofs/findings.ts";
import { missedLines } from "../../scripts/proofs/lcov.ts";
import { outcomeOf, proofSummary } from "../../scripts/proofs/outcome.ts";
import { nextSeed, parseSlices, playedOf, runsIn, seedToPlay } from "../../scripts/proofs/slices.ts";
import { solidityTokens } from "../../scripts/proofs/solidityTokens.ts";
import { judgeWarnings } from "../../scripts/proofs/warnings.ts";

describe("proof outcomes", () => {
  it("never takes a proof that could not run for one that holds", () => {
    expect([0, 1, 3, null].map(outcomeOf)).to.deep.equal(["holds", "fails", "unchecked", "fails"]);
    expect(proofSummary(["holds", "unchecked", "holds"])).to.equal("2 hold, 0 fail, 1 not checked");
  });
});

describe("compiled sources", () => {
  it("names the files of the checkout", () => {
    expect(pathOfSource("project/contracts/Escrow.sol")).to.equal("contracts/Escrow.sol");
    expect(pathOfSource("npm/@openzeppelin/contracts@5.7.0/utils/Nonces.sol")).to.equal(
      "node_modules/@openzeppelin/contracts/utils/Nonces.sol",
    );
  });

  it("takes everything but mocks and tests for deployed", () => {
    const paths = ["contracts/Escrow.sol", "contracts/mocks/SmartWallet.sol", "test/contracts/Escrow.t.sol"];
    expect(paths.filter(isDeployed)).to.deep.equal(["contracts/Escrow.sol"]);
  });

  it("follows imports, in circles too", () => {
    const source = (...imports: string[]) => ({
      id: 0,
      ast: { nodes: imports.map((absolutePath) => ({ nodeType: "ImportDirective", absolutePath })) },
    });
    const sources = { a: source("b"), b: source("a"), c: source("a") };
    expect([...withImports(sources, ["a"])]).to.deep.equal(["a", "b"]);
  });
});

describe("Solidity tokens", () => {
  const source = 'contract A { string s = "a // b"; uint256 x = 1; }';

  it("are the same with other comments and line breaks", () => {
    const other = '/** c " */ contract A {\n  string s = "a // b"; // it\'s\n  uint256 x\n  = 1; }';
    expect(solidityTokens(other)).to.equal(solidityTokens(source));
  });

  it("differ with every change that the compiler reads", () => {
    for (const other of [source.replace("a // b", "a // c"), source.replace("1", "2"), source.replace("x", "x1")]) {
      expect(solidityTokens(other), other).not.to.equal(solidityTokens(source));
    }
  });
});

describe("warnings", () => {
  const say = (file: string, errorCode: string) => ({
    severity: "warning",
    errorCode,
    message: "hm\nmore",
    sourceLocation: { file },
  });
  const known = [{ file: "node_modules/pkg/A.sol", code: "1", why: "because" }];

  it("lets pass what is listed, and the size of test contracts", () => {
    const said = [say("npm/pkg@1.0.0/A.sol", "1"), say("project/test/contracts/Escrow.t.sol", "5574")];
    expect(judgeWarnings(said, known)).to.deep.equal({ unanswered: [], idle: [] });
  });

  it("refuses any other, the size of a deployed contract, and a listed one that is gone", () => {
    const said = [say("project/contracts/Escrow.sol", "5574"), say("npm/pkg@1.0.0/A.sol", "2")];
    expect(judgeWarnings(said, known)).to.deep.equal({
      unanswered: ["contracts/Escrow.sol 5574: hm", "node_modules/pkg/A.sol 2: hm"],
      idle: ["node_modules/pkg/A.sol 1"],
    });
  });
});

describe("findings of Slither", () => {
  const contract = { type: "contract", name: "Escrow", type_specific_fields: { parent: { type: "file", name: "x" } } };
  const lapse = {
    type: "function",
    name: "lapse",
    type_specific_fields: { signature: "lapse(Terms)", parent: contract },
  };
  const local = { type: "variable", name: "held", type_specific_fields: { parent: lapse } };
  const finding: Finding = { check: "timestamp", elements: [lapse], description: "compares" };
  const answer = { detector: "timestamp", where: "Escrow.lapse(Terms)", reason: "hours" };

  it("names places without line numbers", () => {
    expect([placeOf(lapse), placeOf(local)]).to.deep.equal(["Escrow.lapse(Terms)", "Escrow.lapse(Terms).held"]);
  });

  it("accepts an answered finding", () => {
    expect(judgeFindings([finding], [answer])).to.deep.equal({ unanswered: [], wrong: [], unexplained: [] });
  });

  it("refuses a finding without an answer, and an answer without its finding or a reason", () => {
    expect(judgeFindings([finding], []).unanswered).to.have.length(1);
    expect(judgeFindings([], [answer]).wrong).to.have.length(1);
    expect(judgeFindings([finding], [{ ...answer, reason: " " }]).unexplained).to.have.length(1);
  });

  it("refuses a second finding that hides behind one answer", () => {
    expect(judgeFindings([finding, finding], [answer]).wrong).to.deep.equal([
      "timestamp at Escrow.lapse(Terms): answered 1 times, found 2 times",
    ]);
    expect(judgeFindings([finding, finding], [{ ...answer, times: 2 }]).wrong).to.deep.equal([]);
  });
});

describe("slices of the invariant test", () => {
  const slice = { sources: "a", seed: "0x1", runs: 10, depth: 64, seconds: 2 };
  const text = [slice, { ...slice, seed: "0x2" }, { ...slice, sources: "b" }].map((s) => JSON.stringify(s)).join("\n");

  it("adds up what was played of these sources, each seed once", () => {
    const played = playedOf(parseSlices(`${text}\n${JSON.stringify(slice)}\n`), "a");
    expect(played).to.deep.equal({ calls: 1280, seconds: 4, seeds: ["0x1", "0x2"] });
  });

  it("leaves out a line that a stop cut off", () => {
    expect(parseSlices(`${JSON.stringify(slice)}\n{"sources":"a","se`)).to.deep.equal([slice]);
    expect(parseSlices('{"sources":"a","seed":"0x1","runs":0,"depth":64,"seconds":1}')).to.deep.equal([]);
  });

  it("counts seeds up, through gaps", () => {
    expect([nextSeed([]), nextSeed(["0x1", "0x3"])]).to.deep.equal(["0x1", "0x2"]);
  });

  it("gives every worker another seed, until what is in work is enough", () => {
    const played = playedOf(parseSlices(text), "a");
    const seedWith = (...inWork: string[]) =>
      seedToPlay(played, { inWork: new Set(inWork), calls: 640, wanted: played.calls + 1280 });
    expect([seedWith(), seedWith("0x3"), seedWith("0x3", "0x4")]).to.deep.equal(["0x3", "0x4", undefined]);
  });

  it("reads the runs that Hardhat counts", () => {
    expect(runsIn("    ✔ invariant_moneyIsSafe() (runs: 600)\n")).to.equal(600);
    expect(runsIn("1 failing")).to.equal(0);
  });
});

describe("formal checks", () => {
  const source = `contract WindowsProofs is Harness {
    /// @dev Takes long.
    /// @custom:long
    function check_a(uint256 x) external {}

    function check_b() external {}
}`;

  it("finds the properties of a source, and which are long", () => {
    expect(checksIn(source)).to.deep.equal([
      { contract: "WindowsProofs", name: "check_a", isLong: true },
      { contract: "WindowsProofs", name: "check_b", isLong: false },
    ]);
  });

  it("takes for proven only what Halmos finished within its bounds", () => {
    const result = (name: string, exitcode: number, loops = 0) => ({
      name: `${name}()`,
      exitcode,
      num_bounded_loops: loops,
    });
    const report = { test_results: { x: [result("a", 0), result("b", 1), result("c", 2), result("d", 0, 1)] } };
    expect(judgeReport(report, ["a", "b", "c", "d", "e"])).to.deep.equal([
      "b: a counterexample",
      "c: the solver ran out of time",
      "d: a loop went beyond the bound",
      "e: Halmos did not finish",
    ]);
    expect(judgeReport(undefined, ["a"])).to.have.length(1);
  });
});

describe("branches written out", () => {
  const node = (source: string, nodeType: string, text: string, more = {}) => ({
    nodeType,
    src: `${source.indexOf(text)}:${text.length}:0`,
    ...more,
  });

  it("writes both ways of a require, and keeps the lines", () => {
    const source = "a(); require(\n  x < y,\n  TooLate(y)\n); b();";
    const call = "require(\n  x < y,\n  TooLate(y)\n)";
    const ast = node(source, "ExpressionStatement", call, {
      expression: node(source, "FunctionCall", call, {
        expression: node(source, "Identifier", "require", { name: "require" }),
        arguments: [node(source, "BinaryOperation", "x < y"), node(source, "FunctionCall", "TooLate(y)")],
      }),
    });
    const { text, branches } = writeOutBranches(source, ast);
    expect(text).to.equal("a(); { if (!(\nx < y)) revert \nTooLate(y); else { true; } }\n b();");
    expect(branches).to.equal(2);
  });

  it("gives an if without else one, the inner first", () => {
    const source = "if (a) if (b) return;";
    const inner = node(source, "IfStatement", "if (b) return", { trueBody: node(source, "Return", "return") });
    const ast = node(source, "IfStatement", source.slice(0, -1), { trueBody: inner });
    expect(writeOutBranches(source, ast).text).to.equal("if (a) if (b) return; else { true; } else { true; }");
  });
});

describe("LCOV reports", () => {
  it("lists the lines that never ran, and files without any", () => {
    const report = "TN:\nSF:a.sol\nDA:1,1\nDA:2,0\nend_of_record\nSF:b.sol\nDA:1,1\nend_of_record\n";
    expect([...missedLines(report)]).to.deep.equal([
      ["a.sol", [2]],
      ["b.sol", []],
    ]);
  });
});
