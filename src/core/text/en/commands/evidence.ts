export const evidence = {
  summary: "file evidence that a court can check, and open what others filed",
  about: [
    "add encrypts files on this machine, stores them with a relayer, signs a record of each, and writes the bundle that",
    "proves it. list shows what was filed under a deal. open fetches and decrypts what was encrypted for you.",
    "audit says whether relayers kept their promises to anchor. `holdfast verify` checks; it needs no network.",
  ],
} as const;
