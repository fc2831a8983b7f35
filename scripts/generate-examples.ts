// Writes the sample evidence in examples/, the same bytes every time. With --check it writes nothing and fails when a file differs.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { chat } from "./examples/chat.ts";
import { invoice } from "./examples/invoice.ts";
import { encodeJpeg } from "./examples/jpeg.ts";
import { encodePng } from "./examples/png.ts";
import { photograph } from "./examples/raster.ts";
import { crackCloseUp, parcel, wardrobe } from "./examples/scenes.ts";

const directory = join(import.meta.dirname, "..", "examples");
const check = process.argv.includes("--check");

const files: Record<string, Uint8Array> = {
  "photo-damage-1.png": encodePng(photograph(wardrobe, 512, 384)),
  "photo-damage-2.png": encodePng(photograph(crackCloseUp, 512, 384)),
  "photo-delivery.jpg": encodeJpeg(photograph(parcel, 640, 480), 85),
  "invoice.pdf": invoice(),
  "chat.txt": Buffer.from(chat),
};

await mkdir(directory, { recursive: true });
for (const [name, bytes] of Object.entries(files)) {
  const path = join(directory, name);
  if (!check) {
    await writeFile(path, bytes);
    console.log(`${name}: ${bytes.length} bytes`);
    continue;
  }
  const committed = await readFile(path).catch(() => undefined);
  if (committed !== undefined && Buffer.compare(committed, bytes) === 0) continue;
  console.error(`examples/${name} is not what scripts/generate-examples.ts makes; run it and commit the result.`);
  process.exitCode = 1;
}
