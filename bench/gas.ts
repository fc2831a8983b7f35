import { ContractFactory, type ContractTransactionResponse } from "ethers";
import { network } from "hardhat";
import { multicall3Abi } from "viem";
import { multicall3CreationCode } from "../src/chain/multicall3.ts";
import { seenIn, statusNumber, undisputed } from "../src/core/deal/dealTable.ts";
import { consentOf } from "../src/core/deal/intents.ts";
import { dealIdOf, type Terms } from "../src/core/deal/terms.ts";
import { packTerms } from "../src/core/deal/termsCodec.ts";
import { ANSWER_WINDOW, compact, DAY, deployEscrow, FAR } from "../test/fixtures/escrow.ts";

export type GasResult = { readonly name: string; readonly gas: number; readonly target: number };

const PRICE = 40_000_000_000n;
const FUNDED = statusNumber("funded");
/** When the first deal opens; its successors follow at this distance. Fixed, because every byte of calldata has a price. */
const FIRST_DEAL = 2_000_000_000;
const BETWEEN_DEALS = 40 * DAY;

/** What prototypes reached, by name; `docs` and README say where a safety rule costs more. */
const targets: Readonly<Record<string, number>> = {
  "fund.native": 58_500,
  "fund.erc20": 78_500,
  "fund.erc20.covered": 91_000,
  "fund.erc3009": 107_000,
  "confirm.native": 38_600,
  "confirm.erc20": 45_300,
  "confirm.native+carried": 47_000,
  "confirm.erc20+carried": 53_000,
  "refund.native": 39_400,
  "refund.erc20": 46_000,
  "expire.native": 38_100,
  "expire.erc20": 44_800,
  "expire.batch10.native": 21_500,
  "settle.native": 52_300,
  "settle.erc20": 60_500,
  "settle.native+carried": 60_000,
  "settle.erc20+carried": 65_800,
  "dispute.native": 34_300,
  "dispute.erc20": 34_600,
  "determine.3of5.native": 62_600,
  "determine.3of5.erc20": 69_200,
  "determine.3of5.native+split": 72_600,
  "determine.3of5.erc20+split": 78_300,
  "determine.3of5.erc20+compensation": 75_100,
  "determine.3of5.native+compensation": 68_500,
  "anchor.1000": 53_000,
};

/**
 * Whole-transaction gas of every step, under one set of conditions: receivers already hold the asset, the contract has had
 * earlier deals and holds both assets, the allowance is unlimited, the full price goes to one side, no fee, closed after
 * `fundBy`, unless the name says otherwise.
 */
