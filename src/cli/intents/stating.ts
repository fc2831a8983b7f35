// What a party states: from its options, and from where the deal stands.
import type { Address } from "viem";
import { address } from "../../core/fields.ts";
import type { Texts } from "../../core/text/texts.ts";
import { formatAmount, readableUnit } from "../../core/text/units.ts";
import type { DealFile } from "../dealFile.ts";
import { usageInvalid } from "../problems.ts";
import { HELP, type Values } from "./options.ts";
import type { Position } from "./position.ts";

export type Stating = {
  readonly deal: DealFile;
  readonly values: Values;
  /** The account that will sign, where it is known. */
  readonly signer: Address | undefined;
  readonly deadline: number;
  /** Where the deal stands now, which some intents state. */
  readonly position: () => Promise<Position>;
  readonly texts: Texts;
};

/** An amount of the deal, in minor units where its file names no better unit. */
export function money({ deal, texts }: Stating, amount: bigint) {
  return formatAmount(amount, readableUnit(deal.unit, texts.units));
}

export function required(values: Values, name: "tracking" | "proof" | "statement" | "amount" | "remaining") {
  const value = values[name];
  if (value === undefined) throw usageInvalid(HELP, "option-missing", { option: `--${name}` });
  return value;
}

/**
 * The account that acts, where the message names it: that of the key, or of --by where no key is
 * opened.
 */
export function requireActor({ signer }: Stating): Address {
  if (signer !== undefined) return signer;
  throw usageInvalid(HELP, "option-missing", { option: "--by" });
}

export function parseAddress(text: string, option: "to" | "by" = "to"): Address {
  const parsed = address.safeParse(text);
  if (parsed.success) return parsed.data;
  throw usageInvalid(HELP, "address-option-malformed", { option: `--${option}` });
}
