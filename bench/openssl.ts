import { execFile } from "node:child_process";
import { promisify } from "node:util";

/**
 * The yardsticks of an upload: the `openssl` of this machine over a file, output thrown away, in
 * seconds of wall time. `encrypt` is AES-256-CTR, the cipher inside of GCM, which `openssl enc`
 * does not take. Nothing can take SM3 of a file faster than `sm3`, for it goes byte after byte.
 */
const opensslCommands = {
  encrypt: ["enc", "-aes-256-ctr", "-K", "11".repeat(32), "-iv", "22".repeat(16), "-out", "/dev/null", "-in"],
  sm3: ["dgst", "-sm3"],
} as const satisfies Record<string, readonly string[]>;

/** Runs one of them over a file; rejects where there is no `openssl`. */
export async function secondsOfOpenssl(command: keyof typeof opensslCommands, file: string): Promise<number> {
  const started = performance.now();
  await promisify(execFile)("openssl", [...opensslCommands[command], file]);
  return (performance.now() - started) / 1000;
}
