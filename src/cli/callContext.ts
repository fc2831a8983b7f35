// What a call states: from its options, from what a party signed, or from a node.
import type { Address, Hex } from "viem";
import { type DealStatus, dealStatuses } from "../core/deal/dealTable.ts";
import { consentOf, type IntentMessage } from "../core/deal/intents.ts";
import { address, signature } from "../core/fields.ts";
import type { Texts } from "../core/text/texts.ts";
import { formatAmount, readableUnit } from "../core/text/units.ts";
import type { RelayKind, RelayRequest } from "../wire/relayRequests.ts";
import type { ChainReader } from "./chainReads.ts";
import { type DealFile, unitOf } from "./dealFile.ts";
import type { OptionValues } from "./optionTable.ts";
import { parseAmount } from "./parseQuantity.ts";
import { usageInvalid } from "./problems.ts";
import type { statedOptions } from "./statedOptions.ts";

export const HELP = "holdfast deal call";

/** Options that say what a call states. */
export type CallValues = OptionValues<typeof statedOptions> &
  Readonly<{ "buyer-signature"?: string; "seller-signature"?: string }>;

/** What the calls of an action are made from. */
export type CallContext = {
  readonly deal: DealFile;
  readonly values: CallValues;
  /** What a party signed elsewhere: then anyone can send the call. */
  readonly signed: RelayRequest | undefined;
  /** Who will send the call, where that is known. */
  readonly sender: Address | undefined;
  /** Whether it is sent at once, so that nobody looks at it before. */
  readonly sendsNow: boolean;
  /** Reads from a node, where one was named. */
  readonly read: (<T>(ask: (reader: ChainReader) => Promise<T>) => Promise<T>) | undefined;
  readonly now: number;
  readonly texts: Texts;
};

/** The consent of a party that calls by itself. */
export const CALLS_ITSELF = "0x";

export function required(values: CallValues, name: keyof CallValues): string {
  const value = values[name];
  if (value === undefined) throw usageInvalid(HELP, "option-missing", { option: `--${name}` });
  return value;
}

export function requiredAmount({ deal, values }: CallContext, name: "amount" | "remaining" | "to-buyer" | "to-seller") {
  return parseAmount(required(values, name), unitOf(deal, values.decimals));
}

/** What --amount says, or what the chain says where a node is named. */
export async function amountOr(context: CallContext, whole: (reader: ChainReader) => Promise<bigint>): Promise<bigint> {
  if (context.values.amount !== undefined) return requiredAmount(context, "amount");
  if (context.read === undefined) throw usageInvalid(HELP, "amount-or-node-missing");
  return context.read(whole);
}

/**
 * The deal as a party has seen it: as the options say, or as the node says, for a call that is only
 * printed.
 */
export async function seenState(context: CallContext): Promise<{ held: bigint | undefined; status: DealStatus }> {
  const { deal, sendsNow, read, values } = context;
  const status = dealStatuses.find((one) => one === values.status);
  if (values.status !== undefined && status === undefined) {
    throw usageInvalid(HELP, "status-unknown", { known: dealStatuses.join(", ") });
  }
  if (status !== undefined) return { held: undefined, status };
  if (sendsNow) throw usageInvalid(HELP, "amounts-unseen");
  if (read === undefined) throw usageInvalid(HELP, "status-missing");
  return read((reader) => reader.dealState(deal.id));
}

/** An amount from its option, or one that follows from what the node says is held. */
export function amountOrHeld(context: CallContext, name: "amount" | "remaining", fromHeld: bigint | undefined): bigint {
  if (context.values[name] !== undefined) return requiredAmount(context, name);
  if (fromHeld === undefined) throw usageInvalid(HELP, "option-missing", { option: `--${name}` });
  if (fromHeld < 0n) throw usageInvalid(HELP, "amount-above-held");
  return fromHeld;
}

export function shown({ deal, values, texts }: CallContext, amount: bigint) {
  return formatAmount(amount, readableUnit(unitOf(deal, values.decimals), texts.units));
}

export function requiredAddress(values: CallValues): Address {
  const parsed = address.safeParse(required(values, "to"));
  if (parsed.success) return parsed.data;
  throw usageInvalid(HELP, "address-option-malformed", { option: "--to" });
}

export function signatureOr(given: string | undefined, otherwise: Hex): Hex {
  const parsed = signature.safeParse(given ?? otherwise);
  if (parsed.success) return parsed.data;
  throw usageInvalid(HELP, "signature-malformed");
}

type RequestOf = { [K in RelayKind]: Extract<RelayRequest, { kind: K }> };

/** What the file of --signed holds, if it is of this kind. */
export function signedAs<K extends RelayKind>({ signed }: CallContext, kind: K): RequestOf[K] | undefined {
  if (signed === undefined) return undefined;
  if (signed.kind !== kind) throw usageInvalid(HELP, "signed-of-other-kind", { given: signed.kind, needed: kind });
  return signed as RequestOf[K];
}

/** Kinds of request that one account signs as such. */
type AgreedKind = Extract<RelayRequest, { signature: Hex }>["kind"];
type AgreedRequests = { [K in AgreedKind]: Readonly<{ message: IntentMessage<K>; signature: Hex }> };

/** What the party states: in the file of --signed with its consent, or by calling itself. */
export async function agreed<K extends AgreedKind, Stated>(
  context: CallContext,
  kind: K,
  state: () => Stated | Promise<Stated>,
): Promise<{ message: IntentMessage<K> | Stated; consent: Hex }> {
  const request: AgreedRequests[K] | undefined = signedAs(context, kind);
  if (request === undefined) return { message: await state(), consent: CALLS_ITSELF };
  const { message, signature } = request;
  return { message, consent: consentOf(message.deadline, signature) };
}
