import { type Hex, keccak256, stringToBytes, zeroAddress } from "viem";
import { seenIn, undisputed } from "../../src/core/deal/dealTable.ts";
import {
  allTypes,
  type Determination,
  determinationDigest,
  type Extension,
  extensionDigest,
  type Intent,
  intentDigest,
  type PanelDomain,
} from "../../src/core/deal/intents.ts";
import { panelRules, sortPanel } from "../../src/core/deal/panel.ts";
import { dealIdOf, type EscrowDomain, type Terms, termsDigest, termsToJson } from "../../src/core/deal/terms.ts";
import { packTerms } from "../../src/core/deal/termsCodec.ts";

const account = (name: string): Hex => `0x${keccak256(stringToBytes(name)).slice(-40)}`;
const digest = (text: string): Hex => keccak256(stringToBytes(text));

/** Where Hardhat's first account deploys its first two contracts, so that a test can ask real ones. */
const domain: EscrowDomain = { chainId: 31337, escrow: "0x5fbdb2315678afecb367f032d93f642f64180aa3" };
const panelDomain: PanelDomain = { chainId: 31337, tribunal: "0xe7f1725e7734ce288f8367e1bb143e90bb3f0512" };

const DAY = 86_400;
const START = 2_000_000_000;
const FAR = 2 ** 40 - 1;
/** Greatest clock of terms. */
const LAST = 2 ** 32 - 1;

const panel = sortPanel({
  threshold: 3,
  answerWindow: 3 * DAY,
  minInspection: 7 * DAY,
  minBackstop: 30 * DAY,
  arbitrators: ["first", "second", "third", "fourth", "fifth"].map((seat) => account(`${seat} arbitrator`)),
});

const plain: Terms = {
  buyer: account("buyer"),
  seller: account("seller"),
  marketplace: zeroAddress,
  attestor: account("attestor"),
  token: zeroAddress,
  price: 40_000_000_000n,
  deposit: 40_000_000_000n,
  coverage: 0n,
  feeBps: 0,
  earnest: false,
  fundBy: START + DAY,
  balanceBy: 0,
  shipBy: START + 3 * DAY,
  deliverBy: START + 18 * DAY,
  inspection: 10 * DAY,
  tail: 30 * DAY,
  tribunal: panelDomain.tribunal,
  rules: panelRules(panel),
  backstop: 90 * DAY,
  silenceBps: 5_000,
  order: digest("order document"),
};

const everyField: Terms = {
  ...plain,
  marketplace: account("marketplace"),
  token: account("token"),
  deposit: 8_000_000_000n,
  coverage: 10_000_000_000n,
  feeBps: 250,
  earnest: true,
  balanceBy: START + 2 * DAY,
};

/** Every field at its greatest: no bit of one reaches another. */
const greatest: Terms = {
  buyer: `0x${"ff".repeat(20)}`,
  seller: `0x${"ff".repeat(20)}`,
  marketplace: `0x${"ff".repeat(20)}`,
  attestor: `0x${"ff".repeat(20)}`,
  token: `0x${"ff".repeat(20)}`,
  price: 2n ** 96n - 1n,
  deposit: 2n ** 96n - 1n,
  coverage: 2n ** 96n - 1n,
  feeBps: 10_000,
  earnest: true,
  fundBy: LAST,
  balanceBy: LAST,
  shipBy: LAST,
  deliverBy: LAST,
  inspection: LAST,
  tail: LAST,
  tribunal: `0x${"ff".repeat(20)}`,
  rules: `0x${"ff".repeat(32)}`,
  backstop: LAST,
  silenceBps: 10_000,
  order: `0x${"ff".repeat(32)}`,
};

/** Terms of the deal that the intents are about: in native currency, half paid at funding. */
const dealOfIntents: Terms = { ...plain, deposit: plain.price / 2n, balanceBy: START + 2 * DAY };
const deal = dealIdOf(dealOfIntents, domain);
const { buyer, seller, price, deposit } = dealOfIntents;
const SEEN = seenIn(undisputed("deposited"));

