import { createRequire } from "node:module";
import hardhatEthers from "@nomicfoundation/hardhat-ethers";
import hardhatEthersChaiMatchers from "@nomicfoundation/hardhat-ethers-chai-matchers";
import hardhatIgnitionEthers from "@nomicfoundation/hardhat-ignition-ethers";
import hardhatMocha from "@nomicfoundation/hardhat-mocha";
import hardhatNetworkHelpers from "@nomicfoundation/hardhat-network-helpers";
import hardhatTypechain from "@nomicfoundation/hardhat-typechain";
import { configVariable, defineConfig } from "hardhat/config";

// `scripts/proofs/invariants.ts` plays more, and with other seeds than the one that Hardhat starts from.
const fuzzSeed = process.env.HOLDFAST_FUZZ_SEED;

/** What the contracts are deployed with; the formal proofs compile with the same. */
export const compilerSettings = { viaIR: true, optimizer: { enabled: true, runs: 300 }, evmVersion: "prague" };

const compiler = {
  version: "0.8.34",
  // The wasm compiler of the pinned npm package: no compiler is ever downloaded.
  path: createRequire(import.meta.url).resolve("solc/soljson.js"),
  settings: compilerSettings,
};

export default defineConfig({
  plugins: [
    hardhatEthers,
    hardhatEthersChaiMatchers,
    hardhatIgnitionEthers,
    hardhatMocha,
    hardhatNetworkHelpers,
    hardhatTypechain,
  ],
  solidity: {
    profiles: {
      default: compiler,
      // `hardhat ignition deploy` compiles with this one; left out, it would have none of the settings.
      production: { ...compiler, isolated: false, toolVersionsInBuildInfo: false },
    },
  },
  networks: {
    // The chain that `holdfast dev` starts; it passes the address in.
    local: { type: "http", chainType: "l1", url: configVariable("HOLDFAST_RPC_URL") },
  },
  paths: { tests: { mocha: "test/contracts", solidity: "test/contracts" } },
  test: {
    mocha: { timeout: 120_000 },
    solidity: {
      fuzz: { runs: 256, ...(fuzzSeed === undefined ? {} : { seed: fuzzSeed }) },
      invariant: {
        runs: Number(process.env.HOLDFAST_INVARIANT_RUNS ?? 64),
        depth: Number(process.env.HOLDFAST_INVARIANT_DEPTH ?? 64),
        failOnRevert: true,
      },
    },
  },
});
