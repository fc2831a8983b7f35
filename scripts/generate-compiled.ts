// Writes the compiled contracts that `holdfast dev` and `holdfast deploy` use, so that neither compiles on a fresh clone.
import { writeFileSync } from "node:fs";
import { readHardhatArtifacts } from "../src/chain/compileByHardhat.ts";
import { compiledContractsFile } from "../src/chain/compiledContracts.ts";

writeFileSync(compiledContractsFile, `${JSON.stringify(await readHardhatArtifacts(), null, 1)}\n`);
