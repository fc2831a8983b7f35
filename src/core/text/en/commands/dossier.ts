import { options } from "../options.ts";

export const dossier = {
  summary: "everything about one deal in one archive that a court opens, checks and prints",
  about: [
    "Writes a .zip with the offline page that checks evidence (index.html), a summary in the order of a court",
    "(dossier.html: the deal, what was paid and is still owed, the catalogue of evidence, a chronology with the source",
    "of every time), the files and bundles of a directory, and a list of all of it with digests (dossier.json).",
    "Every bundle is checked first, and the catalogue says with what result; what was filed under the deal with the",
    "relayer but is not in the directory is listed as missing. Nobody signs the summary: the page checks what counts.",
  ],
  examples: ["the deal file, your evidence, and one archive for the court", "by id, in Chinese"],
  options: {
    ...options.url,
    evidence: "directory of files with their *.evidence.json; what you hand over is all of it",
    out: "archive to write; it must not exist",
    "trusted-headers": "a file of `holdfast headers`: confirms the times of the catalogue",
  },
  written: (file: string, files: number, exhibits: number) =>
    `Written to ${file}: ${files} files, ${exhibits} exhibits`,
  exhibit: (number: number, name: string, verdict: string, time: string) =>
    `  ${number}. ${name}: ${verdict}, time ${time}`,
  missing: (count: number) =>
    `Filed under the deal, but not in the directory: ${count}. They are listed in dossier.html, part 5.`,
} as const;
