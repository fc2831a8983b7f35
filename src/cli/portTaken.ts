import { ProtocolError } from "../core/errors.ts";

/** How another port is chosen for what listens: the API or the chain. */
type PortOption = (listener: "API" | "chain") => string;

/**
 * Adds to `port-taken` what was to listen and how another port is chosen; every other error passes.
 * For `catch`.
 *
 * @throws what it is given
 */
export function namePortOption(optionOf: PortOption): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof ProtocolError) || error.code !== "port-taken") throw error;
    const listener = String(error.details.listener ?? "API");
    const option = optionOf(listener === "API" ? "API" : "chain");
    throw new ProtocolError("port-taken", { ...error.details, listener, option }, { cause: error });
  };
}
