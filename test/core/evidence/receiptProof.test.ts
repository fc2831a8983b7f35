import { describe, it } from "node:test";
import { expect } from "chai";
import { type Hex, keccak256, toHex, toRlp } from "viem";
import { proveReceipt } from "../../../src/chain/receiptProof.ts";
import { ProtocolError } from "../../../src/core/errors.ts";
import {
  anchoredTopic,
  logsOfReceipt,
  parseHeader,
  readAnchored,
  receiptFromProof,
} from "../../../src/core/evidence/receiptProof.ts";

const header = (number: Hex) =>
  toRlp([
    "0x",
    "0x",
    "0x",
    "0x",
    "0x",
    keccak256("0x"),
    "0x",
    "0x",
    number,
    "0x",
    "0x",
    "0x6b49d278",
    "0x",
    "0x",
    "0x",
  ]);

const receipts = Array.from({ length: 300 }, (_, i) => `0x02${toRlp(toHex(new Uint8Array(40 + i))).slice(2)}` as const);

function codeOf(act: () => unknown) {
  try {
    act();
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
  return undefined;
}

describe("receiptFromProof", () => {
  it("finds the receipt at every kind of index in tries of every shape", async () => {
    for (const size of [1, 2, 3, 16, 17, 127, 128, 129, 300]) {
      const indexes = [0, 1, 15, 16, 126, 127, 128, 255, 256, 299].filter((index) => index < size);
      for (const index of indexes) {
        const { root, proof } = await proveReceipt(receipts.slice(0, size), index);
        expect(receiptFromProof(root, index, proof)).to.equal(receipts[index]);
      }
    }
  });

  it("refuses another index, another root, and a proof with a node missing, added, changed or moved", async () => {
    const { root, proof } = await proveReceipt(receipts, 137);
    const last = proof.at(-1)!;
    const refused: [Hex, number, readonly Hex[]][] = [
      [root, 136, proof],
      [root, 300, proof],
      [keccak256("0x"), 137, proof],
      [root, 137, proof.slice(1)],
      [root, 137, proof.slice(0, -1)],
      [root, 137, [...proof, last]],
      [root, 137, proof.toReversed()],
      [root, 137, [...proof.slice(0, -1), `${last.slice(0, -1)}${last.endsWith("0") ? "1" : "0"}` as Hex]],
      [root, 137, []],
    ];
    for (const question of refused)
      expect(codeOf(() => receiptFromProof(...question))).to.equal("receipt-proof-invalid");
  });

  it("refuses nodes that are no nodes, although they hash to the root", () => {
    const nodes = [toRlp("0x1234"), toRlp([]), toRlp(["0x20", "0x01", "0x02"]), toRlp(["0x", "0x01"]), "0xc3", "0x"];
    const wrong = [
      ...nodes,
      toRlp(["0x50", "0x01"]),
      toRlp([["0x20"], "0x01"]),
      toRlp(["0x200080", ["0x01"]]),
    ] as Hex[];
    for (const node of wrong) {
      expect(
        codeOf(() => receiptFromProof(keccak256(node), 0, [node])),
        node,
      ).to.equal("receipt-proof-invalid");
    }
  });
});

describe("logsOfReceipt", () => {
  it("refuses a transaction that failed, and what is no receipt", () => {
    const failed = `0x02${toRlp(["0x", "0x5208", "0x", []]).slice(2)}` as const;
    const old = toRlp([keccak256("0x"), "0x5208", "0x", []]);
    for (const receipt of [failed, old, toRlp([]), toRlp(["0x01", "0x", "0x", "0x"]), "0x02", "0x"] as Hex[]) {
      expect(
        codeOf(() => logsOfReceipt(receipt)),
        receipt,
      ).to.equal("receipt-proof-invalid");
    }
  });
});

describe("readAnchored", () => {
  const word = (end: string) => end.padStart(64, "0");
  const sender = "ab".repeat(20);
  const logOf = (words: readonly string[], topic = word(sender)) => ({
    address: `0x${"11".repeat(20)}` as const,
    topics: [anchoredTopic, `0x${topic}`, keccak256("0x")] as const,
    data: `0x${words.join("")}` as const,
  });
  const words = [word("05"), word("6b49d278"), word("07"), `${"cd".repeat(27)}${"00".repeat(5)}`];

  it("reads what the registry says", () => {
    expect(readAnchored(logOf(words))).to.deep.equal({
      registry: `0x${"11".repeat(20)}`,
      sender: `0x${sender}`,
      root: keccak256("0x"),
      count: 5,
      anchoredAt: 0x6b49d278,
      batch: 7,
    });
  });

  it("refuses values that do not fit their types", () => {
    const dirty = [
      logOf(words.with(0, "ff".repeat(32))),
      logOf(words.with(0, word(`1${"00".repeat(8)}`))),
      logOf(words.with(1, "ff".repeat(32))),
      logOf(words.with(1, word(`1${"00".repeat(5)}`))),
      logOf(words.with(2, word(`1${"00".repeat(5)}`))),
      logOf(words.with(3, "cd".repeat(32))),
      logOf(words, word(`1${sender}`)),
    ];
    const fourth = { ...logOf(words), topics: [...logOf(words).topics, keccak256("0x")] };
    expect(readAnchored(fourth)).to.equal(undefined);
    for (const log of dirty) expect(codeOf(() => readAnchored(log))).to.equal("receipt-proof-invalid");
  });
});

describe("parseHeader", () => {
  it("refuses a second spelling of a number or of the whole header", () => {
    const good = header("0x03fc");
    expect(parseHeader(good)).to.include({ number: 1_020, timestamp: 1_800_000_120 });
    const longer = good.replace(/^0xf5/, "0xf835") as Hex;
    expect(longer).not.to.equal(good);
    for (const wrong of [header("0x0003fc"), longer]) {
      expect(
        codeOf(() => parseHeader(wrong)),
        wrong,
      ).to.equal("receipt-proof-invalid");
    }
  });

  it("refuses what is no header", () => {
    const fields = Array.from({ length: 15 }, (): Hex => keccak256("0x"));
    for (const header of ["0x", "0x80", toRlp([]), toRlp(fields), toRlp(fields.slice(1))] as Hex[]) {
      expect(
        codeOf(() => parseHeader(header)),
        header,
      ).to.equal("receipt-proof-invalid");
    }
  });
});
