// Writes src/abi from the compiled contracts, or with --check says whether what is committed is what they give.
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type AbiEntry, abiModule } from "./abiModule.ts";

const root = join(import.meta.dirname, "..");
const artifacts = join(root, "artifacts", "contracts");
const contracts = {
  escrow: "Escrow.sol",
  panelTribunal: "tribunals/PanelTribunal.sol",
  evidenceRegistry: "EvidenceRegistry.sol",
  stablecoin: "mocks/MockStablecoin.sol",
};

const readAbi = (file: string) => (JSON.parse(readFileSync(file, "utf8")) as { abi: readonly AbiEntry[] }).abi;

/** What the compiled contracts say each file of src/abi contains. */
const generate = () =>
  Object.entries(contracts).map(([name, source]) => {
    const abi = readAbi(join(artifacts, source, `${basename(source, ".sol")}.json`));
    return { path: `src/abi/${name}.ts`, text: abiModule(name, abi) };
  });

const isCheck = process.argv.includes("--check");
for (const { path, text } of generate()) {
  if (!isCheck) writeFileSync(join(root, path), text);
  else if (readFileSync(join(root, path), "utf8") !== text) {
    console.error(`${path} is not what the contracts give. Run: npm run build`);
    process.exitCode = 1;
  }
}
