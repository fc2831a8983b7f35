import type { ContractTransactionResponse } from "ethers";
import { network } from "hardhat";
import { dealIdOf, type Terms } from "../src/core/terms.ts";
import { packTerms } from "../src/core/termsCodec.ts";
import { compact, DAY, deployEscrow, FAR } from "../test/fixtures/escrow.ts";

export type GasResult = { readonly name: string; readonly gas: number; readonly target: number };

const PRICE = 40_000_000_000n;
/** When the first deal opens; its successors follow at this distance. Fixed, because every byte of calldata has a price. */
const FIRST_DEAL = 2_000_000_000;
const BETWEEN_DEALS = 40 * DAY;

/** Targets of the first version, by name; the final ones stand in the README. */
const targets: Readonly<Record<string, number>> = {
  "fund.native": 55_000,
  "fund.erc20": 76_000,
  "fund.erc20.covered": 90_000,
  "fund.erc3009": 125_000,
  "confirm.native": 41_000,
  "confirm.erc20": 48_000,
  "refund.native": 41_000,
  "refund.erc20": 48_000,
  "expire.native": 41_000,
  "expire.erc20": 48_000,
  "settle.native": 54_000,
  "settle.erc20": 62_000,
  "settle.native+carried": 54_000,
  "settle.erc20+carried": 62_000,
  "dispute.native": 40_000,
  "dispute.erc20": 40_000,
  "determine.3of5.native": 66_000,
  "determine.3of5.erc20": 72_000,
  "determine.3of5.native+split": 76_000,
  "determine.3of5.erc20+split": 81_000,
  "determine.3of5.erc20+compensation": 78_000,
  "determine.3of5.native+compensation": 72_000,
  "anchor.1000": 55_000,
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
      if (terms.coverage === 0n) await wait(f.escrow.connect(f.buyer).fund(packTerms(terms), { value }));
      else {
        const consent = compact(await f.signTerms(f.seller, terms));
        await wait(f.escrow.connect(f.buyer).fundCovered(packTerms(terms), consent, { value }));
      }
      return terms;
    };
    const disputed = async (changes: Partial<Terms> = {}) => {
      const terms = await fund(changes);
      await time.increaseTo(terms.fundBy);
      await wait(f.escrow.connect(f.buyer).dispute(packTerms(terms), digest));
      return terms;
    };
    const determine = async (
      name: string,
      split: { toBuyer: bigint; toSeller: bigint; compensation: bigint },
      changes: Partial<Terms> = {},
    ) => {
      const terms = await disputed(changes);
      const signed = await f.determinationOf({
        deal: dealIdOf(terms, f.domain),
        ...split,
        reasons: f.digest("reasons"),
        evidence: f.digest("evidence"),
        deadline: terms.fundBy + 60 * DAY,
      });
      await measure(name, f.tribunal.connect(f.carrier).determine(packTerms(terms), ...signed));
    };

    /** A party that calls needs the other's signature only; a carrier needs both. */
    const settle = async (name: string, caller: typeof f.seller) => {
      const terms = await fund();
      await time.increaseTo(terms.fundBy);
      const [toBuyer, toSeller] = [PRICE / 4n, PRICE - PRICE / 4n];
      const message = { deal: dealIdOf(terms, f.domain), toBuyer, toSeller, compensation: 0n, deadline: FAR };
      const consentOf = async (signer: typeof f.seller) =>
        signer === caller ? "0x" : compact(await f.signIntent(signer, { kind: "Settlement", message }));
      const consents = [await consentOf(f.buyer), await consentOf(f.seller)] as const;
      await measure(name, f.escrow.connect(caller).settle(packTerms(terms), toBuyer, toSeller, 0n, FAR, ...consents));
    };

    await fund();
    await measure(`fund.${asset}`, f.escrow.connect(f.buyer).fund(packTerms(await termsOf()), { value }));

    if (token) {
      await fund({ coverage: PRICE });
      const covered = await termsOf({ coverage: PRICE });
      const consent = compact(await f.signTerms(f.seller, covered));
      await measure("fund.erc20.covered", f.escrow.connect(f.buyer).fundCovered(packTerms(covered), consent));

      const gasless = await termsOf();
      const authorization = await f.authorize(f.buyer, {
        value: PRICE,
        validBefore: gasless.fundBy,
        nonce: dealIdOf(gasless, f.domain),
      });
      await measure(
        "fund.erc3009",
        f.escrow.connect(f.carrier).fundWithAuthorization(packTerms(gasless), authorization, "0x"),
      );
    }

    const confirmed = await fund();
    await time.increaseTo(confirmed.fundBy);
    await measure(`confirm.${asset}`, f.escrow.connect(f.buyer).confirm(packTerms(confirmed)));

    const refunded = await fund();
    await time.increaseTo(refunded.fundBy);
    await measure(`refund.${asset}`, f.escrow.connect(f.seller).refund(packTerms(refunded), PRICE));

    const expired = await fund();
    await time.increaseTo(expired.shipBy);
    await measure(`expire.${asset}`, f.escrow.connect(f.carrier).expire(packTerms(expired)));

    await settle(`settle.${asset}`, f.seller);
    await settle(`settle.${asset}+carried`, f.carrier);

    const disputable = await fund();
    await time.increaseTo(disputable.fundBy);
    await measure(`dispute.${asset}`, f.escrow.connect(f.buyer).dispute(packTerms(disputable), digest));

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
  await wait(registry.connect(f.carrier).anchor(f.digest("first batch"), 1_000n));
  await measure("anchor.1000", registry.connect(f.carrier).anchor(f.digest("second batch"), 1_000n));

  await connection.close();
  return { suite: "gas", results };
};