const intents: readonly Intent[] = [
  { kind: "PayBalance", message: { deal, amount: price - deposit, ...SEEN, deadline: FAR } },
  { kind: "ShipGoods", message: { deal, tracking: digest("tracking"), deadline: FAR } },
  { kind: "AttestDelivery", message: { deal, proof: digest("proof of delivery"), deadline: FAR } },
  { kind: "ConfirmReceipt", message: { deal, amount: deposit, ...SEEN, deadline: FAR } },
  {
    kind: "RefundBuyer",
    message: { deal, amount: deposit, remaining: 0n, ...SEEN, deadline: FAR },
  },
  {
    kind: "OpenDispute",
    message: { deal, by: buyer, statement: digest("statement"), ...SEEN, deadline: FAR },
  },
  {
    kind: "Settlement",
    message: { deal, toBuyer: 1n, toSeller: deposit - 1n, compensation: 7n, ...SEEN, deadline: FAR },
  },
  { kind: "PostBond", message: { seller, token: everyField.token, amount: 5n, salt: digest("salt"), deadline: FAR } },
  { kind: "RequestBondWithdrawal", message: { seller, token: everyField.token, nonce: 0n, deadline: FAR } },
  {
    kind: "WithdrawBond",
    message: { seller, token: everyField.token, amount: 5n, to: account("elsewhere"), nonce: 0n, deadline: FAR },
  },
  {
    kind: "WithdrawCredit",
    message: {
      owner: seller,
      token: everyField.token,
      amount: 5n,
      to: account("elsewhere"),
      nonce: 0n,
      deadline: FAR,
    },
  },
];

const determination: Determination = {
  deal,
  disputedAt: START + 10 * DAY,
  toBuyer: 30_000_000_000n,
  toSeller: 10_000_000_000n,
  compensation: 500_000_000n,
  reasons: digest("reasons"),
  evidence: digest("root of the evidence"),
  deadline: FAR,
};

const extension: Extension = {
  deal,
  disputedAt: START + 10 * DAY,
  until: START + 300 * DAY,
  reasons: digest("reasons"),
  deadline: FAR,
};

const typeString = (name: keyof typeof allTypes) =>
  `${name}(${allTypes[name].map((field) => `${field.type} ${field.name}`).join(",")})`;

/** Amounts and nonces as decimal strings, as they travel. */
const asJson = (message: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(
    Object.entries(message).map(([name, value]) => [name, typeof value === "bigint" ? value.toString() : value]),
  );

/** Content of `test/vectors/deals.json`: the same on every run. */
export async function vectors() {
  return {
    about:
      "Terms, intents and determinations of Holdfast Escrow 1 and Holdfast Panel 1. An account is the last 20 bytes of keccak256 of its name.",
    domain,
    panelDomain,
    types: (Object.keys(allTypes) as (keyof typeof allTypes)[]).map((name) => ({
      type: typeString(name),
      typeHash: keccak256(stringToBytes(typeString(name))),
    })),
    deals: Object.entries({ plain, everyField, greatest, dealOfIntents }).map(([name, terms]) => ({
      name,
      terms: termsToJson(terms),
      words: packTerms(terms).words,
      id: dealIdOf(terms, domain),
      termsDigest: termsDigest(terms, domain),
    })),
    intents: intents.map((intent) => ({
      kind: intent.kind,
      message: asJson(intent.message),
      digest: intentDigest(intent, domain),
    })),
    determination: { message: asJson(determination), digest: determinationDigest(determination, panelDomain) },
    extension: { message: extension, digest: extensionDigest(extension, panelDomain) },
    panels: [
      panel,
      { ...panel, threshold: 1, arbitrators: panel.arbitrators.slice(0, 1) },
      { threshold: 0, answerWindow: 0, minInspection: 0, minBackstop: 0, arbitrators: [] },
    ].map((one) => ({ ...one, rules: panelRules(one) })),
  };
}
