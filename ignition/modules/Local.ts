import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import LocalTokensModule from "./LocalTokens.ts";
import ProtocolModule from "./Protocol.ts";

/** The protocol and the test tokens, in one deployment. */
export default buildModule("Local", (m) => ({
  ...m.useModule(ProtocolModule),
  ...m.useModule(LocalTokensModule),
}));
