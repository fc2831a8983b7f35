import type { Checked } from "./checkPairs.ts";
import type { PageProblem } from "./gathered.ts";
import type { Unpaired } from "./pairing.ts";

/** What the page shows: what it waits for, what it does, or what it found. */
export type PageState =
  | Readonly<{ status: "waiting"; notice?: Notice | undefined }>
  | Readonly<{ status: "checking"; name: string; done: number; all: number; cancel: () => void }>
  | Readonly<{ status: "checked"; checked: readonly Checked[]; unpaired: readonly Unpaired[]; generatedAt: number }>;

/** Why nothing was concluded. */
export type Notice = "cancelled" | "nothing-found" | Readonly<{ problem: PageProblem; names: readonly string[] }>;
