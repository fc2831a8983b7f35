import type { PromiseOpen } from "../../../evidence/verify/promiseStatus.ts";
import { options } from "../options.ts";

/** What a next step speaks of; `deadline` is a time as it is printed. */
type Place = Readonly<{
  relayer: string;
  file: string;
  leaf: string;
  deadline: string;
  chainId: number;
  registry: string;
}>;

export const evidenceAudit = {
  summary: "did the relayer keep its promises to anchor, and what came since",
  about: [
    "Whoever takes evidence in promises by signature to anchor it by a time. For each bundle in FOLDER, and for each record",
    "that was handed in and has no bundle yet (*.filing.json), this says whether the promise was kept, broken, or cannot be",
    "told yet, by which block, and what to do next. Without --url nothing is asked. With it, bundles that are ready are",
    "written, and time stamps that came later are added to the bundles; what does not verify is not added, and nothing that",
    "was in a bundle is lost. A broken promise is the relayer's fault and says nothing against the evidence.",
  ],
  examples: [
    "what the files alone say, without a network",
    "fetch what is ready by now, and confirm the blocks by your own node",
    "confirm the blocks by what `holdfast headers` collected",
  ],
  options: {
    url: `${options.url.url}; it is asked for what came since`,
    rpc: "your own node of the chain: a block that it has is confirmed, and no bundle of another is written",
    "trusted-block": "a block that you know to be on the chain; repeatable",
    "trusted-headers": "blocks that `holdfast headers` collected; repeatable",
    clock: "the right time, where that of this computer is wrong",
  },
  codes: {
    0: "every promise was kept",
    5: "a promise was broken",
    6: "none was broken, but about one of them, or about all, nothing can be said yet",
  },
  status: { kept: "kept", broken: "BROKEN", unknown: "unknown", none: "no promise" },
  counts: (kept: number, broken: number, unknown: number, none: number) =>
    `Promises kept: ${kept}, broken: ${broken}, unknown: ${unknown}. Without a promise: ${none}.`,
  offline: "The relayer was not asked (--url): only what the files show counts.",
  anchored: (at: string) => `anchored ${at}`,
  due: (by: string) => `due ${by}`,
  promised: (relayer: string, received: string, by: string) =>
    `Promised by ${relayer}: received ${received}, to be anchored by ${by}`,
  anchoredIn: (at: string, block: number, hash: string, status: string) =>
    `Anchored ${at}, in block ${block} ${hash} (${status})`,
  noPromise: "It holds no promise of a relayer, so there is nothing to hold one to.",
  why: {
    "anchored-late": "It was anchored after the time that was promised.",
    "not-anchored": "The time that was promised has passed, and the relayer shows no anchor.",
    "not-due": "The time that was promised has not come yet.",
    "not-asked": "The time that was promised has passed; whether there is an anchor, the files do not show.",
    "other-relayer-asked": "The relayer that was asked has no anchor, but it is not the one that promised.",
    "no-answer": "The relayer gave no answer that can be used.",
    "not-settled": "The relayer says that it is on its way: its block may be waiting to become final.",
    "promise-not-signed": "The relayer that is named did not sign this promise about this record.",
    "anchor-not-proven": "The anchor does not hold, or is not where your sources have it.",
    "chain-unknown":
      "An earlier version saved this record without its chain, so that its promise cannot be checked offline.",
    unreadable: "The file cannot be read.",
  } satisfies Record<PromiseOpen | "anchored-late" | "not-anchored", string>,
  saved: (file: string) => `The bundle was ready and is written to ${file}`,
  timestampsAdded: (count: number) => `Time stamps added to the bundle: ${count}`,
  timestampsRefused: (count: number) =>
    `Time stamps that the relayer offered, and that do not verify: ${count}; not added.`,
  problem: {
    "bundle-changed": "The bundle was changed meanwhile, so no time stamps were added. Run the command again.",
    "bundle-unproven":
      "What the relayer gave for a bundle does not verify, or is not on the chain of your node; nothing was written.",
  },
  notAsked: (code: string) => `Asking the relayer, or writing what it gave, failed: ${code}`,
  next: {
    "confirm-block": () =>
      "Next: confirm the block by a source that you trust: --rpc with your own node, or --trusted-headers with a file of `holdfast headers`.",
    "hold-relayer": ({ relayer, file }: Place) =>
      `Next: hold ${relayer} to it. ${file} holds its signed promise; keep it, and give it to whoever oversees the relayer.`,
    "anchor-again": ({ leaf, chainId, registry, deadline }: Place) =>
      `Next: before ${deadline} anybody can anchor the record: anchor(${leaf}, 1) at the registry ${registry} on chain ${chainId}.`,
    "file-again": ({ deadline }: Place) =>
      `Next: the record was to be anchored before ${deadline} and is of no use any more. File the file again with \`holdfast evidence add\`, with another relayer.`,
    wait: () => "Next: run this command again after that time, with --url.",
    "ask-relayer": () => "Next: ask the relayer: --url URL.",
    "ask-other-relayer": ({ relayer }: Place) => `Next: ask the relayer that promised, ${relayer}: --url URL.`,
    "ask-again": () => "Next: run the same command again later.",
    "add-again": () =>
      "Next: it was signed, and no promise came back. Run the same `holdfast evidence add` again: it goes on from there.",
    "look-at-file": () => "Next: take a copy of the file that is whole. As it is, it shows no promise of anybody.",
    verify: ({ file }: Place) => `Next: see which check fails, and by which source: holdfast verify ${file}`,
  },
  moneyUntouched: "The money of the deal does not depend on it: a broken promise moves none.",
} as const;
