/** The words of the offline page with which a court or anybody else checks evidence. */
export const page = {
  title: "Check evidence offline",
  lead: "Nothing leaves this computer: the page opens no connection, and works with the network off.",
  otherLanguage: "中文",
  drop: "Drop a folder, files or an archive (.zip) here",
  dropHint: "Files together with their *.evidence.json bundles, just as they were handed over.",
  chooseFiles: "Choose files",
  chooseFolder: "Choose a folder",
  sources: {
    title: "What you trust (needed to confirm times)",
    hint: "Take these from the court's own records or a source of your choice, never from whoever handed in the evidence. Without them a file can be shown to be unchanged, but its time stays unconfirmed.",
    blocks: "Blocks of the chain, NUMBER:HASH, one to a line",
    headers: "Files of block headers (holdfast headers)",
    authorities: "Certificates of time stamp authorities (PEM or DER)",
    revoked: "Lists of revoked certificates (PEM or DER)",
    registry: "Registry, CHAIN:ADDRESS",
    again: "Check again with these",
  },
  print: {
    title: "For the printed report",
    caseNumber: "Case number",
    checkedBy: "Checked by",
    exhibit: "Exhibit",
  },
  running: (name: string) => `Checking ${name}`,
  progress: (done: string, all: string) => `${done} of ${all}`,
  cancel: "Cancel",
  cancelled: "Cancelled. Nothing was concluded; drop the files again to start anew.",
  clear: "Check other files",
  printReport: "Print",
  summary: "Summary",
  column: { number: "No.", file: "File", result: "Result", time: "Time", signer: "Signed by" },
  counted: (files: number) => (files === 1 ? "1 file was checked." : `${files} files were checked.`),
  unpaired: "Not checked, without effect on the results",
  why: {
    "without-bundle": "no bundle was given for it",
    "dossier-part": "part of the dossier: a summary by whoever made it, which nobody signed",
    "bundle-ambiguous": "several bundles could belong to it: drop the file and its bundle alone",
  },
  report: "Report",
  toolDigest: "SHA-256 of this page",
  toolDigestHint:
    "Compare it with the published one: a page that was changed can print what it likes, so take the digest of the file with another program.",
  selfCheck: {
    title: "Self-check of this page",
    passed: "SHA-256, SM3, Keccak-256 and secp256k1 gave the published results for known inputs.",
    failed: "THE SELF-CHECK FAILED: do not use this page on this computer.",
  },
  clock: "Clock of this computer",
  documentNumber: "Number of this document",
  stamp: "Seal",
  code: "Numbers of this document and of its inputs, to compare when it is checked again",
  nothingFound: "No bundle (*.evidence.json) was found among these files: nothing can be checked.",
  problem: {
    "archive-unreadable": (name: string) =>
      `${name} is no archive that can be read (.zip without a password). Nothing was concluded about its content.`,
    "archive-unsafe": (name: string, entry: string) =>
      `${name} was refused: its entry ${entry} has a name that programs read differently, is a link, is locked by a password or overlaps another. Ask for a plain archive.`,
    "archive-too-large": (name: string) =>
      `${name} was refused: it claims to hold more than an archive of its size can. Ask for a plain archive.`,
    "source-malformed": (name: string) => `${name} cannot be read. Nothing was checked; mend or remove it.`,
    "sources-disagree": (number: string) =>
      `Two of your sources give different hashes for block ${number}. Nothing was checked; find out which is right.`,
    "file-unreadable": (name: string) => `${name} could not be read. Was it moved or removed? Drop it again.`,
    "page-failed": "This page failed. Nothing was concluded. Load it anew, or use holdfast verify.",
  },
} as const;
