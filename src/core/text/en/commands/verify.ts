export const verify = {
  summary: "check files against their evidence bundles, without any network",
  about: [
    "Says whether a file is, bit for bit, the one that somebody signed and that was anchored on a chain, and by when.",
    "A court, an opponent or an expert needs nothing but the file, its bundle (*.evidence.json) and this program: no",
    "account, no chain, no relayer, no network. The bundle of FILE is looked for as FILE.evidence.json; a directory",
    "stands for every bundle in it, and its files without a bundle are listed. What could not be checked is listed and",
    "never called tampering.",
  ],
  examples: [
    "the bundle is beside the file, as photo.jpg.evidence.json",
    "both named, with a report to print and sign",
    "also check the block against a hash from a node you trust",
    "everything in a directory, in Chinese",
  ],
  options: {
    report: "write the full report as text; FILE must not exist",
    "trusted-block":
      "hash of the anchor's block as a source that you trust gives it; without it the verdict names the hash it rests on",
    "trusted-beacon": "hash of the earlier block that the signature names, as a source that you trust gives it",
    "trusted-registry": "chain id and registry contract that you trust, like 1:0x12...",
  },
  codes: {
    0: "verified: every file is the one that was signed and anchored",
    1: "refuted: something was changed, or it is another file",
    2: "missing: a file or a bundle is not there; no conclusion",
    3: "unverifiable: the bundle cannot be read or needs the chain; no conclusion",
  },
} as const;
