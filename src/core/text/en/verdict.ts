/** What a verdict on one file means. `file` is its name, `what` names of checks or blocks. */
export const verdict = {
  fileAltered: (file: string, since: string) =>
    `"${file}" does not match the record: altered since ${since}, or a different file.`,
  bundleAltered: (file: string, what: string) =>
    `The bundle of "${file}" was changed or does not belong to this file; what does not match: ${what}.`,
  fileIsAbout: (about: string) => `The bundle is about another file: ${about}.`,
  bytesOf: (size: string) => `${size} bytes`,
  notOnThisChain: (file: string, what: string) =>
    `The record of "${file}" is not on the chain or in the registry that you trust; what does not match: ${what}. This does not show that the file was altered.`,
  anchorInFuture: (file: string, at: string, now: string) =>
    `The bundle of "${file}" says that it was anchored at ${at}, but the clock of this computer says ${now}: one of the two is wrong. This does not show that the file was altered.`,
  notGiven: (file: string) => `"${file}" is missing; no conclusion (this does not mean tampering).`,
  blockNotConfirmed: (what: string) =>
    `The time is not confirmed: whether the block is on the chain was not compared with a source you trust (not compared: ${what}). The result about the file stands.`,
  blockNotCompared: (what: string) =>
    `The time is confirmed. Not compared with a source you trust: ${what}. The result about the file stands.`,
  anchorBlock: "the block of the anchor",
  beaconBlock: "the earlier block that was signed",
  identityNotVerified: "Signature valid; the signer's identity is not verified here, only the use of the key.",
  versionUnknown: (version: string) =>
    `Bundle version ${version} not supported; use a newer holdfast. This says nothing about the file.`,
  bundleUnreadable: (file: string) =>
    `The bundle of "${file}" is damaged, or it is not a bundle; no conclusion (this does not mean that the file was tampered with).`,
  signatureNeedsChain: (file: string) =>
    `"${file}" was signed by a contract wallet; only the chain can tell whether it signed. No conclusion offline.`,
  itsAnchor: "it was anchored",
  listSeparator: "; ",
  bundle: "Bundle",
  failed: "not checked",
  unpaired: "Not checked, without effect on the result:",
  why: {
    "without-bundle": "without a bundle",
    "bundle-without-file": "a bundle; which file it belongs to is not known: name both together",
    directory: "a directory; name it to have it checked",
  },
} as const;
