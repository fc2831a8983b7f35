import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { expect } from "chai";
import { CompileError, loadCompiler } from "../../scripts/mutation/compiler.ts";
import { type Mutant, mutantsOf, mutated, nameOf } from "../../scripts/mutation/operators.ts";
import { digestOf, isCounted, type Outcome, openRecords } from "../../scripts/mutation/records.ts";
import { pageOf, summaryOf, type Tried, unanswered } from "../../scripts/mutation/report.ts";
import { inTurn } from "../../scripts/mutation/sample.ts";
import { affectedBy, groupsFor } from "../../scripts/mutation/subjects.ts";
import { tryInOrder, type Workers } from "../../scripts/mutation/workers.ts";

const ROOT = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "holdfast-mutation-"));
after(() => rmSync(folder, { recursive: true, force: true }));

// The comment holds a character of three bytes: places are counted in bytes, not in characters.
const SOURCE = `// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.34;
// 托管
contract Small {
    uint256 private constant WINDOW = 2 hours;
    uint256[4] private _spent;
    event Spent(uint256 amount, uint256 left);
    error TooMuch(uint256 amount);
    modifier guarded() { _spent[1] = block.timestamp; _; }

    function spend(uint256 amount, uint256 left, bool isOpen) external guarded returns (uint256 sum) {
        require(amount < left && !isOpen, TooMuch(amount));
        if (amount == 0) return 0;
        _spent[0] += amount;
        emit Spent(amount, left);
        sum = amount + WINDOW;
    }
}
`;
mkdirSync(join(folder, "contracts"));
writeFileSync(join(folder, "contracts/Small.sol"), SOURCE);
const compiler = loadCompiler(folder);
const FILE = "contracts/Small.sol";
const tree = compiler.syntaxOf([FILE])[FILE];
const mutants = tree === undefined ? [] : mutantsOf(FILE, SOURCE, tree);

describe("Mutants of a source", () => {
  it("are every small mistake of every function and constant, and nothing inside types", () => {
    expect(mutants.map(nameOf).sort()).to.deep.equal([
      "Small.WINDOW: constant: 2 hours => (2 hours + 1)",
      "Small.WINDOW: constant: 2 hours => (2 hours - 1)",
      "Small.guarded: constant: 1 => (1 + 1)",
      "Small.guarded: constant: 1 => (1 - 1)",
      "Small.guarded: statement deleted: _spent[1] = block.timestamp => true",
      "Small.spend: arguments swapped: amount, left => left, amount",
      "Small.spend: arithmetic: _spent[0] += amount => _spent[0] -= amount",
      "Small.spend: arithmetic: amount + WINDOW => amount - WINDOW",
      "Small.spend: branch forced: amount == 0 => false",
      "Small.spend: branch forced: amount == 0 => true",
      "Small.spend: constant: 0 => (0 + 1)",
      "Small.spend: constant: 0 => (0 + 1)",
      "Small.spend: constant: 0 => (0 + 1)",
      "Small.spend: event dropped: emit Spent(amount, left) => true",
      "Small.spend: logical: amount < left && !isOpen => amount < left || !isOpen",
      "Small.spend: modifier dropped: guarded => ",
      "Small.spend: negation dropped: !isOpen => (isOpen)",
      "Small.spend: operand dropped: amount < left && !isOpen => (!isOpen)",
      "Small.spend: operand dropped: amount < left && !isOpen => (amount < left)",
      "Small.spend: relational: amount < left => amount <= left",
      "Small.spend: relational: amount < left => amount >= left",
      "Small.spend: relational: amount == 0 => amount != 0",
      "Small.spend: require dropped: amount < left && !isOpen => true",
      "Small.spend: statement deleted: _spent[0] += amount => true",
      "Small.spend: statement deleted: sum = amount + WINDOW => true",
    ]);
  });

  it("change what they say and nothing else, and compile to other code", () => {
    const unchanged = compiler.bytecodeOf([FILE], new Map())[`${FILE}:Small`];
    for (const mutant of mutants) {
      const source = mutated(SOURCE, mutant);
      expect(Buffer.byteLength(source)).to.equal(Buffer.byteLength(SOURCE) - mutant.length + mutant.replacement.length);
      expect(source.split("\n")[mutant.line - 1], nameOf(mutant)).to.include(mutant.replacement);
      const code = compiler.bytecodeOf([FILE], new Map([[FILE, source]]))[`${FILE}:Small`];
      expect(code?.bytecode, nameOf(mutant)).to.match(/^0x/).and.not.equal(unchanged?.bytecode);
    }
  });

  it("are no mutants when the compiler refuses them or makes the same code", () => {
    const withComment = SOURCE.replace("托管", "托管 twice");
    const unchanged = compiler.bytecodeOf([FILE], new Map());
    expect(compiler.bytecodeOf([FILE], new Map([[FILE, withComment]]))).to.deep.equal(unchanged);
    const wrong = new Map([[FILE, SOURCE.replace("amount < left", "amount < isOpen")]]);
    expect(() => compiler.bytecodeOf([FILE], wrong)).to.throw(CompileError);
  });
});

