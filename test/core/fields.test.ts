import { describe, it } from "node:test";
import { expect } from "chai";
import type * as z from "zod";
import {
  address,
  amount,
  basisPoints,
  bytes32,
  hexBytes,
  seconds,
  signature,
  uint256,
  uint256Text,
} from "../../src/core/fields.ts";

const accepts = (schema: z.ZodType, input: unknown) => schema.safeParse(input).success;
const digits = (count: number) => "a1".repeat(count);

describe("wire", () => {
  it("reads addresses and digests as lower case, in exactly their length", () => {
    expect(address.parse(`0x${"Ab".repeat(20)}`)).to.equal(`0x${"ab".repeat(20)}`);
    expect(bytes32.parse(`0x${"Ab".repeat(32)}`)).to.equal(`0x${"ab".repeat(32)}`);
    for (const wrong of ["", "0x", digits(20), `0x${digits(19)}`, `0x${digits(21)}`, `0x${"g1".repeat(20)}`, 7, null])
      expect(accepts(address, wrong), String(wrong)).to.equal(false);
    for (const wrong of [`0x${digits(31)}`, `0x${digits(33)}`, ` 0x${digits(32)}`, `0x${digits(32)}\n`])
      expect(accepts(bytes32, wrong), wrong).to.equal(false);
  });

  it("reads bytes in pairs of digits up to their limit", () => {
    const two = hexBytes(2);
    for (const right of ["0x", "0x00", "0xABcd"]) expect(two.parse(right)).to.equal(right.toLowerCase());
    for (const wrong of ["", "0x0", "0x000000", "00", "0xzz"]) expect(accepts(two, wrong), wrong).to.equal(false);
    expect(accepts(signature, `0x${"00".repeat(4096)}`)).to.equal(true);
    expect(accepts(signature, `0x${"00".repeat(4097)}`)).to.equal(false);
  });

  it("reads amounts as decimal strings of minor units up to 2^96 - 1", () => {
    expect(amount.parse("0")).to.equal(0n);
    expect(amount.parse((2n ** 96n - 1n).toString())).to.equal(2n ** 96n - 1n);
    for (const wrong of [(2n ** 96n).toString(), "01", "-1", "1.0", "1e3", "0x1", "", " 1", 1, 1n])
      expect(accepts(amount, wrong), String(wrong)).to.equal(false);
  });

  it("reads whole numbers up to 2^256 - 1, and refuses every other text", () => {
    const most = 2n ** 256n - 1n;
    expect(uint256.parse(most.toString())).to.equal(most);
    expect(uint256Text.parse("0")).to.equal("0");
    for (const wrong of [(most + 1n).toString(), "9".repeat(78), "1".repeat(79), "01", "-1", "1e5", "abc", "", 1, 1n])
      for (const schema of [uint256, uint256Text]) expect(accepts(schema, wrong), String(wrong)).to.equal(false);
  });

  it("reads seconds and basis points as whole numbers in their range", () => {
    expect(seconds.parse(2 ** 40 - 1)).to.equal(2 ** 40 - 1);
    for (const wrong of [2 ** 40, -1, 0.5, "1", Number.NaN, Number.POSITIVE_INFINITY])
      expect(accepts(seconds, wrong), String(wrong)).to.equal(false);
    expect(basisPoints.parse(10_000)).to.equal(10_000);
    for (const wrong of [10_001, -1, 0.5]) expect(accepts(basisPoints, wrong), String(wrong)).to.equal(false);
  });
});
