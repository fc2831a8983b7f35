/** What is said while evidence is filed. `file` and `bundle` are paths. */
export const filing = {
  encryptedAndSent: (file: string) => `${file} encrypted and sent`,
  filedBefore: (file: string) => `${file}: filed before, its bundle verifies`,
  resumed: (file: string) => `${file}: signed before, goes on from there`,
  stored: (file: string) => `${file}: encrypted, stored and signed`,
  waiting: (files: number) =>
    files === 1 ? "Waiting for the anchor of one file..." : `Waiting for the anchor of ${files} files...`,
  anchored: (file: string, bundle: string) => `${file}: anchored, bundle ${bundle}`,
} as const;
