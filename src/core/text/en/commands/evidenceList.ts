import { options } from "../options.ts";

export const evidenceList = {
  summary: "what was filed under a deal, by whom and when",
  about: [
    "Lists the records that a relayer accepted under a deal, oldest first. A record is public: it says who filed something and",
    "when, and names the encrypted file, but not what is in it. The party that filed it gives out its bundle; with that and",
    "an encryption key of a recipient `holdfast evidence open` opens the file. An arbitrator sees here which bundles to ask for.",
  ],
  examples: ["also says which party filed it", "by id; whole records, for a program"],
  options: {
    ...options.url,
  },
  nothing: (deal: string) => `Nothing was filed under the deal ${deal} with this relayer.`,
  title: (count: number, deal: string) =>
    count === 1 ? `1 record was filed under the deal ${deal}:` : `${count} records were filed under the deal ${deal}:`,
  kind: {
    original: "original",
    copy: "copy",
    supersede: "supersede",
    withdraw: "withdraw",
    custody: "custody",
    erase: "erase",
  },
  state: { received: "received", sealed: "sealed", anchored: "anchored" },
  kindAndState: (kind: string, state: string) => `${kind}, ${state}`,
  withRole: (account: string, role: string) => `${account}, ${role}`,
  received: (submitter: string, time: string) => `by ${submitter}, received ${time}`,
} as const;
