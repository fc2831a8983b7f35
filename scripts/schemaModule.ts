/** A column as `information_schema.columns` and `pg_catalog` describe it. */
export type SqlColumn = Readonly<{
  table: string;
  column: string;
  /** `bigint`, `text`, `ARRAY`, ... */
  type: string;
  isNullable: boolean;
  hasDefault: boolean;
  isIdentity: boolean;
}>;

type Facts = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What SQL does not say of columns: their types in code, and notes for readers. By table and column as the code names them. */
export type ColumnMaps = Readonly<{ types: Facts; notes: Facts }>;

/** What the database's drivers make of each SQL type; see `createDatabase`. */
const plainTypes: Readonly<Record<string, string>> = {
  ARRAY: "string[]",
  bigint: "number",
  boolean: "boolean",
  integer: "number",
  numeric: "string",
  text: "string",
  "timestamp with time zone": "Date",
};

/** Where the types are that columns have. */
const sources: Readonly<Record<string, string>> = {
  Address: "viem",
  ErrorCode: "../core/errors.ts",
  ErrorDetails: "../core/errors.ts",
  Generated: "kysely",
  GeneratedAlways: "kysely",
  Hex: "viem",
  ProjectionKind: "./projectionStates.ts",
  RelayKind: "../wire/relayRequests.ts",
  Selectable: "kysely",
};
const OWN_TYPES = "./tables.ts";
const builtIn = new Set(["Date", "Record"]);

const camelCase = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

const factOf = (facts: Facts, { table, column }: SqlColumn) => facts[camelCase(table)]?.[camelCase(column)];

const typeOf = (column: SqlColumn, { types }: ColumnMaps) => {
  const isJson = column.type === "jsonb";
  const type = factOf(types, column) ?? plainTypes[column.type];
  if (type === undefined)
    throw new Error(`${column.table}.${column.column} (${column.type}) needs a type in tables.ts`);
  const value = isJson ? `Json<${type}>` : type;
  if (column.isIdentity) return `GeneratedAlways<${value}>`;
  if (column.hasDefault) return type === "Date" ? "Stamped" : `Generated<${value}>`;
  return column.isNullable ? `${value} | null` : value;
};

const lineOf = (column: SqlColumn, maps: ColumnMaps) => {
  const note = factOf(maps.notes, column);
  const comment = note === undefined ? "" : `    /** ${note} */\n`;
  return `${comment}    ${camelCase(column.column)}: ${typeOf(column, maps)};\n`;
};

/** Throws for a row of the hand-written maps that names no column. */
const requireColumns = (columns: readonly SqlColumn[], { types, notes }: ColumnMaps) => {
  const known = new Set(columns.map(({ table, column }) => `${camelCase(table)}.${camelCase(column)}`));
  const named = [types, notes].flatMap((facts) =>
    Object.entries(facts).flatMap(([table, own]) => Object.keys(own).map((column) => `${table}.${column}`)),
  );
  const lost = named.filter((name) => !known.has(name));
  if (lost.length > 0) throw new Error(`tables.ts names columns that are not there: ${lost.join(", ")}`);
};

/** Imports of every type that the text of a type names. */
const importsFor = (types: string) => {
  const names = [...new Set(types.match(/\b[A-Z]\w*/g))].filter((name) => !builtIn.has(name));
  const bySource = Map.groupBy(names, (name) => sources[name] ?? OWN_TYPES);
  return [...bySource]
    .toSorted(([a], [b]) => placeOf(a) - placeOf(b) || (a < b ? -1 : 1))
    .map(([source, found]) => `import type { ${found.toSorted().join(", ")} } from "${source}";\n`)
    .join("");
};

/** Packages come before other folders, and those before this one. */
const placeOf = (source: string) => (source.startsWith("../") ? 1 : source.startsWith("./") ? 2 : 0);

/** The TypeScript module of the tables that a database has, in the order of their names and of their columns in SQL. */
export const schemaModule = (columns: readonly SqlColumn[], maps: ColumnMaps): string => {
  requireColumns(columns, maps);
  const tables = [...Map.groupBy(columns, ({ table }) => table)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const types = tables
    .map(([table, own]) => `  ${camelCase(table)}: {\n${own.map((column) => lineOf(column, maps)).join("")}  };\n`)
    .join("");
  const imports = importsFor(`Selectable ${columns.map((column) => typeOf(column, maps)).join(" ")}`);
  return `// Generated from the migrations and src/db/tables.ts by scripts/generate-schema.ts. Do not edit.
${imports}
/** Every table as kysely takes it. */
export type Tables = {
${types}};

/** A row of a table as it is read. */
export type Row<T extends keyof Tables> = Selectable<Tables[T]>;
`;
};
