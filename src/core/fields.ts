import type { Address, Hex } from "viem";
import * as z from "zod";
import type { FieldProblem } from "./text/fieldProblems.ts";

const UINT96_MAX = 2n ** 96n - 1n;
const UINT256_MAX = 2n ** 256n - 1n;
const UINT32_MAX = 2 ** 32 - 1;
const UINT40_MAX = 2 ** 40 - 1;

/** An address in lower or checksum case, read as lower case; `0x` and 40 hex digits. */
export const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, "address-malformed" satisfies FieldProblem)
  .transform((text) => text.toLowerCase() as Address);

/** 32 bytes as `0x` and 64 hex digits, read as lower case. */
export const bytes32 = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/, "bytes32-malformed" satisfies FieldProblem)
  .transform((text) => text.toLowerCase() as Hex);

/** Bytes as `0x` and an even number of hex digits, at most `max` bytes. */
export function hexBytes(max: number) {
  return z
    .string()
    .max(2 + 2 * max)
    .regex(/^0x([0-9a-fA-F]{2})*$/, "bytes-malformed" satisfies FieldProblem)
    .transform((text) => text.toLowerCase() as Hex);
}

/**
 * A wallet's signature: 64 bytes (EIP-2098), 65 bytes, or what an ERC-1271 contract reads; at most
 * 4 KiB.
 */
export const signature = hexBytes(4096);

/** Minor units of a token, a decimal string on the wire, at most 2^96 - 1. */
export const amount = z
  .string()
  .regex(/^(0|[1-9][0-9]{0,28})$/, "units-malformed" satisfies FieldProblem)
  .transform(BigInt)
  .refine((value) => value <= UINT96_MAX, "number-above-uint96" satisfies FieldProblem);

/** A whole number below 2^256 as a decimal string, kept as text. */
export const uint256Text = z
  .string()
  .regex(/^(0|[1-9][0-9]{0,77})$/, { error: "number-malformed" satisfies FieldProblem, abort: true })
  .refine((text) => BigInt(text) <= UINT256_MAX, "number-above-uint256" satisfies FieldProblem);

/** A whole number below 2^256, a decimal string on the wire. */
export const uint256 = uint256Text.transform(BigInt);

/** Unix seconds, or a number of seconds; at most 2^40 - 1. */
export const seconds = z.number().int().min(0).max(UINT40_MAX);

/** Unix seconds, or a number of seconds, as terms hold them; at most 2^32 - 1 (the year 2106). */
export const shortSeconds = z.number().int().min(0).max(UINT32_MAX);

/** A share in basis points: 10,000 is the whole. */
export const basisPoints = z.number().int().min(0).max(10_000);
