import { describe, it } from "node:test";
import { expect } from "chai";
import { type ColumnMaps, type SqlColumn, schemaModule } from "../../scripts/schemaModule.ts";

const column = (name: string, type: string, changes: Partial<SqlColumn> = {}): SqlColumn => ({
  table: "old_things",
  column: name,
  type,
  isNullable: false,
  hasDefault: false,
  isIdentity: false,
  ...changes,
});
const maps: ColumnMaps = { types: {}, notes: {} };
const written = (columns: readonly SqlColumn[], changes: Partial<ColumnMaps> = {}) =>
  schemaModule(columns, { ...maps, ...changes });

describe("schemaModule", () => {
  it("names tables and columns as the code does, and says what is null, given or filled in", () => {
    const text = written([
      column("id", "bigint", { isIdentity: true }),
      column("first_name", "text", { isNullable: true }),
      column("tries", "integer", { hasDefault: true }),
      column("created_at", "timestamp with time zone", { hasDefault: true }),
      column("tags", "ARRAY"),
    ]);
    for (const line of [
      "  oldThings: {",
      "    id: GeneratedAlways<number>;",
      "    firstName: string | null;",
      "    tries: Generated<number>;",
      "    createdAt: Stamped;",
      "    tags: string[];",
    ]) {
      expect(text.split("\n")).include(line);
    }
  });

  it("takes types and notes from the maps, and imports what they name", () => {
    const text = written([column("tx_hash", "text"), column("detail", "jsonb", { isNullable: true })], {
      types: { oldThings: { txHash: "Hex", detail: "ErrorDetails" } },
      notes: { oldThings: { txHash: "Of the last one." } },
    });
    expect(text).include("    /** Of the last one. */\n    txHash: Hex;\n    detail: Json<ErrorDetails> | null;\n");
    expect(text.match(/^import .*$/gm)).deep.equal([
      'import type { Selectable } from "kysely";',
      'import type { Hex } from "viem";',
      'import type { ErrorDetails } from "../core/errors.ts";',
      'import type { Json } from "./tables.ts";',
    ]);
  });

  it("refuses JSON of which nothing is said, and a map that names a column that is not there", () => {
    expect(() => written([column("payload", "jsonb")])).throw("old_things.payload");
    expect(() => written([column("a", "text")], { notes: { oldThings: { b: "Gone." } } })).throw("oldThings.b");
  });
});
