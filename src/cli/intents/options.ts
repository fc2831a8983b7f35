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
  amount: {
    type: "string",
    value: "AMOUNT",
    about: "refund: what goes back to the buyer, like 1200.50; confirm: what is held; withdraw-credit: how much",
  },
  remaining: {
    type: "string",
    value: "AMOUNT",
    about: "refund: what stays held after it, so that it cannot be repeated; the rest of what is held unless given",
  },
  tracking: { type: "string", value: "FILE|HASH", about: "ship: the tracking document, or its SHA-256" },
  proof: { type: "string", value: "FILE|HASH", about: "deliver: the proof of delivery, or its SHA-256" },
  statement: { type: "string", value: "FILE|HASH", about: "dispute: your statement, or its SHA-256" },
  status: {
    type: "string",
    value: "STATUS",
    about: "the status of a deal that was never disputed, where neither --url nor --rpc can say it",
  },
  to: {
    type: "string",
    value: "ADDRESS",
    about: "withdraw-credit: where the money goes; your own account unless given",
  },
  "to-buyer": { type: "string", value: "AMOUNT", about: "settle: of what is held" },
  "to-seller": { type: "string", value: "AMOUNT", about: "settle: of what is held; both must add up to it" },
  compensation: {
    type: "string",
    value: "AMOUNT",
    about: "settle: beyond it, from the seller's coverage; 0 unless given",
  },
  with: { type: "string", value: "FILE", about: "settle: what the other side signed; the amounts are taken from it" },
  "token-name": {
    type: "string",
    value: "NAME",
    about: "fund, pay-balance: EIP-712 name of the token, to pay by ERC-3009",
  },
  "token-version": { type: "string", value: "V", about: "the same token's EIP-712 version; 1 unless given" },
  decimals: { type: "string", value: "N", about: "decimals of the token, where the file does not say" },
  deadline: {
    type: "string",
    value: "TIME",
    about: "until when it can be submitted: 24h, 7d, 2026-12-24T18:00:00Z; 1d unless given",
  },
  out: { type: "string", value: "FILE", about: "write the signed intent; FILE must not exist" },
  send: sendOption,
  url: { ...urlOption, about: "the relayer, like http://127.0.0.1:8787; it also says where the deal stands" },
  rpc: {
    type: "string",
    value: "URL",
    about: "a node of the chain, to ask it where the deal stands; fund: to register the panel",
  },
} as const;

export type Values = OptionValues<typeof options>;
