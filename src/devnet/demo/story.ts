import { setTimeout } from "node:timers/promises";
import { encodeFunctionData, type Hex, parseEther } from "viem";
import { escrowAbi } from "../../abi/escrow.ts";
import { determineCall } from "../../chain/panelCalls.ts";
import { seenIn, undisputed } from "../../core/deal/dealTable.ts";
import { type Panel, seatSignatures } from "../../core/deal/panel.ts";
import { feeOf } from "../../core/deal/payouts.ts";
import type { Terms } from "../../core/deal/terms.ts";
import { packTerms } from "../../core/deal/termsCodec.ts";
import { ProtocolError } from "../../core/errors.ts";
import { buildTree, rootOf } from "../../core/evidence/merkle.ts";
import type { Texts } from "../../core/text/texts.ts";
import type { Client } from "../../sdk/client.ts";
import type { Actors } from "./actors.ts";
import { caseTexts } from "./caseTexts.ts";
import type { ChainSide } from "./chainSide.ts";
import { type FilingContext, fileAll, type ProvenFile } from "./filing.ts";
import type { Ledger } from "./ledger.ts";
import { dollars, showDollars, showNative } from "./money.ts";
import type { Signing } from "./signing.ts";
import { type createTermsFactory, DAY, digestOf } from "./terms.ts";

/**
 * Files of a case: what the buyer files first, what the seller answers with, what the buyer adds in
 * instalments.
 */
export type CaseFiles = {
  readonly claim: readonly string[];
  readonly answer: readonly string[];
  readonly further: readonly (readonly string[])[];
};

/** What the demonstration says. */
export type DemoTexts = Texts["demo"];

/** Something that must come out right. */
export type DemoCheck = keyof DemoTexts["check"];

export type DemoContext = {
  readonly actors: Actors;
  readonly panel: Panel;
  readonly client: Client;
  readonly chain: ChainSide;
  readonly sign: Signing;
  readonly termsOf: ReturnType<typeof createTermsFactory>;
  readonly ledger: Ledger;
  readonly filing: FilingContext;
  readonly onProgress: (line: string) => void;
  readonly say: DemoTexts;
  /** Records whether something came out as it must. */
  readonly check: (check: DemoCheck, holds: boolean) => void;
  readonly signal?: AbortSignal | undefined;
};

const BOND = dollars(2_000);
const FURNITURE = dollars(40_000);
const SEATS = [0, 2, 4] as const;
const MINUTE = 60;
const POLL_MS = 50;

/**
 * The furniture case: a price of 40,000, a bond of 2,000 that cannot carry what was promised,
 * evidence with two further instalments, and a determination that three of five arbitrators sign
 * and that waits for the answer window. Returns the files with their bundles.
 */
export async function playFurnitureCase(demo: DemoContext, files: CaseFiles): Promise<ProvenFile[]> {
  const { actors, chain, client, sign, ledger, onProgress, say } = demo;
  const { buyer, seller, courier } = actors;

  onProgress(say.bond.title);
  const deposit = encodeFunctionData({
    abi: escrowAbi,
    functionName: "postBond",
    args: [seller.address, demo.filing.deployment.stablecoin, BOND],
  });
  await chain.callEscrow(seller, { data: deposit });
  ledger.move(BOND, { from: "seller", to: "bond" });
  detail(demo, say.bond.posted(showDollars(BOND)));
  await showRefusedCoverage(demo);

  onProgress(say.funding.title);
  const terms = demo.termsOf(caseTexts.order.furniture, FURNITURE, {
    now: await chain.now(),
    changes: { coverage: BOND },
  });
  const id = sign.dealIdOf(terms);
  await client.registerDeal({ terms, sellerSignature: await sign.terms(seller, terms) });
  await relayed(demo, client.fundDeal(id, { authorization: await sign.authorization(buyer, terms) }));
  ledger.move(FURNITURE, { from: "buyer" });
  detail(demo, say.funding.held(showDollars(FURNITURE), showDollars(BOND), id));

  onProgress(say.performance.title);
  const deadline = (await chain.now()) + DAY;
  await relay(demo, await sign.intent(seller, ship(id, deadline)));
  await relay(demo, await sign.intent(courier, deliver(id, deadline)));
  const statement = digestOf(caseTexts.statement);
  await relay(
    demo,
    await sign.intent(buyer, {
      kind: "OpenDispute",
      message: {
        deal: id,
        by: lower(buyer.address),
        statement,
        ...seenIn(undisputed("delivered")),
        deadline,
      },
    }),
  );
  await client.waitForDeal(id, "disputed");
  const disputedAt = await chain.disputedAt(id);
  detail(demo, say.performance.disputed);

  onProgress(say.filing.title);
  const proven = [
    ...(await file(demo, files.claim, { party: "buyer", id, purpose: caseTexts.purpose.claim })),
    ...(await file(demo, files.answer, { party: "seller", id, purpose: caseTexts.purpose.answer })),
  ];
  for (const [index, instalment] of files.further.entries()) {
    const purpose = caseTexts.purpose.further(index + 1);
    proven.push(...(await file(demo, instalment, { party: "buyer", id, purpose })));
  }

  onProgress(say.deciding.title);
  const evidence = rootOf(buildTree(proven.map(({ digest }) => digest)));
  await determine(demo, terms, { id, evidence, disputedAt });
  return proven;
}

