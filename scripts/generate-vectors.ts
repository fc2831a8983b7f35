// Writes test/vectors/<name>.json from `vectors()` of each scripts/vectors/<name>.ts, or with --check says whether what is
// committed is what they give. Bytes that change need a new version tag and a new vector beside the old one.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

const root = join(import.meta.dirname, "..");
const isCheck = process.argv.includes("--check");

for (const file of readdirSync(join(import.meta.dirname, "vectors"))) {
  const { vectors } = (await import(`./vectors/${file}`)) as { vectors: () => Promise<unknown> };
  const path = `test/vectors/${basename(file, ".ts")}.json`;
  const text = `${JSON.stringify(await vectors(), null, 1)}\n`;
  if (!isCheck) writeFileSync(join(root, path), text);
  else if (readFileSync(join(root, path), "utf8") !== text) {
    console.error(`${path} is not what scripts/vectors/${file} gives. Run: node scripts/generate-vectors.ts`);
    process.exitCode = 1;
  }
}
