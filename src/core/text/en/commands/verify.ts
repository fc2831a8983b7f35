export const verify = {
  summary: "check files against their evidence bundles, without any network",
  about: [
    "Says whether a file is, bit for bit, the one that somebody signed and that was anchored on a chain. That is one",
    "answer; since when is another: it is confirmed only by blocks of a source that you trust, which you name or keep in",
    "a file of `holdfast headers`, or by time stamps (RFC 3161) of authorities that you trust.",
    "A court, an opponent or an expert needs nothing but the file, its bundle (*.evidence.json) and this program: no",
    "account, no chain, no relayer, no network. The bundle of FILE is looked for as FILE.evidence.json; a directory",
    "stands for every bundle in it, and its files without a bundle are listed. What could not be checked is listed and",
    "never called tampering.",
  ],
  examples: [
    "the bundle is beside the file, as photo.jpg.evidence.json",
    "both named, with a report to print and sign",
    "also confirm the time: the two blocks as a node that you trust shows them",
    "also confirm the time by the time stamps in the bundle, of authorities that the court trusts",
    "the times of many files, by the headers that were collected before",
    "everything in a directory, with the role of whoever signed, in Chinese",
    "the same check as a page for a browser that needs no network: for courts and everybody without a terminal",
  ],
  options: {
    report: "write the full report as text; FILE must not exist",
    "trusted-block":
      "a block of the chain as a source that you trust gives it; repeat it for the anchor's block and for the earlier block that was signed. Without it the time is not confirmed",
    "tsa-roots":
      "certificates (PEM or DER) of time-stamping authorities that you trust: their time stamps in a bundle confirm the time",
    "tsa-revoked":
      "revocation lists (PEM or DER) of those authorities: a stamp by a revoked certificate counts for nothing",
    "trusted-headers":
      "a file of `holdfast headers` that you or somebody you trust collected; repeat it for more. Blocks that were not final do not count",
    "trusted-registry": "chain id and registry contract that you trust, like 1:0x12...",
    deal: "deal file: the report says whether the buyer, the seller, an arbitrator or nobody of that deal signed",
    ciphertext: "the encrypted file: its identifier is computed and compared with the signed one",
    identity: "age key file of a reader: also decrypts the encrypted file, which then needs no other",
    page: "write the offline page, one file for a browser, and check nothing; FILE must not exist",
    clock: "the right time, where the clock of this computer is wrong: an anchor in the future is refused",
  },
  codes: {
    0: "verified, and the time is confirmed by the blocks or the authorities that you gave",
    1: "refuted: something was changed, or it is another file",
    2: "missing: a file or a bundle is not there; no conclusion",
    3: "unverifiable: the bundle cannot be read or needs the chain; no conclusion",
    4: "verified: every file is the one that was signed; the time is only stated, nobody confirmed it",
  },
} as const;
