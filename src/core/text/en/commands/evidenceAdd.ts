import { options } from "../options.ts";

export const evidenceAdd = {
  summary: "encrypt, store, sign and anchor files, and write the bundle that proves each",
  about: [
    "Files evidence in a dispute, or before there is one: photographs, contracts, chats, videos of any size. Each file is",
    "encrypted here, for the recipients only; the relayer stores ciphertext. You sign a record of it with your wallet,",
    "which names a recent block, and the record is anchored on chain: together they say between which two moments you had",
    "exactly this file. DIR/FILE.evidence.json is the bundle for the court; keep it with the file. When it is interrupted,",
    "run the same command again: files that are done are skipped, others go on. You choose the node (--rpc), because",
    "the relayer is not trusted about the state of the chain.",
  ],
  examples: [
    "two files for a deal, readable by yourself and one more",
    "with what you state about it; each fact can later be disclosed or withheld",
  ],
  options: {
    ...options.url,
    ...options.wallet,
    deal: "the deal it belongs to, or none where the relayer takes evidence of no deal from you",
    recipients: "who can open it: age public keys or files with them, separated by commas; include your own",
    out: "where bundles go; created if needed",
    rpc: "a node of the chain",
    purpose: "what it is to show",
    "captured-at": "when it was taken, as you state it",
    device: "with what",
    method: "how",
    place: "where",
    collector: "by whom",
    "valid-for": "how long the record may wait for its anchor; 1d unless given",
  },
  filedBefore: (file: string, bundle: string) => `${file}: filed before, ${bundle}`,
  filed: (file: string, time: string, bundle: string) => `${file}: existed before ${time}, ${bundle}`,
  checkOffline: "Check it offline: holdfast verify FILE BUNDLE",
} as const;
