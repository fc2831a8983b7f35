import type { Address } from "viem";

/** Where Permit2 stands on every chain that has it (https://github.com/Uniswap/permit2). */
export const permit2Address: Address = "0x000000000022D473030F116dDEE9F6B43aC78BA3";
