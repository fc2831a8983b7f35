// What a mutant is: one small mistake that a programmer could make, put into one place of a contract.
import type { SyntaxNode } from "./compiler.ts";

export type Mutant = Readonly<{
  file: string;
  /** "Contract.function", or "Contract.CONSTANT". */
  scope: string;
  operator: string;
  line: number;
  /** Bytes of the source that `replacement` takes the place of. */
  start: number;
  length: number;
  original: string;
  replacement: string;
}>;

/** Off by one at a boundary, or the opposite. */
const RELATIONAL: Readonly<Record<string, readonly string[]>> = {
  "<": ["<=", ">="],
  "<=": ["<", ">"],
  ">": [">=", "<="],
  ">=": [">", "<"],
  "==": ["!="],
  "!=": ["=="],
};
const ARITHMETIC: Readonly<Record<string, string>> = {
  "+": "-",
  "-": "+",
  "*": "/",
  "/": "*",
  "%": "*",
  "<<": ">>",
  ">>": "<<",
  "&": "|",
  "|": "&",
  "+=": "-=",
  "-=": "+=",
  "|=": "&=",
  "++": "--",
  "--": "++",
};

type Place = Readonly<{ start: number; length: number }>;
const placeOf = ({ src }: SyntaxNode): Place => {
  const [start = 0, length = 0] = src.split(":").map(Number);
  return { start, length };
};
const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === "object" && value !== null && "nodeType" in value && "src" in value;
const childrenOf = (node: SyntaxNode): readonly SyntaxNode[] =>
  Object.values(node)
    .flatMap((value) => (Array.isArray(value) ? (value as unknown[]) : [value]))
    .filter(isNode);
const child = (node: SyntaxNode, name: string): SyntaxNode => {
  const value = node[name];
  if (!isNode(value)) throw new Error(`${node.nodeType} has no ${name}`);
  return value;
};
const listOf = (node: SyntaxNode, name: string): readonly SyntaxNode[] =>
  Array.isArray(node[name]) ? (node[name] as unknown[]).filter(isNode) : [];
const typeOf = (node: SyntaxNode) => node.typeDescriptions?.typeString;
const isRequire = (node: SyntaxNode) => node.nodeType === "FunctionCall" && node.expression?.name === "require";

type Change = Readonly<{ operator: string; place: Place; replacement: string }>;

