import { bytesToHex, type Hex, hexToBytes } from "viem";
import { ProtocolError } from "../errors.ts";
import { hashPairs } from "./sha256Nodes.ts";

const NODE_BYTES = 32;
const NODE_WORDS = 8;

/**
 * All levels of a tree, leaves first, each packed as eight 32-bit words a node. A parent is SHA-256
 * of its two children, 64 bytes. An odd last node moves up unchanged, as in RFC 9162: were it
 * paired with itself, a list ending in a repeated leaf would have the root of the list without it
 * (CVE-2012-2459).
 */
export type MerkleTree = { readonly size: number; readonly levels: readonly Uint32Array[] };

/** The way from one leaf to the root: siblings from the bottom, levels without one left out. */
export type MerklePath = { readonly index: number; readonly size: number; readonly siblings: readonly Hex[] };

/**
 * Builds every level. A million leaves take about a second and 100 MB.
 * @param leaves 32 bytes each, packed or as hex; leaves must be hashes of something that is not 64
 *   bytes of two nodes
 * @throws ProtocolError `tree-empty` without leaves, `tree-leaf-malformed` if a leaf is not 32
 *   bytes
 */
export function buildTree(leaves: Uint8Array | readonly Hex[]): MerkleTree {
  const bottom = leaves instanceof Uint8Array ? wordsOf(leaves) : wordsOfHex(leaves);
  if (bottom.length === 0) throw new ProtocolError("tree-empty");
  const levels: Uint32Array[] = [bottom];
  for (let level: Uint32Array = bottom; level.length > NODE_WORDS; level = levels.at(-1)!)
    levels.push(parentsOf(level));
  return { size: bottom.length / NODE_WORDS, levels };
}

/** The top of a tree. */
export function rootOf(tree: MerkleTree): Hex {
  return nodeAt(tree.levels.at(-1)!, 0);
}

/**
 * The path that proves the leaf at `index`, from 0.
 * @throws ProtocolError `tree-index-outside`
 */
export function pathOf(tree: MerkleTree, index: number): MerklePath {
  const { size, levels } = tree;
  if (!isPosition(index, size)) throw new ProtocolError("tree-index-outside", { index, size });
  const siblings: Hex[] = [];
  for (let level = 0, position = index; level < levels.length - 1; level++, position = Math.floor(position / 2)) {
    const sibling = siblingOf(position);
    if (sibling < levels[level]!.length / NODE_WORDS) siblings.push(nodeAt(levels[level]!, sibling));
  }
  return { index, size, siblings };
}

/**
 * Recomputes the root that a path leads to. Side and number of siblings follow from index and size
 * alone, so an inner node cannot pass for a leaf and a path fits one position only.
 * @throws ProtocolError `path-malformed` if the path is not one of a tree of this size
 */
export function rootFromPath(leaf: Hex, path: MerklePath): Hex {
  const { index, size, siblings } = path;
  const malformed = new ProtocolError("path-malformed", { index, size, siblings: siblings.length });
  if (!isPosition(index, size)) throw malformed;
  let node: Uint32Array = wordsOfHex([leaf]);
  let used = 0;
  for (
    let width = size, position = index;
    width > 1;
    width = Math.ceil(width / 2), position = Math.floor(position / 2)
  ) {
    if (siblingOf(position) >= width) continue;
    const hex = siblings[used++];
    if (hex === undefined) throw malformed;
    const sibling = wordsOfHex([hex]);
    const pair = new Uint32Array(2 * NODE_WORDS);
    pair.set(node, position % 2 === 0 ? 0 : NODE_WORDS);
    pair.set(sibling, position % 2 === 0 ? NODE_WORDS : 0);
    node = hashPairs(pair);
  }
  if (used !== siblings.length) throw malformed;
  return nodeAt(node, 0);
}

function parentsOf(level: Uint32Array) {
  const parents = hashPairs(level);
  if ((level.length / NODE_WORDS) % 2 === 0) return parents;
  const withOdd = new Uint32Array(parents.length + NODE_WORDS);
  withOdd.set(parents);
  withOdd.set(level.subarray(-NODE_WORDS), parents.length);
  return withOdd;
}

function isPosition(index: number, size: number) {
  return Number.isSafeInteger(size) && Number.isSafeInteger(index) && index >= 0 && index < size;
}

function siblingOf(position: number) {
  return position % 2 === 0 ? position + 1 : position - 1;
}

function nodeAt(level: Uint32Array, position: number): Hex {
  const view = new DataView(new ArrayBuffer(NODE_BYTES));
  for (let i = 0; i < NODE_WORDS; i++) view.setUint32(4 * i, level[position * NODE_WORDS + i]!);
  return bytesToHex(new Uint8Array(view.buffer));
}

function wordsOf(bytes: Uint8Array) {
  if (bytes.length % NODE_BYTES !== 0) throw new ProtocolError("tree-leaf-malformed", { bytes: bytes.length });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const words = new Uint32Array(bytes.length / 4);
  for (let i = 0; i < words.length; i++) words[i] = view.getUint32(4 * i);
  return words;
}

function wordsOfHex(nodes: readonly Hex[]) {
  const words = new Uint32Array(nodes.length * NODE_WORDS);
  nodes.forEach((node, i) => {
    if (node.length !== 2 + 2 * NODE_BYTES) throw new ProtocolError("tree-leaf-malformed", { index: i });
    words.set(wordsOf(hexToBytes(node)), i * NODE_WORDS);
  });
  return words;
}
