import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";

const MINUTES = 30;
const cvc5 = new URL("cvc5_int.py", import.meta.url).pathname;

/** Products and quotients of 256 bits are out of reach for a solver of bits, and easy for one of whole numbers. */
const isAboutAmounts = (contract: string) => contract === "SharesProofs";

/**
 * Runs Halmos on some properties of one contract, in a folder that `writeFoundryProject` wrote. Resolves to its report, or to nothing
 * when it wrote none.
 */
export async function runHalmos(
  bin: string,
  folder: string,
  contract: string,
  names: readonly string[],
): Promise<unknown> {
  const report = join(folder, `${contract}.json`);
  const args = ["--root", folder, "--contract", contract, "--match-test", `^(${names.join("|")})\\(`];
  // Loops run over at most three seats. A path that would need more is reported and counts as not proven.
  const limits = ["--loop", "4", "--early-exit", "--solver-timeout-assertion", "600s"];
  const solver = isAboutAmounts(contract) ? ["--solver-command", `${join(bin, "python3")} ${cvc5}`] : [];
  const child = spawn(join(bin, "halmos"), [...args, ...limits, ...solver, "--no-status", "--json-output", report], {
    env: { ...process.env, PATH: `${join(folder, "bin")}:${bin}:${process.env.PATH}` },
    stdio: ["ignore", "pipe", "inherit"],
    timeout: MINUTES * 60_000,
  });
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    for (const line of stripVTControlCharacters(text).split("\n"))
      if (/check_|WARN|ERROR|Counterexample|^ {4}p_/.test(line)) console.log(`   ${line.trim()}`);
  });
  await new Promise((resolve) => child.on("close", resolve));
  try {
    return JSON.parse(readFileSync(report, "utf8"));
  } catch {
    return undefined;
  }
}
