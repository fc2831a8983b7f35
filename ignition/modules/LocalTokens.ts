import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

/** What public networks have already and a local chain lacks: a stablecoin with 6 decimals and ERC-3009, free to mint. */
export default buildModule("LocalTokens", (m) => {
  const stablecoin = m.contract("MockStablecoin");
  return { stablecoin };
});