const mutantIn = (scope: string, start: number): Mutant => ({
  file: FILE,
  scope,
  operator: "constant",
  line: 1,
  start,
  length: 1,
  original: "0",
  replacement: "1",
});
const many = [
  ...Array.from({ length: 6 }, (_, i) => mutantIn("A.long", i)),
  mutantIn("A.short", 10),
  mutantIn("B.short", 11),
];

describe("The sample of mutants", () => {
  it("takes one of each function before it takes a second one", () => {
    const order = inTurn(many, 7);
    expect(order.slice(0, 3).map(({ scope }) => scope)).to.have.members(["A.long", "A.short", "B.short"]);
    expect(order).to.have.members(many);
  });

  it("is the same for a seed and another for another", () => {
    expect(inTurn(many, 7)).to.deep.equal(inTurn(many, 7));
    const orders = new Set([1, 2, 3, 4, 5].map((seed) => JSON.stringify(inTurn(many, seed))));
    expect(orders.size).to.be.above(1);
  });

  it("does not depend on the number of workers, and skips what is no change", async () => {
    const outcomeOf = ({ start }: Mutant): Outcome => ({
      outcome: start % 3 === 0 ? "same code" : "killed",
      seconds: 0,
    });
    const triedBy = async (size: number) => {
      const tried: number[] = [];
      const workers: Workers = {
        size,
        // Later workers are quicker, so that answers come out of order.
        try: (place, work) =>
          new Promise((resolve) => {
            if (work === "unchanged") return;
            const outcome = outcomeOf(work.mutant);
            let turns = size - place;
            const step = () => (--turns < 0 ? resolve(outcome) : setImmediate(step));
            step();
          }),
        stop: () => undefined,
      };
      await tryInOrder(
        workers,
        many,
        4,
        () => undefined,
        ({ start }, outcome) => {
          tried.push(start);
          return isCounted(outcome);
        },
      );
      return tried.sort((a, b) => a - b);
    };
    expect(await triedBy(1)).to.deep.equal([0, 1, 2, 3, 4, 5]);
    expect(await triedBy(3)).to.deep.equal(await triedBy(1));
  });
});

describe("Records of a mutation run", () => {
  const [first, second] = [mutantIn("A.first", 0), mutantIn("A.second", 1)];
  const digests = { contractsOf: () => "source", contracts: "contracts", tests: "tests" };
  const killed: Outcome = { outcome: "killed", by: "a test", seconds: 3 };
  const survived: Outcome = { outcome: "survived", seconds: 9 };

  it("are found again after a stop, also with a torn last line", () => {
    const file = join(folder, "torn.jsonl");
    openRecords(file, digests).add(first, killed);
    writeFileSync(file, `${readFileSync(file, "utf8")}{"contracts":"con`);
    const records = openRecords(file, digests);
    expect(records.of(first)?.by).to.equal("a test");
    records.add(second, survived);
    expect(openRecords(file, digests).of(second)?.outcome).to.equal("survived");
  });

  it("hold for the same contracts only; survivors are tried again with other tests", () => {
    const file = join(folder, "records.jsonl");
    const records = openRecords(file, digests);
    records.add(first, killed);
    records.add(second, survived);
    records.addSound(60);
    expect(openRecords(file, digests).isSound()).to.equal(true);

    const withOtherTests = openRecords(file, { ...digests, tests: "other tests" });
    expect(withOtherTests.of(first)?.outcome).to.equal("killed");
    expect(withOtherTests.of(second)).to.equal(undefined);
    expect(withOtherTests.isSound()).to.equal(false);
    const withOtherSource = openRecords(file, { ...digests, contractsOf: () => "other source" });
    expect(withOtherSource.of(first)).to.equal(undefined);
    expect(openRecords(file, { ...digests, contracts: "other contracts" }).isSound()).to.equal(false);
  });

  it("take a digest that changes with a byte or a name of what it covers", () => {
    const before = digestOf(folder, [FILE]);
    writeFileSync(join(folder, "contracts/Other.sol"), SOURCE);
    expect(digestOf(folder, ["contracts/Other.sol"])).to.not.equal(before);
    expect(digestOf(folder, [FILE, FILE])).to.equal(before);
    writeFileSync(join(folder, "contracts/Other.sol"), `${SOURCE} `);
    expect(digestOf(folder, [FILE, "contracts/Other.sol"])).to.not.equal(before);
  });
});

