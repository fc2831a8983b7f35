import { type Address, zeroAddress } from "viem";
import type { EscrowDomain } from "../../core/deal/terms.ts";
import { address } from "../../core/fields.ts";
import type { Texts } from "../../core/text/texts.ts";
import { formatAmount, nativeUnit, readableUnit, type Unit } from "../../core/text/units.ts";
import { readChain } from "../chainReads.ts";
import { defineCommand } from "../command.ts";
import { connect, urlOption } from "../connect.ts";
import { domainOptions, readDeal } from "../dealFile.ts";
import { usageInvalid } from "../problems.ts";
import { requireSameEscrow } from "../registerDeal.ts";
import { columns } from "../terminal/columns.ts";

const HELP = "holdfast deal credits";

/** Whose credits in which token are asked for, and what is known about both. */
type Question = {
  readonly owners: readonly { readonly role?: Role; readonly owner: Address }[];
  readonly token: Address;
  readonly unit: Unit | undefined;
  /** Undefined where nothing says which escrow; then a relayer's own is meant. */
  readonly domain: EscrowDomain | undefined;
};

type Values = {
  readonly token?: string;
  readonly decimals?: string;
  readonly "chain-id"?: string;
  readonly escrow?: string;
};

export const dealCredits = defineCommand({
  text: ({ command }) => command.dealCredits,
  usage: "OWNER|DEALFILE [--token ADDRESS] (--url URL | --rpc URL)",
  examples: [
    "holdfast deal credits deal.json --rpc http://127.0.0.1:8545",
    "holdfast deal credits 0x3c... --token 0x5f... --url http://127.0.0.1:8787",
    "holdfast deal credits 0x3c... --rpc http://127.0.0.1:8545 --chain-id 1 --escrow 0x12...",
  ],
  options: {
    token: { type: "string", value: "ADDRESS" },
    decimals: { type: "string", value: "N" },
    url: urlOption,
    rpc: { type: "string", value: "URL" },
    "chain-id": { ...domainOptions["chain-id"] },
    escrow: { ...domainOptions.escrow },
  },
  positionals: [1, 1],
  run: async ({ values, positionals: [named = ""] }, { signal, texts }) => {
    const { url, rpc } = values;
    if ((url === undefined) === (rpc === undefined)) throw usageInvalid(HELP, "relayer-or-node-missing");
    const { owners, token, domain, unit: stated } = await parse(named, values);
    const unit = parseDecimals(values.decimals, stated);
    const answer = rpc === undefined ? await fromRelayer() : await fromChain(rpc);
    const credits = owners.map((owner, index) => ({ ...owner, amount: answer.amounts[index]! }));
    return {
      text: textOf(credits, { token, unit: answer.unit, texts }),
      json: { token, unit: answer.unit ?? null, credits },
    };

    async function fromRelayer() {
      const client = connect(url, HELP);
      if (domain !== undefined) await requireSameEscrow(client, { domain }, signal);
      const read = await Promise.all(owners.map(({ owner }) => client.readCredit(owner, token, { signal })));
      return { amounts: read.map(({ amount }) => amount), unit };
    }

    async function fromChain(rpcUrl: string) {
      if (domain === undefined) throw usageInvalid(HELP, "escrow-missing");
      return readChain(rpcUrl, domain, async (reader) => ({
        amounts: await Promise.all(owners.map(({ owner }) => reader.credit(owner, token))),
        unit: unit ?? (await reader.unit(token)),
      }));
    }
  },
});

const parse = async (named: string, values: Values): Promise<Question> => {
  const owner = address.safeParse(named);
  if (owner.success) {
    const token = values.token === undefined ? zeroAddress : parseAddress(values.token, "--token");
    const unit = token === zeroAddress ? nativeUnit : undefined;
    return { owners: [{ owner: owner.data }], token, unit, domain: parseDomain(values) };
  }
  const { terms, unit, domain } = await readDeal(named, values);
  const token = values.token === undefined ? terms.token : parseAddress(values.token, "--token");
  const owners = (["buyer", "seller", "marketplace"] as const).map((role) => ({ role, owner: terms[role] }));
  if (token === terms.token) return { owners, token, unit: unit ?? undefined, domain };
  return { owners, token, unit: token === zeroAddress ? nativeUnit : undefined, domain };
};

const parseAddress = (text: string, option: string): Address => {
  const parsed = address.safeParse(text);
  if (parsed.success) return parsed.data;
  throw usageInvalid(HELP, "address-option-malformed", { option });
};

const parseDomain = (values: Values): EscrowDomain | undefined => {
  if (values.escrow === undefined && values["chain-id"] === undefined) return undefined;
  const chainId = Number(values["chain-id"]);
  if (values.escrow === undefined || !Number.isSafeInteger(chainId) || chainId <= 0) {
    throw usageInvalid(HELP, "domain-incomplete");
  }
  return { chainId, escrow: parseAddress(values.escrow, "--escrow") };
};

const parseDecimals = (text: string | undefined, stated: Unit | undefined): Unit | undefined => {
  if (text === undefined) return stated;
  if (!/^\d{1,2}$/.test(text)) throw usageInvalid(HELP, "decimals-malformed");
  return { symbol: stated?.symbol ?? "", decimals: Number(text) };
};

type Role = "buyer" | "seller" | "marketplace";

type Credit = { readonly role?: Role; readonly owner: Address; readonly amount: bigint };

const textOf = (
  credits: readonly Credit[],
  { token, unit, texts }: { token: Address; unit: Unit | undefined; texts: Texts },
): string => {
  const words = texts.command.dealCredits;
  return `${words.title(token === zeroAddress ? words.nativeCurrency : token)}\n${columns(
    credits.map(({ role, owner, amount }) => [
      role === undefined ? owner : `${texts.deal[role]} ${owner}`,
      formatAmount(amount, readableUnit(unit, texts.units)),
    ]),
  )}`;
};
