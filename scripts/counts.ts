// Prints how many lines the files of src and contracts have, folder by folder: the table of docs/architecture.md.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

type Counted = Readonly<{ file: string; lines: number }>;

const root = join(import.meta.dirname, "..");

const read = (pattern: string): readonly Counted[] =>
  globSync(pattern, { cwd: root })
    .map((file) => ({ file, lines: readFileSync(join(root, file), "utf8").trimEnd().split("\n").length }))
    .sort((a, b) => a.lines - b.lines);

/** The folder that a file counts for: one level below src or contracts, or src or contracts themselves. */
const folderOf = ({ file }: Counted) => file.split("/").slice(0, -1).slice(0, 2).join("/");

/** The smallest value that is no less than this share of the values: 0.5 gives the median. */
const quantile = (counted: readonly Counted[], share: number) =>
  counted[Math.max(0, Math.ceil(counted.length * share) - 1)]?.lines ?? 0;

const sum = (counted: readonly Counted[]) => counted.reduce((total, { lines }) => total + lines, 0);

const row = (name: string, counted: readonly Counted[]) => {
  const longest = counted.at(-1);
  const cells = [counted.length, sum(counted), quantile(counted, 0.5), quantile(counted, 0.9), longest?.lines ?? 0];
  return `| ${name} | ${cells.join(" | ")} | ${longest === undefined ? "" : `\`${longest.file}\``} |`;
};

const rowsOf = (name: string, counted: readonly Counted[]) => {
  const byFolder = [...Map.groupBy(counted, folderOf)].sort(([a], [b]) => a.localeCompare(b));
  return [...byFolder.map(([folder, own]) => row(`\`${folder}\``, own)), row(`**all of \`${name}\`**`, counted)];
};

const sources = read("src/**/*.ts");
const contracts = read("contracts/**/*.sol");
const share = sum(sources.filter((one) => folderOf(one) === "src/cli")) / sum(sources);

console.log("| folder | files | lines | median | p90 | longest | which |");
console.log("|---|---:|---:|---:|---:|---:|---|");
for (const line of [...rowsOf("src", sources), ...rowsOf("contracts", contracts)]) console.log(line);
console.log(`\n\`src/cli\` has ${(100 * share).toFixed(1)} % of the lines of \`src\`.`);