export const gasSuite = async (): Promise<{ suite: "gas"; results: GasResult[] }> => {
  const connection = await network.create();
  const f = await deployEscrow(connection);
  const { time } = connection.networkHelpers;
  const results: GasResult[] = [];
  let opensAt = FIRST_DEAL;
  const digest = f.digest("document");

  const measure = async (name: string, transaction: Promise<ContractTransactionResponse>) => {
    const receipt = await (await transaction).wait();
    results.push({ name, gas: Number(receipt!.gasUsed), target: targets[name]! });
  };
  const wait = async (transaction: Promise<ContractTransactionResponse>) => void (await (await transaction).wait());

  const multicall = await new ContractFactory(multicall3Abi, multicall3CreationCode, f.deployer).deploy();
  await f.giveTokens();
  for (const token of [undefined, f.stablecoinAddress]) {
    await wait(
      f.escrow
        .connect(f.seller)
        .postBond(f.seller, token ?? "0x0000000000000000000000000000000000000000", PRICE * 100n, {
          value: token ? 0n : PRICE * 100n,
        }),
    );
  }

  for (const [asset, token] of [
    ["native", undefined],
    ["erc20", f.stablecoinAddress],
  ] as const) {
    const termsOf = async (changes: Partial<Terms> = {}) => {
      opensAt += BETWEEN_DEALS;
      await time.increaseTo(opensAt);
      const clocks = { fundBy: opensAt + DAY, shipBy: opensAt + 3 * DAY, deliverBy: opensAt + 18 * DAY };
      return f.termsOf({ price: PRICE, ...clocks, ...(token && { token }), ...changes });
    };
    const value = token ? 0n : PRICE;
    const fund = async (changes: Partial<Terms> = {}) => {
      const terms = await termsOf(changes);
      const bySeller = terms.coverage === 0n ? "0x" : compact(await f.signTerms(f.seller, terms));
      await wait(f.escrow.connect(f.buyer).fund(packTerms(terms), "0x", bySeller, { value }));
      return terms;
    };
    const disputed = async (changes: Partial<Terms> = {}) => {
      const terms = await fund(changes);
      await time.increaseTo(terms.fundBy);
      await wait(f.escrow.connect(f.buyer).dispute(packTerms(terms), terms.buyer, digest, "0x"));
      await time.increaseTo(terms.fundBy + ANSWER_WINDOW + 60);
      return terms;
    };
    const determine = async (
      name: string,
      split: { toBuyer: bigint; toSeller: bigint; compensation: bigint },
      changes: Partial<Terms> = {},
    ) => {
      const terms = await disputed(changes);
      const deal = dealIdOf(terms, f.domain);
      const { disputedAt } = await f.stateOf(deal);
      const signed = await f.determinationOf({
        deal,
        disputedAt,
        ...split,
        reasons: f.digest("reasons"),
        evidence: f.digest("evidence"),
        deadline: terms.fundBy + 60 * DAY,
      });
      await measure(name, f.tribunal.connect(f.relayer).determine(packTerms(terms), ...signed));
    };

    /** A party that calls needs the other's signature only; a relayer needs both. */
    const settle = async (name: string, caller: typeof f.seller) => {
      const terms = await fund();
      await time.increaseTo(terms.fundBy);
      const [toBuyer, toSeller] = [PRICE / 4n, PRICE - PRICE / 4n];
      const message = {
        deal: dealIdOf(terms, f.domain),
        toBuyer,
        toSeller,
        compensation: 0n,
        ...seenIn(undisputed("funded")),
        deadline: FAR,
      };
      const consentBy = async (signer: typeof f.seller) =>
        signer === caller ? "0x" : consentOf(FAR, compact(await f.signIntent(signer, { kind: "Settlement", message })));
      const consents = [await consentBy(f.buyer), await consentBy(f.seller)] as const;
      await measure(name, f.escrow.connect(caller).settle(packTerms(terms), toBuyer, toSeller, 0n, ...consents));
    };

    await fund();
    await measure(`fund.${asset}`, f.escrow.connect(f.buyer).fund(packTerms(await termsOf()), "0x", "0x", { value }));

    if (token) {
      await fund({ coverage: PRICE });
      const covered = await termsOf({ coverage: PRICE });
      const consent = compact(await f.signTerms(f.seller, covered));
      await measure("fund.erc20.covered", f.escrow.connect(f.buyer).fund(packTerms(covered), "0x", consent));

      const gasless = await termsOf();
      const authorization = await f.authorize(f.buyer, {
        value: PRICE,
        validBefore: gasless.fundBy,
        nonce: dealIdOf(gasless, f.domain),
      });
      await measure(
        "fund.erc3009",
        f.escrow.connect(f.relayer).fundWithAuthorization(packTerms(gasless), authorization, "0x"),
      );
    }

    const confirmed = await fund();
    await time.increaseTo(confirmed.fundBy);
    await measure(`confirm.${asset}`, f.escrow.connect(f.buyer).confirm(packTerms(confirmed), PRICE, FUNDED, "0x"));

    const signedFor = await fund();
    await time.increaseTo(signedFor.fundBy);
    const receipt = {
      deal: dealIdOf(signedFor, f.domain),
      amount: PRICE,
      ...seenIn(undisputed("funded")),
      deadline: FAR,
    };
    const byBuyer = compact(await f.signIntent(f.buyer, { kind: "ConfirmReceipt", message: receipt }));
    await measure(
      `confirm.${asset}+carried`,
      f.escrow.connect(f.relayer).confirm(packTerms(signedFor), PRICE, FUNDED, consentOf(FAR, byBuyer)),
    );

    const refunded = await fund();
    await time.increaseTo(refunded.fundBy);
    await measure(`refund.${asset}`, f.escrow.connect(f.seller).refund(packTerms(refunded), PRICE, 0n, FUNDED, "0x"));

    const expired = await fund();
    await time.increaseTo(expired.shipBy);
    await measure(`expire.${asset}`, f.escrow.connect(f.relayer).expire(packTerms(expired)));

    if (!token) {
      const batch: Terms[] = [];
      for (let i = 0; i < 10; ++i) batch.push(await fund({ order: f.digest(`order of batch ${i}`) }));
      await time.increaseTo(batch.at(-1)!.shipBy);
      const calls = batch.map((terms) => ({
        target: f.domain.escrow,
        allowFailure: true,
        callData: f.escrow.interface.encodeFunctionData("expire", [packTerms(terms)]),
      }));
      const sent = await f.relayer.sendTransaction({
        to: multicall,
        data: multicall.interface.encodeFunctionData("aggregate3", [calls]),
      });
      const { gasUsed } = (await sent.wait())!;
      const name = "expire.batch10.native";
      results.push({ name, gas: Math.ceil(Number(gasUsed) / batch.length), target: targets[name]! });
    }

    await settle(`settle.${asset}`, f.seller);
    await settle(`settle.${asset}+carried`, f.relayer);

    const disputable = await fund();
    await time.increaseTo(disputable.fundBy);
    await measure(
      `dispute.${asset}`,
      f.escrow.connect(f.buyer).dispute(packTerms(disputable), disputable.buyer, digest, "0x"),
    );

    const whole = { toBuyer: PRICE, toSeller: 0n, compensation: 0n };
    await determine(`determine.3of5.${asset}`, whole);
    await determine(`determine.3of5.${asset}+split`, { ...whole, toBuyer: PRICE / 4n, toSeller: PRICE - PRICE / 4n });
    await determine(
      `determine.3of5.${asset}+compensation`,
      { ...whole, compensation: PRICE / 2n },
      { coverage: PRICE },
    );
  }

  const registry = await connection.ethers.deployContract("EvidenceRegistry");
  await wait(registry.connect(f.relayer).anchor(f.digest("first batch"), 1_000n));
  await measure("anchor.1000", registry.connect(f.relayer).anchor(f.digest("second batch"), 1_000n));

  await connection.close();
  return { suite: "gas", results };
};
