import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A node of the compiler's syntax tree; only what we read of it. */
type AstNode = Readonly<{ nodeType: string; absolutePath?: string }>;

export type CompiledSource = Readonly<{ id: number; ast: Readonly<{ nodes: readonly AstNode[] }> }>;

export type CompilerMessage = Readonly<{
  severity: string;
  errorCode?: string;
  message: string;
  sourceLocation?: Readonly<{ file: string }>;
}>;

/** What one run of the compiler was asked and answered, as Hardhat keeps it. */
export type Compilation = Readonly<{
  id: string;
  /** The sources whose artifacts come from it; a later compilation may have made those of the others. */
  made: ReadonlySet<string>;
  solcVersion: string;
  settings: Readonly<Record<string, unknown>>;
  sources: Readonly<Record<string, CompiledSource>>;
  contracts: Readonly<Record<string, unknown>>;
  messages: readonly CompilerMessage[];
}>;

/** Every compilation that an artifact comes from; those that were built over are left out. Build first. */
export function readCompilations(root: string): Compilation[] {
  const read = (file: string) => JSON.parse(readFileSync(join(root, "artifacts", file), "utf8"));
  const artifacts = globSync("{contracts,test}/**/*.json", { cwd: join(root, "artifacts") }).map(read);
  return globSync("build-info/*.json", { cwd: join(root, "artifacts") })
    .filter((file) => !file.endsWith(".output.json"))
    .map((file) => {
      const asked = read(file);
      const { output } = read(file.replace(/json$/, "output.json"));
      const mine = artifacts.filter(({ buildInfoId }) => buildInfoId === asked.id);
      return {
        id: asked.id,
        made: new Set(mine.map(({ inputSourceName }) => inputSourceName)),
        solcVersion: asked.solcVersion,
        settings: asked.input.settings,
        sources: output.sources ?? {},
        contracts: output.contracts ?? {},
        messages: output.errors ?? [],
      };
    })
    .filter(({ made }) => made.size > 0);
}

/** Where a source of the compiler lies in the checkout: `npm/pkg@1.2.3/a.sol` is `node_modules/pkg/a.sol`. */
export function pathOfSource(source: string): string {
  return source.replace(/^project\//, "").replace(/^npm\/(.+?)@[^/@]+\//, "node_modules/$1/");
}

/** Goes on chain, or is part of what does: all of `contracts/` but the mocks. */
export function isDeployed(path: string): boolean {
  return path.startsWith("contracts/") && !path.startsWith("contracts/mocks/");
}

/** The sources among `roots` and all that they import, directly or not. */
export function withImports(sources: Compilation["sources"], roots: readonly string[]): Set<string> {
  const found = new Set<string>();
  const open = [...roots];
  for (let source = open.pop(); source !== undefined; source = open.pop()) {
    if (found.has(source)) continue;
    found.add(source);
    for (const node of sources[source]?.ast.nodes ?? [])
      if (node.nodeType === "ImportDirective" && node.absolutePath !== undefined) open.push(node.absolutePath);
  }
  return found;
}