const showRefusedCoverage = async (demo: DemoContext) => {
  const { actors, chain, client, sign, say, check } = demo;
  await client.readBond(lower(actors.seller.address), demo.filing.deployment.stablecoin);
  const promised = dollars(20_000);
  const terms = demo.termsOf(caseTexts.order.overpromised, FURNITURE, {
    now: await chain.now(),
    changes: { coverage: promised },
  });
  const consent = await sign.terms(actors.seller, terms);
  const refusal = await chain.refusalOf(actors.buyer, {
    to: demo.filing.deployment.escrow,
    data: encodeFunctionData({ abi: escrowAbi, functionName: "fund", args: [packTerms(terms), "0x", consent] }),
  });
  check("coverage-refused", refusal === `CoverageExceedsBond(${promised}, ${BOND})`);
  detail(demo, say.bond.refused(showDollars(promised), refusal));
  const refusedBy = await client.registerDeal({ terms }).then(
    () => "nobody",
    (error: unknown) => (error instanceof ProtocolError ? error.code : "an error"),
  );
  check("coverage-refused-early", refusedBy === "coverage-exceeds-bond");
};

type ToDecide = { readonly id: Hex; readonly evidence: Hex; readonly disputedAt: number };

const determine = async (demo: DemoContext, terms: Terms, { id, evidence, disputedAt }: ToDecide) => {
  const { actors, panel, chain, client, sign, ledger, say, check } = demo;
  const toBuyer = dollars(30_000);
  const toSeller = FURNITURE - toBuyer;
  const compensation = dollars(6_000);
  const determination = {
    deal: id,
    disputedAt,
    toBuyer,
    toSeller,
    compensation,
    reasons: digestOf(caseTexts.reasons),
    evidence,
    deadline: (await chain.now()) + panel.answerWindow + 7 * DAY,
  };
  const signers = SEATS.map((seat) => actors.arbitrators[seat]!);
  const signatures = await sign.determination(signers, determination);
  const two = await client.submitDetermination({ determination, panel, signatures: signatures.slice(0, 2) }).then(
    () => "nobody",
    (error: unknown) => (error instanceof ProtocolError ? error.code : "an error"),
  );
  check("two-signatures-refused", two === "signature-count-wrong");

  const answerUntil = disputedAt + panel.answerWindow;
  const seated = {
    terms,
    panel,
    seated: await seatSignatures(panel, sign.determinationDigest(determination), signatures),
  };
  const early = await chain.refusalOf(actors.buyer, determineCall(determination, seated));
  check("answer-window-kept", early === `AnswerWindowOpen(${answerUntil})`);
  const tooEarly = await client.submitDetermination({ determination, panel, signatures }).then(
    () => "nobody",
    (error: unknown) => (error instanceof ProtocolError ? error.code : "an error"),
  );
  check("answer-window-kept-early", tooEarly === "answer-window-open");
  detail(demo, say.deciding.early(early));
  await travelTo(demo, answerUntil);
  await relayed(demo, client.submitDetermination({ determination, panel, signatures }));
  await client.waitForDeal(id, "closed");

  const fee = feeOf(toSeller, terms.feeBps);
  ledger.move(toBuyer, { to: "buyer" });
  ledger.move(BOND, { from: "bond", to: "buyer" });
  ledger.move(toSeller - fee, { to: "seller" });
  ledger.move(fee, { to: "marketplace" });
  const shortfall = await chain.shortfall(id);
  check("shortfall-recorded", shortfall === compensation - BOND);
  detail(demo, say.deciding.paid(showDollars(toBuyer), showDollars(BOND), showDollars(toSeller)));
  detail(demo, say.deciding.shortfall(showDollars(compensation), showDollars(shortfall)));
};

