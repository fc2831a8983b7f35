// Writes src/db/schema.ts from a database on which the migrations ran, or with --check says whether what is committed is
// what they give.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { createDatabase } from "../src/db/database.ts";
import { columnNotes, columnTypes } from "../src/db/tables.ts";
import { type SqlColumn, schemaModule } from "./schemaModule.ts";

const path = "src/db/schema.ts";
const file = join(import.meta.dirname, "..", path);

/** Every column of the protocol's own tables. */
const readColumns = async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "holdfast-schema-"));
  const { db, close } = await createDatabase({ dataDir });
  try {
    const { rows } = await sql<SqlColumn>`
      select table_name as "table", column_name as "column", data_type as "type", is_nullable = 'YES' as "isNullable",
        column_default is not null as "hasDefault", is_identity = 'YES' as "isIdentity"
      from information_schema.columns
      where table_schema = 'public' and table_name not like 'kysely_%'
      order by table_name collate "C", ordinal_position`.execute(db);
    return rows;
  } finally {
    await close();
    rmSync(dataDir, { recursive: true, force: true });
  }
};

const text = schemaModule(await readColumns(), { types: columnTypes, notes: columnNotes });
if (!process.argv.includes("--check")) writeFileSync(file, text);
else if (readFileSync(file, "utf8") !== text) {
  console.error(`${path} is not what the migrations give. Run: npm run generate`);
  process.exitCode = 1;
}
