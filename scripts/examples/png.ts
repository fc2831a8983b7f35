import { crc32, deflateSync } from "node:zlib";
import type { Raster } from "./raster.ts";

/** A raster as PNG, 8 bits a channel, each line stored as its difference from the one above. */
export function encodePng({ width, height, pixels }: Raster): Uint8Array {
  const stride = width * 3;
  const lines = Buffer.alloc((stride + 1) * height);
  for (let y = 0; y < height; y += 1) {
    lines[y * (stride + 1)] = 2;
    for (let at = 0; at < stride; at += 1) {
      const above = y === 0 ? 0 : pixels[(y - 1) * stride + at]!;
      lines[y * (stride + 1) + 1 + at] = pixels[y * stride + at]! - above;
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(lines, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, "ascii"), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  out.set(body, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}