/** The changes at one node; the walk visits its children by itself. */
const changesAt = (node: SyntaxNode, textOf: (place: Place) => string): readonly Change[] => {
  const text = (n: SyntaxNode) => textOf(placeOf(n));
  const put = (operator: string, at: SyntaxNode, replacement: string): Change => ({
    operator,
    place: placeOf(at),
    replacement,
  });
  const symbol = node.operator ?? "";

  switch (node.nodeType) {
    case "BinaryOperation": {
      const [left, right] = [child(node, "leftExpression"), child(node, "rightExpression")];
      const between = (other: string) =>
        `${text(left)}${gapOf(left, right, textOf).replace(symbol, other)}${text(right)}`;
      if (symbol === "&&" || symbol === "||") {
        return [
          put("logical", node, between(symbol === "&&" ? "||" : "&&")),
          put("operand dropped", node, `(${text(left)})`),
          put("operand dropped", node, `(${text(right)})`),
        ];
      }
      const relational = RELATIONAL[symbol]?.map((other) => put("relational", node, between(other)));
      const other = ARITHMETIC[symbol];
      return relational ?? (other === undefined ? [] : [put("arithmetic", node, between(other))]);
    }
    case "Assignment": {
      const other = ARITHMETIC[symbol];
      if (other === undefined) return [];
      const [left, right] = [child(node, "leftHandSide"), child(node, "rightHandSide")];
      return [put("arithmetic", node, `${text(left)} ${other} ${text(right)}`)];
    }
    case "UnaryOperation": {
      if (symbol === "!") return [put("negation dropped", node, `(${text(child(node, "subExpression"))})`)];
      const other = ARITHMETIC[symbol];
      return other === undefined ? [] : [put("arithmetic", node, text(node).replace(symbol, other))];
    }
    case "Literal": {
      if (node.kind === "bool") return [put("constant", node, node.value === "true" ? "false" : "true")];
      if (node.kind !== "number") return [];
      const larger = put("constant", node, `(${text(node)} + 1)`);
      return node.value === "0" ? [larger] : [larger, put("constant", node, `(${text(node)} - 1)`)];
    }
    case "IfStatement":
    case "Conditional":
      return ["true", "false"].map((value) => put("branch forced", child(node, "condition"), value));
    case "ExpressionStatement": {
      const expression = child(node, "expression");
      if (!isRequire(expression)) return [put("statement deleted", node, "true")];
      const [condition] = listOf(expression, "arguments");
      return condition === undefined ? [] : [put("require dropped", condition, "true")];
    }
    case "EmitStatement":
      return [put("event dropped", node, "true")];
    case "Continue":
      return [put("statement deleted", node, "true")];
    case "ModifierInvocation":
      return [put("modifier dropped", node, "")];
    case "FunctionCall": {
      const given = listOf(node, "arguments");
      return given.slice(1).flatMap((second, i) => {
        const first = given[i];
        if (
          first === undefined ||
          isRequire(node) ||
          typeOf(first) !== typeOf(second) ||
          text(first) === text(second)
        ) {
          return [];
        }
        const { start } = placeOf(first);
        const place = { start, length: placeOf(second).start + placeOf(second).length - start };
        const replacement = `${text(second)}${gapOf(first, second, textOf)}${text(first)}`;
        return [{ operator: "arguments swapped", place, replacement }];
      });
    }
    default:
      return [];
  }
};

const gapOf = (left: SyntaxNode, right: SyntaxNode, textOf: (place: Place) => string) => {
  const start = placeOf(left).start + placeOf(left).length;
  return textOf({ start, length: placeOf(right).start - start });
};

/** Every mutant of one source, in the order of the source. */
export const mutantsOf = (file: string, source: string, tree: SyntaxNode): readonly Mutant[] => {
  const bytes = Buffer.from(source);
  const textOf = ({ start, length }: Place) => bytes.subarray(start, start + length).toString();
  const found = new Map<string, Mutant>();

  const walk = (node: SyntaxNode, contract: string, member: string): void => {
    for (const { operator, place, replacement } of member === "" ? [] : changesAt(node, textOf)) {
      const original = textOf(place);
      const key = `${place.start}:${place.length}:${replacement}`;
      if (found.has(key) || replacement === original) continue;
      const line = bytes.subarray(0, place.start).toString().split("\n").length;
      found.set(key, { file, scope: `${contract}.${member}`, operator, line, ...place, original, replacement });
    }
    for (const next of childrenOf(node)) {
      const { nodeType } = next;
      // A type is not code: its array length is no constant of the program.
      if (nodeType === "ArrayTypeName" || nodeType === "StructuredDocumentation") continue;
      const name = next.name ?? "";
      if (nodeType === "ContractDefinition") walk(next, name, "");
      else if (nodeType === "FunctionDefinition" || nodeType === "ModifierDefinition")
        walk(next, contract, name === "" ? "constructor" : name);
      else if (nodeType === "VariableDeclaration" && member === "") walk(next, contract, name);
      else walk(next, contract, member);
    }
  };
  walk(tree, "", "");
  return [...found.values()].sort((a, b) => a.start - b.start || a.length - b.length);
};

export const mutated = (source: string, { start, length, replacement }: Mutant): string => {
  const bytes = Buffer.from(source);
  return `${bytes.subarray(0, start).toString()}${replacement}${bytes.subarray(start + length).toString()}`;
};

const oneLine = (text: string) => text.replace(/\s+/g, " ");

/** Names a mutant in the list of answers; stays the same while lines move. */
export const nameOf = ({ scope, operator, original, replacement }: Mutant): string =>
  `${scope}: ${operator}: ${oneLine(original)} => ${oneLine(replacement)}`;
