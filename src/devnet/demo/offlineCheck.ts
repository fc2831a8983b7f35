import { execFile } from "node:child_process";
import { copyFile, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { CheckId } from "../../core/evidence/verify/check.ts";
import type { Verdict } from "../../core/evidence/verify/conclude.ts";
import type { ProvenFile } from "./filing.ts";

type FileToCheck = Pick<ProvenFile, "file" | "bundle" | "confirming">;

const holdfast = join(import.meta.dirname, "..", "..", "cli", "main.ts");
const noNetwork = join(import.meta.dirname, "noNetwork.ts");

/** What `holdfast verify` says in a process of its own that can reach neither chain nor relayer. */
export type OfflineVerdict = {
  readonly exitCode: number;
  readonly status: Verdict["status"] | "none";
  readonly changed: readonly CheckId[];
};

export async function verifyOffline({ file, bundle, confirming }: FileToCheck): Promise<OfflineVerdict> {
  const args = [
    "--disable-warning=ExperimentalWarning",
    "--import",
    noNetwork,
    holdfast,
    "verify",
    file,
    bundle,
    ...confirming,
    "--json",
  ];
  const { exitCode, stdout } = await new Promise<{ exitCode: number; stdout: string }>((resolve) => {
    execFile(process.execPath, args, { maxBuffer: 1 << 24 }, (error, stdout) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : 70;
      resolve({ exitCode: code, stdout });
    });
  });
  const said = JSON.parse(stdout || "{}") as {
    verdict?: { status?: Verdict["status"]; changed?: readonly CheckId[] };
  };
  return { exitCode, status: said.verdict?.status ?? "none", changed: said.verdict?.changed ?? [] };
}

/** The same for a copy of the file in which one bit in the middle is flipped. */
export async function verifyFlipped({ file, ...rest }: FileToCheck): Promise<OfflineVerdict> {
  const dir = await mkdtemp(join(tmpdir(), "holdfast-flipped-"));
  try {
    const copy = join(dir, basename(file));
    await copyFile(file, copy);
    const handle = await open(copy, "r+");
    try {
      const { size } = await handle.stat();
      const position = Math.floor(size / 2);
      const byte = Buffer.alloc(1);
      await handle.read(byte, 0, 1, position);
      byte[0] = byte[0]! ^ 1;
      await handle.write(byte, 0, 1, position);
    } finally {
      await handle.close();
    }
    return await verifyOffline({ file: copy, ...rest });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
