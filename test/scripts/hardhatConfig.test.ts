import { describe, it } from "node:test";
import { expect } from "chai";
import config, { compilerSettings } from "../../hardhat.config.ts";

describe("hardhat.config.ts", () => {
  it("compiles for `ignition deploy` as for everything else", () => {
    for (const profile of ["default", "production"]) {
      const path = `solidity.profiles.${profile}`;
      expect(config).to.have.nested.property(`${path}.settings`, compilerSettings);
      expect(config).to.have.nested.property(`${path}.version`, "0.8.34");
      expect(config)
        .to.have.nested.property(`${path}.path`)
        .that.matches(/soljson\.js$/);
    }
  });
});