/** Every other way in which a deal ends, each on a deal of its own. */
export async function playFurtherDeals(demo: DemoContext): Promise<void> {
  const { actors, chain, client, sign, ledger, onProgress, say, check } = demo;
  const { buyer, seller, courier } = actors;

  onProgress(say.further.title);
  await confirmNative(demo);

  const settled = await fundDirectly(demo, caseTexts.order.settled, dollars(900));
  const back = dollars(300);
  const message = {
    deal: settled.id,
    toBuyer: back,
    toSeller: settled.terms.price - back,
    compensation: 0n,
    ...seenIn(undisputed("funded")),
    deadline: (await chain.now()) + DAY,
  };
  await relay(demo, await sign.settlement({ buyer, seller }, message));
  await client.waitForDeal(settled.id, "closed");
  payOut(demo, settled.terms, back);
  detail(demo, say.further.settled(showDollars(back)));

  const shipBy = (await chain.now()) + 3 * DAY;
  const unshipped = [];
  for (const order of caseTexts.order.unshipped) {
    unshipped.push(await fundDirectly(demo, order, dollars(500), { shipBy }));
  }
  const stalled = await fundDirectly(demo, caseTexts.order.stalled, dollars(2_500), {
    shipBy: shipBy + DAY,
  });
  const undelivered = await fundDirectly(demo, caseTexts.order.undelivered, dollars(700));
  const accepted = await fundDirectly(demo, caseTexts.order.accepted, dollars(1_200));
  const deadline = (await chain.now()) + DAY;
  for (const { id } of [undelivered, accepted]) await relay(demo, await sign.intent(seller, ship(id, deadline)));
  await relay(demo, await sign.intent(courier, deliver(accepted.id, deadline)));

  await chain.travelTo(shipBy);
  const transactions = new Set<Hex | undefined>();
  for (const { id, terms } of unshipped) {
    const { outcome } = await client.waitForDeal(id, "closed");
    transactions.add(outcome?.txHash);
    ledger.move(terms.price, { to: "buyer" });
  }
  check("deadlines-together", transactions.size === 1);
  detail(demo, say.further.notShipped);

  await disputeInsteadOfShipping(demo, stalled);

  await chain.travelTo((await client.readDeal(accepted.id)).until);
  await client.waitForDeal(accepted.id, "closed");
  payOut(demo, accepted.terms, 0n);
  detail(demo, say.further.released);

  await chain.travelTo(undelivered.terms.deliverBy);
  await client.waitForDeal(undelivered.id, "closed");
  ledger.move(undelivered.terms.price, { to: "buyer" });
  detail(demo, say.further.notDelivered);

  await overtakeSilentTribunal(demo, stalled);
  const { deals } = await client.listDeals({ party: lower(buyer.address) });
  check("all-closed", deals.length > 0 && deals.every(({ status }) => status === "closed"));
}

type FundedDeal = { readonly id: Hex; readonly terms: Terms };

/** A seller who did not ship tries to keep the money by a dispute in the last minutes. */
const disputeInsteadOfShipping = async (demo: DemoContext, { id, terms }: FundedDeal) => {
  const { actors, chain, client, sign, say } = demo;
  await chain.travelTo(terms.shipBy - 10 * MINUTE);
  const statement = digestOf(caseTexts.sellerStatement);
  const message = {
    deal: id,
    by: lower(actors.seller.address),
    statement,
    ...seenIn(undisputed("funded")),
    deadline: terms.shipBy,
  };
  await relay(demo, await sign.intent(actors.seller, { kind: "OpenDispute", message }));
  await client.waitForDeal(id, "disputed");
  detail(demo, say.further.disputedLate);
};

/**
 * The dispute that nobody decides changes nothing: the buyer gets what an overdue shipment gives.
 */
const overtakeSilentTribunal = async (demo: DemoContext, { id, terms }: FundedDeal) => {
  const { actors, chain, client, ledger, say, check } = demo;
  const before = await chain.tokenBalance(actors.buyer.address);
  await chain.travelTo((await client.readDeal(id)).until);
  const { outcome } = await client.waitForDeal(id, "closed");
  ledger.move(terms.price, { to: "buyer" });
  const gained = (await chain.tokenBalance(actors.buyer.address)) - before;
  check("silence-refunds", gained === terms.price);
  check("silence-changes-nothing", outcome?.toBuyer === terms.price && outcome.toSeller === 0n);
  detail(demo, say.further.silentTribunal(showDollars(gained)));
};

