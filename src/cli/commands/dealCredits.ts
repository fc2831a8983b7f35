import { type Address, zeroAddress } from "viem";
import type { EscrowDomain } from "../../core/deal/terms.ts";
import { ProtocolError } from "../../core/errors.ts";
import { address } from "../../core/fields.ts";
import { readChain } from "../chainReads.ts";
import { defineCommand } from "../command.ts";
import { connect, urlOption } from "../connect.ts";
import { domainOptions, readDeal } from "../dealFile.ts";
import { requireSameEscrow } from "../registerDeal.ts";
import { columns } from "../terminal/columns.ts";
import { formatAmount, nativeUnit, type Unit } from "../units.ts";

const HELP = "holdfast deal credits";

/** Whose credits in which token are asked for, and what is known about both. */
type Question = {
  readonly owners: readonly { readonly role?: string; readonly owner: Address }[];
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
  run: async ({ values, positionals: [named = ""] }, { signal }) => {
    const { url, rpc } = values;
    if ((url === undefined) === (rpc === undefined)) throw unusable("Give one of --url and --rpc.");
    const { owners, token, domain, unit: stated } = await parse(named, values);
    const unit = parseDecimals(values.decimals, stated);
    const answer = rpc === undefined ? await fromRelayer() : await fromChain(rpc);
    const credits = owners.map((owner, index) => ({ ...owner, amount: answer.amounts[index]! }));
    return { text: textOf(credits, { token, unit: answer.unit }), json: { token, unit: answer.unit ?? null, credits } };

    async function fromRelayer() {
      const client = connect(url, HELP);
      if (domain !== undefined) await requireSameEscrow(client, { domain }, signal);
      const read = await Promise.all(owners.map(({ owner }) => client.readCredit(owner, token, { signal })));
      return { amounts: read.map(({ amount }) => amount), unit };
    }

    async function fromChain(rpcUrl: string) {
      if (domain === undefined) throw unusable("Say which escrow: --chain-id N and --escrow ADDRESS, or a deal file.");
      return readChain(rpcUrl, domain, async (reader) => ({
        amounts: await Promise.all(owners.map(({ owner }) => reader.credit(owner, token))),
        unit: unit ?? (await reader.unit(token)),
      }));
    }
  },
});

const unusable = (problem: string) => new ProtocolError("usage-invalid", { problem, help: HELP });

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
  throw unusable(`${option} takes an address: 0x and 40 hex digits.`);
};

const parseDomain = (values: Values): EscrowDomain | undefined => {
  if (values.escrow === undefined && values["chain-id"] === undefined) return undefined;
  const chainId = Number(values["chain-id"]);
  if (values.escrow === undefined || !Number.isSafeInteger(chainId) || chainId <= 0) {
    throw unusable("--chain-id N and --escrow ADDRESS go together.");
  }
  return { chainId, escrow: parseAddress(values.escrow, "--escrow") };
};

const parseDecimals = (text: string | undefined, stated: Unit | undefined): Unit | undefined => {
  if (text === undefined) return stated;
  if (!/^\d{1,2}$/.test(text)) throw unusable("--decimals takes a whole number, like 6.");
  return { symbol: stated?.symbol ?? "units of the token", decimals: Number(text) };
};

type Credit = { readonly role?: string; readonly owner: Address; readonly amount: bigint };

const textOf = (credits: readonly Credit[], { token, unit }: { token: Address; unit: Unit | undefined }): string => {
  const shown = unit ?? { symbol: "minor units", decimals: 0 };
  const what = token === zeroAddress ? "native currency" : token;
  return `Credits in ${what}\n${columns(
    credits.map(({ role, owner, amount }) => [
      role === undefined ? owner : `${role} ${owner}`,
      formatAmount(amount, shown),
    ]),
  )}`;
};
