import { describe, it } from "node:test";
import { expect } from "chai";
import { readHardhatArtifacts } from "../../src/chain/compileByHardhat.ts";
import { contractNamed, deployedContracts } from "../../src/chain/compiledContracts.ts";
import { isCurrent, loadCompiledContracts } from "../../src/chain/loadCompiledContracts.ts";
import { ProtocolError } from "../../src/core/errors.ts";

describe("loadCompiledContracts", () => {
  it("gives what Hardhat compiles from the sources of this checkout", async () => {
    expect(await loadCompiledContracts()).to.deep.equal(await readHardhatArtifacts());
  });

  it("has every contract that is deployed", async () => {
    const compiled = await loadCompiledContracts();
    expect(Object.keys(compiled.contracts)).to.deep.equal([...deployedContracts]);
    expect(() => contractNamed(compiled, "NotDeployed"))
      .to.throw(ProtocolError)
      .with.property("code", "deployment-failed");
  });
});

describe("isCurrent", () => {
  it("is true for the sources as they are", async () => {
    expect(await isCurrent(await loadCompiledContracts())).to.equal(true);
  });

  it("is false when a source was changed, or is gone", async () => {
    const { sources, contracts } = await loadCompiledContracts();
    const changed = { ...sources, "project/contracts/Escrow.sol": "00".repeat(32) };
    expect(await isCurrent({ sources: changed, contracts })).to.equal(false);
    const gone = { ...sources, "project/contracts/Gone.sol": "00".repeat(32) };
    expect(await isCurrent({ sources: gone, contracts })).to.equal(false);
  });

  it("is false where the hash of a source, or of the settings, is left out", async () => {
    const { sources, contracts } = await loadCompiledContracts();
    for (const name of ["project/contracts/Escrow.sol", "project/hardhat.config.ts"]) {
      const { [name]: _, ...rest } = sources;
      expect(await isCurrent({ sources: rest, contracts })).to.equal(false);
    }
  });
});