describe("The page about mutants", () => {
  const tried: readonly Tried[] = many.map((mutant, i) => ({
    mutant,
    outcome: { outcome: i === 0 ? "survived" : i === 1 ? "same code" : i === 2 ? "no code" : "killed", seconds: 1 },
  }));

  it("counts only what is a change, and asks for an answer to each survivor", () => {
    const { counted, killed, survivors } = summaryOf(tried);
    expect({ counted, killed }).to.deep.equal({ counted: 6, killed: 5 });
    expect(unanswered(survivors, {})).to.deep.equal(survivors);
    expect(unanswered(survivors, { "A.long: constant: 0 => 1": "nobody can see it" })).to.deep.equal([]);
  });

  it("names command, figures, survivors and their answers", () => {
    const page = pageOf(tried, 1351, 7, { "A.long: constant: 0 => 1": "Nobody can see it." });
    expect(page).to.match(/npm run mutate -- --count 6 --seed 7 --write/);
    expect(page).to.match(/\*\*5 were killed: 83\.3 %\.\*\*/);
    expect(page).to.match(/\| A\.long, line 1 \| `0` became `1` \| Nobody can see it\. \|/);
    expect(page).to.match(/\| \*\*all\*\* \| 6 \| 5 \| 1 \| 1 \|/);
  });
});

describe("The tests that judge a mutant", () => {
  const tests = [
    "Bonds.test.ts",
    "conformance.test.ts",
    "Escrow.ship.test.ts",
    "Escrow.fund.test.ts",
    "vectors.test.ts",
  ];

  it("begin with the function's own file, and end with the longest", () => {
    const groups = groupsFor(mutantIn("Escrow.ship", 0), tests);
    expect(groups[0]).to.deep.equal(["Escrow.ship.test.ts"]);
    expect(groups.at(-1)).to.deep.equal(["conformance.test.ts"]);
    expect(groups.flat().sort()).to.deep.equal([...tests].sort());
    expect(groupsFor(mutantIn("Escrow.fundWithPermit2", 0), tests)[0]).to.deep.equal(["Escrow.fund.test.ts"]);
    expect(groupsFor(mutantIn("Bonds._reserve", 0), tests)[0]).to.deep.equal(["Bonds.test.ts"]);
  });

  it("run on every contract that contains the changed file", () => {
    expect(affectedBy(ROOT, "contracts/EvidenceRegistry.sol")).to.deep.equal(["contracts/EvidenceRegistry.sol"]);
    const withCodec = affectedBy(ROOT, "contracts/libraries/TermsCodec.sol");
    expect(withCodec).to.include.members([
      "contracts/Escrow.sol",
      "contracts/tribunals/PanelTribunal.sol",
      "contracts/mocks/TermsReader.sol",
    ]);
  });
});

describe("npm run mutate", () => {
  const mutate = (...args: readonly string[]) =>
    spawnSync(process.execPath, ["--disable-warning=ExperimentalWarning", join(ROOT, "scripts/mutate.ts"), ...args], {
      encoding: "utf8",
    });

  it("lists the sample without trying it", () => {
    const { stdout, status } = mutate("--list", "--count", "3", "--only", "EvidenceRegistry");
    expect(status).to.equal(0);
    const lines = stdout.trim().split("\n");
    expect(lines.length).to.equal(3);
    for (const line of lines)
      expect(line).to.match(/^contracts\/EvidenceRegistry\.sol:\d+ {2}EvidenceRegistry\.anchor: /);
  });

  it("refuses what it does not understand, with its usage", () => {
    for (const args of [["--count", "0"], ["--count", "1.5"], ["--require", "2"], ["--only", "Nothing"], ["--fast"]]) {
      const { stderr, status } = mutate(...args);
      expect(status).to.equal(2);
      expect(stderr).to.match(/npm run mutate -- \[--count 250\]/);
    }
  });
});