const confirmNative = async (demo: DemoContext) => {
  const { actors, chain, client, sign, say, check } = demo;
  const price = parseEther("1.5");
  const terms = demo.termsOf(caseTexts.order.native, price, {
    now: await chain.now(),
    changes: { token: chain.native },
  });
  const id = sign.dealIdOf(terms);
  await client.registerDeal({ terms });
  const funding = encodeFunctionData({ abi: escrowAbi, functionName: "fund", args: [packTerms(terms), "0x", "0x"] });
  await chain.callEscrow(actors.buyer, { data: funding, value: price });
  await client.waitForDeal(id, "funded");
  const before = await chain.nativeBalance(actors.seller.address);
  const deadline = (await chain.now()) + DAY;
  await relay(
    demo,
    await sign.intent(actors.buyer, {
      kind: "ConfirmReceipt",
      message: { deal: id, amount: price, ...seenIn(undisputed("funded")), deadline },
    }),
  );
  await client.waitForDeal(id, "closed");
  const fee = feeOf(price, terms.feeBps);
  const gained = (await chain.nativeBalance(actors.seller.address)) - before;
  check("native-paid", gained === price - fee);
  check("fee-credited", (await chain.credit(actors.marketplace.address, chain.native)) >= fee);
  detail(demo, say.further.native(showNative(gained)));
};

const fundDirectly = async (demo: DemoContext, order: string, price: bigint, changes: Partial<Terms> = {}) => {
  const { actors, chain, client, sign, ledger } = demo;
  const terms = demo.termsOf(order, price, { now: await chain.now(), changes });
  const id = sign.dealIdOf(terms);
  await client.registerDeal({ terms });
  await chain.callEscrow(actors.buyer, {
    data: encodeFunctionData({ abi: escrowAbi, functionName: "fund", args: [packTerms(terms), "0x", "0x"] }),
  });
  ledger.move(price, { from: "buyer" });
  await client.waitForDeal(id, "funded");
  return { id, terms };
};

const payOut = ({ ledger }: DemoContext, terms: Terms, toBuyer: bigint) => {
  const toSeller = terms.price - toBuyer;
  const fee = feeOf(toSeller, terms.feeBps);
  ledger.move(toBuyer, { to: "buyer" });
  ledger.move(toSeller - fee, { to: "seller" });
  ledger.move(fee, { to: "marketplace" });
};

const file = async (
  demo: DemoContext,
  files: readonly string[],
  { party, id, purpose }: { party: "buyer" | "seller"; id: Hex; purpose: string },
): Promise<ProvenFile[]> => {
  if (files.length === 0) return [];
  const proven = await fileAll(files, { party: demo.actors[party], dealId: id, purpose }, demo.filing);
  const roots = new Set(proven.map(({ root }) => root));
  detail(demo, demo.say.filing.filed[party](proven.length, [...roots].join(", ")));
  return proven;
};

/** Says something about the step that was announced last. */
const detail = ({ onProgress }: DemoContext, text: string) => onProgress(`   ${text}`);

const lower = (address: Hex): Hex => address.toLowerCase() as Hex;

const ship = (deal: Hex, deadline: number) =>
  ({ kind: "ShipGoods", message: { deal, tracking: digestOf(caseTexts.tracking), deadline } }) as const;

const deliver = (deal: Hex, deadline: number) =>
  ({ kind: "AttestDelivery", message: { deal, proof: digestOf(caseTexts.proofOfDelivery), deadline } }) as const;

const relay = (demo: DemoContext, request: Parameters<Client["submitIntent"]>[0]) =>
  relayed(demo, demo.client.submitIntent(request));

/** Moves the chain's clock and waits until the relayer has seen it. */
const travelTo = async ({ chain, client, signal }: DemoContext, second: number) => {
  await chain.travelTo(second);
  while ((await client.readConfig({ signal })).asOf < second) await setTimeout(POLL_MS, undefined, { signal });
};

/** Waits until what the relayer took in is in a block. */
const relayed = async ({ client, signal }: DemoContext, accepted: ReturnType<Client["submitIntent"]>) =>
  client.waitForIntent((await accepted).id, { signal });
