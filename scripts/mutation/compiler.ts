// The compiler of hardhat.config.ts in this process, with its quickest settings.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

/** A node of the compiler's JSON syntax tree. `src` is "start:length:file", in bytes. */
export type SyntaxNode = Readonly<{
  nodeType: string;
  src: string;
  name?: string;
  operator?: string;
  kind?: string;
  value?: string;
  expression?: SyntaxNode;
  typeDescriptions?: Readonly<{ typeString?: string }>;
  [key: string]: unknown;
}>;

export type Bytecode = Readonly<{
  bytecode: string;
  deployedBytecode: string;
  immutableReferences: Readonly<Record<string, readonly Readonly<{ start: number; length: number }>[]>>;
}>;

/** The compiler refuses the sources: a change that cannot be compiled is no mutant. */
export class CompileError extends Error {}

export type Compiler = Readonly<{
  /** Syntax trees of every source under `contracts/` that `files` import, by file. */
  syntaxOf(files: readonly string[]): Readonly<Record<string, SyntaxNode>>;
  /** Bytecode by "file:Contract", with `changed` in the place of what is on disk. */
  bytecodeOf(files: readonly string[], changed: ReadonlyMap<string, string>): Readonly<Record<string, Bytecode>>;
}>;

type Output = Readonly<{
  errors?: readonly Readonly<{ severity: string; formattedMessage: string }>[];
  sources: Readonly<Record<string, Readonly<{ ast: SyntaxNode }>>>;
  contracts?: Readonly<Record<string, Readonly<Record<string, Readonly<{ evm: CompiledEvm }>>>>>;
}>;
type CompiledEvm = Readonly<{
  bytecode: Readonly<{ object: string }>;
  deployedBytecode: Readonly<{ object: string; immutableReferences?: Bytecode["immutableReferences"] }>;
}>;
type Imports = (path: string) => Readonly<{ contents: string }> | Readonly<{ error: string }>;
type Soljson = Readonly<{ compile(input: string, callbacks: Readonly<{ import: Imports }>): string }>;

// The older code generator without an optimizer takes an eighth of the time of the one that is deployed; the tests run against
// either.
const SETTINGS = {
  evmVersion: "prague",
  // The same code from another text is the same bytecode.
  metadata: { bytecodeHash: "none", appendCBOR: false },
};

/** It cannot hold the terms' 22 words on the stack. Two encodings of fixed size, one after the other, are the same bytes. */
const inHalves = (source: string): string => {
  const call = /abi\.encode\((\s*TERMS_TYPEHASH,[^;]*?terms\.earnest\(\)),([^;]*)\)\s*\);/;
  if (!call.test(source)) throw new Error("Intents.hashTerms looks otherwise now: see inHalves");
  return source.replace(call, "bytes.concat(abi.encode($1), abi.encode($2)));");
};

export const loadCompiler = (root: string): Compiler => {
  const require = createRequire(import.meta.url);
  const wrap = require("solc/wrapper") as (soljson: unknown) => Soljson;
  const solc = wrap(require("solc/soljson.js"));

  const onDisk = (path: string) => readFileSync(join(root, path), "utf8");
  const run = (files: readonly string[], read: (path: string) => string, outputSelection: unknown): Output => {
    const sources = Object.fromEntries(files.map((file) => [file, { content: read(file) }]));
    const input = { language: "Solidity", sources, settings: { ...SETTINGS, outputSelection } };
    const imports: Imports = (path) => {
      const inProject = path.startsWith("contracts/");
      try {
        return { contents: inProject ? read(path) : readFileSync(require.resolve(path), "utf8") };
      } catch {
        return { error: `not found: ${path}` };
      }
    };
    const output = JSON.parse(solc.compile(JSON.stringify(input), { import: imports })) as Output;
    const error = output.errors?.find(({ severity }) => severity === "error");
    if (error !== undefined) throw new CompileError(error.formattedMessage);
    return output;
  };

  return {
    syntaxOf: (files) => {
      const { sources } = run(files, onDisk, { "*": { "": ["ast"] } });
      return Object.fromEntries(
        Object.entries(sources)
          .filter(([file]) => file.startsWith("contracts/"))
          .map(([file, { ast }]) => [file, ast]),
      );
    },
    bytecodeOf: (files, changed) => {
      const wanted = ["evm.bytecode.object", "evm.deployedBytecode.object", "evm.deployedBytecode.immutableReferences"];
      const read = (path: string) => {
        const source = changed.get(path) ?? onDisk(path);
        return path === "contracts/libraries/Intents.sol" ? inHalves(source) : source;
      };
      const { contracts } = run(files, read, Object.fromEntries(files.map((file) => [file, { "*": wanted }])));
      const found = Object.entries(contracts ?? {}).flatMap(([file, byName]) =>
        Object.entries(byName).map(([name, { evm }]): [string, Bytecode] => [
          `${file}:${name}`,
          {
            bytecode: `0x${evm.bytecode.object}`,
            deployedBytecode: `0x${evm.deployedBytecode.object}`,
            immutableReferences: evm.deployedBytecode.immutableReferences ?? {},
          },
        ]),
      );
      return Object.fromEntries(found.filter(([, { bytecode }]) => bytecode !== "0x"));
    },
  };
};
