import { createHash } from "node:crypto";
import { type Address, bytesToHex, type Hex, zeroAddress } from "viem";
import * as z from "zod";
import { type Panel, panelRules } from "../core/deal/panel.ts";
import { type Terms, termsSchema } from "../core/deal/terms.ts";
import { address, bytes32 } from "../core/fields.ts";
import type { FieldProblem } from "../core/text/fieldProblems.ts";
import { nativeUnit, type Unit } from "../core/text/units.ts";
import { digestArgument } from "./digestArgument.ts";
import { panelDefaults, panelFromTemplate, panelTemplateSchema } from "./panelFile.ts";
import { parseInput } from "./parseInput.ts";
import { parseAmount, parseDuration, parsePercent } from "./parseQuantity.ts";
import { inputMalformed } from "./problems.ts";

/** A template as a person writes it; every field is explained by `templateExample`. */
const templateSchema = z.strictObject({
  buyer: address,
  seller: address,
  attestor: address,
  marketplace: address.optional(),
  fee: z.string().default("0%"),
  token: z.union(
    [
      z.literal("native"),
      z.strictObject({ address, symbol: z.string().min(1).max(16), decimals: z.int().min(0).max(36) }),
    ],
    "token-malformed" satisfies FieldProblem,
  ),
  price: z.string(),
  deposit: z.string().optional(),
  earnest: z.boolean().default(false),
  coverage: z.string().default("0"),
  fundWithin: z.string(),
  balanceWithin: z.string().optional(),
  shipWithin: z.string(),
  deliverWithin: z.string(),
  inspection: z.string(),
  tail: z.string(),
  backstop: z.string(),
  buyerShareIfSilent: z.string(),
  tribunal: address.optional(),
  panel: panelTemplateSchema.optional(),
  rules: bytes32.optional(),
  order: z.union([z.string(), z.record(z.string(), z.unknown())], "order-malformed" satisfies FieldProblem),
});

/**
 * A template to start from: furniture for 40,000, paid at once, decided by three of five
 * arbitrators.
 */
export const templateExample = {
  buyer: "0x70997970c51812dc3a010c7d01b50e0d17dc79c8",
  seller: "0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc",
  attestor: "0x15d34aaf54267db7d7c367839aaf71a00a2c6a65",
  marketplace: "0x90f79bf6eb2c4f870365e785982e1f101e93b906",
  fee: "2%",
  token: { address: "0x0000000000000000000000000000000000000001", symbol: "USDC", decimals: 6 },
  price: "40000.00",
  coverage: "5000",
  fundWithin: "1d",
  shipWithin: "3d",
  deliverWithin: "15d",
  inspection: "10d",
  tail: "30d",
  backstop: "90d",
  buyerShareIfSilent: "50%",
  panel: {
    threshold: 3,
    ...panelDefaults,
    arbitrators: [
      "0x9965507d1a55bcc2695c58ba16fb37d819b0a4dc",
      "0x976ea74026e726554db657fa54763abd0c3a0aa9",
      "0x14dc79964da2c08b23698b3d3cc7ca32193d9955",
      "0x23618e81e3f5cdf7f54c3d65f7fbc0abf5b21e8f",
      "0xa0ee7a142d267c1f36714e4a8f75612f20a79720",
    ],
  },
  order: { item: "Oak table, 12 chairs, sideboard", delivery: "into the flat", law: "PRC" },
} as const;

type TemplateContext = {
  readonly path: string;
  /** Unix seconds from which the clocks run. */
  readonly now: number;
  /** Tribunal where the template names a panel and none. */
  readonly tribunal: Address | undefined;
  readonly random: (length: number) => Uint8Array;
};

type TemplateResult = {
  readonly terms: Terms;
  readonly unit: Unit;
  readonly panel: Panel | null;
  readonly order: string | null;
};

const SALT_BYTES = 16;

/**
 * Terms from a template. Clocks follow each other: shipping counts from the last second of paying,
 * delivery from the last second of shipping. An order that is written in the template becomes a
 * document with a random salt.
 *
 * Throws `input-malformed`, `amount-invalid`, `file-missing` for the order.
 */
export async function termsFromTemplate(input: unknown, context: TemplateContext): Promise<TemplateResult> {
  const { path, now } = context;
  const template = parseInput(templateSchema, input, path);
  const unit = template.token === "native" ? nativeUnit : template.token;
  const price = parseAmount(template.price, unit);
  const deposit = template.deposit === undefined ? price : parseAmount(template.deposit, unit);
  const lasts = (field: keyof typeof template) => parseDuration(String(template[field]), `${path}: ${field}`);

  if (deposit < price && template.balanceWithin === undefined) {
    throw inputMalformed({ path, at: "balanceWithin" }, "balance-time-missing");
  }
  const fundBy = now + lasts("fundWithin");
  const balanceBy = deposit < price ? fundBy + lasts("balanceWithin") : 0;
  const shipBy = Math.max(fundBy, balanceBy) + lasts("shipWithin");
  const deliverBy = shipBy + lasts("deliverWithin");
  const panel = template.panel === undefined ? null : panelFromTemplate(template.panel, path);
  const order = await readOrder(template.order, context.random);
  const terms = {
    buyer: template.buyer,
    seller: template.seller,
    marketplace: template.marketplace ?? zeroAddress,
    attestor: template.attestor,
    token: template.token === "native" ? zeroAddress : template.token.address,
    price: price.toString(),
    deposit: deposit.toString(),
    coverage: parseAmount(template.coverage, unit).toString(),
    feeBps: parsePercent(template.fee, `${path}: fee`),
    earnest: template.earnest,
    fundBy,
    balanceBy,
    shipBy,
    deliverBy,
    inspection: lasts("inspection"),
    tail: lasts("tail"),
    tribunal: requireTribunal(template.tribunal ?? context.tribunal, path),
    rules: rulesOf(template.rules, panel, path),
    backstop: lasts("backstop"),
    silenceBps: parsePercent(template.buyerShareIfSilent, `${path}: buyerShareIfSilent`),
    order: order.digest,
  };
  const { symbol, decimals } = unit;
  return { terms: parseInput(termsSchema, terms, path), unit: { symbol, decimals }, panel, order: order.text };
}

const readOrder = async (order: string | Record<string, unknown>, random: (length: number) => Uint8Array) => {
  if (typeof order === "string") return { digest: await digestArgument(order), text: null };
  const text = JSON.stringify({ ...order, salt: bytesToHex(random(SALT_BYTES)) });
  return { digest: `0x${createHash("sha256").update(text).digest("hex")}` as Hex, text };
};

const requireTribunal = (tribunal: Address | undefined, path: string) => {
  if (tribunal !== undefined) return tribunal;
  throw inputMalformed({ path, at: "tribunal" }, "tribunal-missing");
};

const rulesOf = (rules: Hex | undefined, panel: Panel | null, path: string): Hex => {
  if ((rules === undefined) === (panel === null)) {
    throw inputMalformed({ path, at: "panel" }, "panel-ambiguous");
  }
  return rules ?? panelRules(panel!);
};
