import type { Raster } from "./raster.ts";

// ITU-T T.81: the zigzag order, and the quantization and Huffman tables of Annex K.
const zigzag = [
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47,
  55, 62, 63,
];
const lumaSteps = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51,
  87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101,
  72, 92, 95, 98, 112, 100, 103, 99,
];
const chromaSteps = [17, 18, 24, 47, 18, 21, 26, 66, 24, 26, 56, 99, 47, 66, 99, 99].flatMap((step, index) =>
  index % 4 === 3 ? [step, 99, 99, 99, 99] : [step],
);
const lumaDc = {
  lengths: [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0],
  values: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
};
const lumaAc = {
  lengths: [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 0x7d],
  values: Array.from(
    Buffer.from(
      "01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a25262728292a3435363738393a434445464748494a535455565758595a636465666768696a737475767778797a838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa",
      "hex",
    ),
  ),
};

/** A raster as baseline JPEG, full colour resolution, `quality` from 1 to 100 as libjpeg scales it. Sides are multiples of 8. */
export function encodeJpeg({ width, height, pixels }: Raster, quality: number): Uint8Array {
  const scale = quality < 50 ? 5000 / quality : 200 - quality * 2;
  const stepsOf = (base: readonly number[]) =>
    base.map((step) => Math.min(255, Math.max(1, Math.floor((step * scale + 50) / 100))));
  const luma = stepsOf(lumaSteps);
  const chroma = stepsOf([...chromaSteps, ...Array.from({ length: 32 }, () => 99)]);
  const dcCodes = codesOf(lumaDc);
  const acCodes = codesOf(lumaAc);
  const bits = bitWriter();
  const lastDc = [0, 0, 0];

  for (let top = 0; top < height; top += 8) {
    for (let left = 0; left < width; left += 8) {
      for (const component of [0, 1, 2] as const) {
        const samples = Array.from({ length: 64 }, (_, index) => {
          const at = ((top + (index >> 3)) * width + left + (index & 7)) * 3;
          return sample(component, pixels[at]!, pixels[at + 1]!, pixels[at + 2]!);
        });
        const steps = component === 0 ? luma : chroma;
        const frequencies = transform(samples);
        const levels = zigzag.map((index) => Math.round(frequencies[index]! / steps[index]!));
        const dc = levels[0]!;
        writeLevel(bits, dcCodes, 0, dc - lastDc[component]!);
        lastDc[component] = dc;
        let zeros = 0;
        const lastAc = levels.findLastIndex((level, index) => index > 0 && level !== 0);
        for (let index = 1; index <= lastAc; index += 1) {
          if (levels[index] === 0) {
            zeros += 1;
            continue;
          }
          for (; zeros > 15; zeros -= 16) bits.write(...acCodes[0xf0]!);
          writeLevel(bits, acCodes, zeros, levels[index]!);
          zeros = 0;
        }
        if (lastAc < 63) bits.write(...acCodes[0]!);
      }
    }
  }

  const inZigzag = (steps: readonly number[]) => zigzag.map((index) => steps[index]!);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xe0, [...Buffer.from("JFIF\0"), 1, 1, 0, 0, 1, 0, 1, 0, 0]),
    segment(0xdb, [0, ...inZigzag(luma), 1, ...inZigzag(chroma)]),
    segment(0xc0, [8, height >> 8, height & 255, width >> 8, width & 255, 3, 1, 0x11, 0, 2, 0x11, 1, 3, 0x11, 1]),
    segment(0xc4, [0x00, ...lumaDc.lengths, ...lumaDc.values, 0x10, ...lumaAc.lengths, ...lumaAc.values]),
    segment(0xda, [3, 1, 0, 2, 0, 3, 0, 0, 63, 0]),
    bits.finish(),
    Buffer.from([0xff, 0xd9]),
  ]);
}

function sample(component: 0 | 1 | 2, red: number, green: number, blue: number): number {
  if (component === 0) return 0.299 * red + 0.587 * green + 0.114 * blue - 128;
  if (component === 1) return -0.168736 * red - 0.331264 * green + 0.5 * blue;
  return 0.5 * red - 0.418688 * green - 0.081312 * blue;
}

const cosines = Array.from({ length: 64 }, (_, index) => {
  const frequency = index >> 3;
  return Math.cos(((2 * (index & 7) + 1) * frequency * Math.PI) / 16) * (frequency === 0 ? Math.SQRT1_2 : 1) * 0.5;
});

/** The discrete cosine transform of 8 x 8 samples, rows then columns. */
function transform(samples: readonly number[]): number[] {
  const rows = samples.map((_, index) => sumOf(8, (x) => samples[(index & 56) + x]! * cosines[(index & 7) * 8 + x]!));
  return samples.map((_, index) => sumOf(8, (y) => rows[y * 8 + (index & 7)]! * cosines[(index >> 3) * 8 + y]!));
}

function sumOf(count: number, term: (index: number) => number): number {
  let sum = 0;
  for (let index = 0; index < count; index += 1) sum += term(index);
  return sum;
}

type Code = readonly [bits: number, length: number];

function codesOf({ lengths, values }: { lengths: readonly number[]; values: readonly number[] }): Record<number, Code> {
  const codes: Record<number, Code> = {};
  let next = 0;
  let taken = 0;
  lengths.forEach((count, index) => {
    for (let some = 0; some < count; some += 1) {
      codes[values[taken]!] = [next, index + 1];
      next += 1;
      taken += 1;
    }
    next <<= 1;
  });
  return codes;
}

function writeLevel(bits: BitWriter, codes: Record<number, Code>, zeros: number, level: number): void {
  const size = level === 0 ? 0 : 32 - Math.clz32(Math.abs(level));
  bits.write(...codes[zeros * 16 + size]!);
  if (size > 0) bits.write(level < 0 ? level + (1 << size) - 1 : level, size);
}

type BitWriter = { write(bits: number, length: number): void; finish(): Buffer };

function bitWriter(): BitWriter {
  const bytes: number[] = [];
  let pending = 0;
  let count = 0;
  const write = (bits: number, length: number) => {
    for (let at = length - 1; at >= 0; at -= 1) {
      pending = (pending << 1) | ((bits >> at) & 1);
      count += 1;
      if (count < 8) continue;
      bytes.push(pending);
      if (pending === 0xff) bytes.push(0);
      pending = 0;
      count = 0;
    }
  };
  return {
    write,
    finish() {
      while (count > 0) write(1, 1);
      return Buffer.from(bytes);
    },
  };
}

function segment(marker: number, body: readonly number[]): Buffer {
  const length = body.length + 2;
  return Buffer.from([0xff, marker, length >> 8, length & 255, ...body]);
}
