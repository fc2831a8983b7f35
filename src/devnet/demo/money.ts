import { formatUnits } from "viem";

const TOKEN_DECIMALS = 6;
const NATIVE_DECIMALS = 18;

/** A whole number of test dollars in minor units. */
export function dollars(whole: number): bigint {
  return BigInt(whole) * 10n ** BigInt(TOKEN_DECIMALS);
}

const grouped = (text: string): string => {
  const [whole = "", fraction] = text.split(".");
  const spaced = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  return fraction === undefined ? spaced : `${spaced}.${fraction}`;
};

/** Minor units of the test stablecoin as a person reads them. */
export function showDollars(amount: bigint): string {
  return `${grouped(formatUnits(amount, TOKEN_DECIMALS))} TUSD`;
}

/** Wei as a person reads them. */
export function showNative(amount: bigint): string {
  return `${grouped(formatUnits(amount, NATIVE_DECIMALS))} ETH`;
}
