import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { expect } from "chai";
import fc from "fast-check";
import type { Hex } from "viem";
import { ProtocolError } from "../../../src/core/errors.ts";
import { buildTree, pathOf, rootFromPath, rootOf } from "../../../src/core/evidence/merkle.ts";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();

function leavesOf(count: number): Hex[] {
  return Array.from({ length: count }, (_, i) => `0x${sha256(Buffer.from(`leaf ${i}`)).toString("hex")}` as const);
}

/** The textbook definition of RFC 9162, 2.1.1, with plain nodes: split at the largest power of two below the size. */
function rootByDefinition(leaves: readonly Hex[]): Buffer {
  if (leaves.length === 1) return Buffer.from(leaves[0]!.slice(2), "hex");
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha256(Buffer.concat([rootByDefinition(leaves.slice(0, split)), rootByDefinition(leaves.slice(split))]));
}

function codeOf(act: () => unknown) {
  try {
    act();
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
  return undefined;
}

describe("merkle", () => {
  it("gives the root of RFC 9162's tree shape for every size to 70", () => {
    for (let size = 1; size <= 70; size++) {
      const leaves = leavesOf(size);
      expect(rootOf(buildTree(leaves))).to.equal(`0x${rootByDefinition(leaves).toString("hex")}`);
    }
  });

  it("proves every leaf of every size to 33, in its own position only", () => {
    for (let size = 1; size <= 33; size++) {
      const leaves = leavesOf(size);
      const tree = buildTree(leaves);
      for (let index = 0; index < size; index++) {
        const path = pathOf(tree, index);
        expect(rootFromPath(leaves[index]!, path)).to.equal(rootOf(tree));
        for (let other = 0; other < size; other++) {
          if (other === index) continue;
          const moved = { ...path, index: other };
          const length = pathOf(tree, other).siblings.length;
          if (length === path.siblings.length) expect(rootFromPath(leaves[index]!, moved)).not.to.equal(rootOf(tree));
          else expect(codeOf(() => rootFromPath(leaves[index]!, moved))).to.equal("path-malformed");
        }
      }
    }
  });

  it("takes packed leaves, also from the middle of a buffer, and leaves them as they were", () => {
    const leaves = leavesOf(9);
    const packed = Buffer.concat([Buffer.alloc(3), ...leaves.map((leaf) => Buffer.from(leaf.slice(2), "hex"))]);
    const before = Buffer.from(packed);
    expect(rootOf(buildTree(packed.subarray(3)))).to.equal(rootOf(buildTree(leaves)));
    expect(packed.equals(before)).to.equal(true);
  });

  it("gives a list that repeats its last leaf another root", () => {
    const leaves = leavesOf(3);
    expect(rootOf(buildTree([...leaves, leaves[2]!]))).not.to.equal(rootOf(buildTree(leaves)));
  });

  it("never proves anything but the leaf at the index", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.nat(), fc.nat(), (size, at, bit) => {
        const leaves = leavesOf(size);
        const tree = buildTree(leaves);
        const index = at % size;
        const altered = Buffer.from(leaves[index]!.slice(2), "hex");
        altered[(bit >> 3) % 32]! ^= 1 << (bit & 7);
        const path = pathOf(tree, index);
        return rootFromPath(`0x${altered.toString("hex")}`, path) !== rootOf(tree);
      }),
      { seed: 2, numRuns: 100 },
    );
  });

  it("refuses a path that is too long, too short, or outside the tree", () => {
    const leaves = leavesOf(5);
    const path = pathOf(buildTree(leaves), 2);
    const refused = [
      { ...path, siblings: path.siblings.slice(1) },
      { ...path, siblings: [...path.siblings, leaves[0]!] },
      { ...path, index: 5 },
      { ...path, index: -1 },
      { ...path, index: 0.5 },
      { ...path, size: 0 },
      { ...path, size: Number.POSITIVE_INFINITY },
    ];
    for (const wrong of refused) expect(codeOf(() => rootFromPath(leaves[2]!, wrong))).to.equal("path-malformed");
    expect(codeOf(() => rootFromPath("0x00", path))).to.equal("tree-leaf-malformed");
  });

  it("refuses to build from nothing or from what is not 32 bytes, or to prove what is not there", () => {
    expect(codeOf(() => buildTree([]))).to.equal("tree-empty");
    expect(codeOf(() => buildTree(["0x1234"]))).to.equal("tree-leaf-malformed");
    expect(codeOf(() => buildTree(new Uint8Array(33)))).to.equal("tree-leaf-malformed");
    expect(codeOf(() => pathOf(buildTree(leavesOf(2)), 2))).to.equal("tree-index-outside");
  });
});
