import { ProtocolError } from "../core/errors.ts";
import { escapeInvisible } from "../core/text/escapeInvisible.ts";
import type { CommandContext } from "./command.ts";
import { confirm } from "./terminal/confirm.ts";

type Permission = Readonly<{
  /** `host` or `host:port`, as the user typed them. */
  allowed: readonly string[];
  context: Pick<CommandContext, "progress" | "signal" | "texts">;
}>;

/**
 * Which of the gateways that somebody else named may be asked: those of the allowed hosts, and
 * without any such all of them after a yes on the terminal. Sends nothing.
 *
 * @throws ProtocolError `host-not-allowed` after a no, and where nobody can be asked.
 */
export async function allowedGateways(
  gateways: readonly string[],
  { allowed, context }: Permission,
): Promise<readonly string[]> {
  const chosen = gateways.filter((gateway) => allowed.includes(new URL(gateway).host));
  if (chosen.length > 0) return chosen;
  const hosts = [...new Set(gateways.map((gateway) => escapeInvisible(new URL(gateway).host)))];
  const { progress, signal, texts } = context;
  const words = texts.command.evidenceOpen;
  progress([words.hostsNamed, ...hosts.map((host) => `  ${host}`), words.hostSees].join("\n"));
  if (await confirm(words.askHosts, signal)) return gateways;
  throw new ProtocolError("host-not-allowed", { hosts: hosts.join(", ") });
}
