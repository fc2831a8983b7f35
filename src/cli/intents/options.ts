// What `holdfast deal intent` is told on its command line.

import { urlOption } from "../connect.ts";
import { domainOptions } from "../dealFile.ts";
import type { OptionValues } from "../optionTable.ts";
import { sendOption } from "../send.ts";
import { walletOptions } from "../wallet.ts";

export const HELP = "holdfast deal intent";

export const options = {
  ...walletOptions,
  ...domainOptions,
  amount: { type: "string", value: "AMOUNT" },
  remaining: { type: "string", value: "AMOUNT" },
  tracking: { type: "string", value: "FILE|HASH" },
  proof: { type: "string", value: "FILE|HASH" },
  statement: { type: "string", value: "FILE|HASH" },
  status: { type: "string", value: "STATUS" },
  by: { type: "string", value: "WHO" },
  preview: { type: "boolean" },
  to: { type: "string", value: "ADDRESS" },
  "to-buyer": { type: "string", value: "AMOUNT" },
  "to-seller": { type: "string", value: "AMOUNT" },
  compensation: { type: "string", value: "AMOUNT" },
  with: { type: "string", value: "FILE" },
  "token-name": { type: "string", value: "NAME" },
  "token-version": { type: "string", value: "V" },
  decimals: { type: "string", value: "N" },
  deadline: { type: "string", value: "TIME" },
  out: { type: "string", value: "FILE" },
  send: sendOption,
  url: { ...urlOption },
  rpc: { type: "string", value: "URL" },
} as const;

export type Values = OptionValues<typeof options>;
