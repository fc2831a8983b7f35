// The command line of `holdfast deal intent`.

import { urlOption } from "../connect.ts";
import { domainOptions } from "../dealFile.ts";
import type { OptionValues } from "../optionTable.ts";
import { sendOption } from "../send.ts";
import { statedOptions } from "../statedOptions.ts";
import { walletOptions } from "../wallet.ts";

export const HELP = "holdfast deal intent";

export const options = {
  ...walletOptions,
  ...domainOptions,
  ...statedOptions,
  preview: { type: "boolean" },
  with: { type: "string", value: "FILE" },
  "token-name": { type: "string", value: "NAME" },
  "token-version": { type: "string", value: "V" },
  out: { type: "string", value: "FILE" },
  send: sendOption,
  url: { ...urlOption },
  rpc: { type: "string", value: "URL" },
} as const;

export type Values = OptionValues<typeof options>;
