export const evidence = {
  summary: "file evidence so that a court can check it, and open what others filed",
  about: [
    "add encrypts files on this machine, stores them with a relayer, signs a record of each, and writes the bundle that",
    "proves it. list says what was filed under a deal. open fetches and decrypts what was encrypted for you.",
    "`holdfast verify` checks; it needs no network.",
  ],
} as const;
