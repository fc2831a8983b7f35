/** Red, green, blue from 0 to 1. */
export type Colour = readonly [number, number, number];

/** The colour at a point, in pixels from the top left corner. */
export type Scene = (x: number, y: number) => Colour;

export type Raster = { readonly width: number; readonly height: number; readonly pixels: Uint8Array };

/** Samples a scene four times a pixel and adds the grain and the dark corners of a cheap lens. */
export function photograph(scene: Scene, width: number, height: number): Raster {
  const pixels = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const samples = [0.25, 0.75].flatMap((dy) => [0.25, 0.75].map((dx) => scene(x + dx, y + dy)));
      const corner = ((x / width - 0.5) ** 2 + (y / height - 0.5) ** 2) * 0.55;
      const grain = (hash(x, y, 7) - 0.5) * 0.012;
      for (const channel of [0, 1, 2] as const) {
        const light = samples.reduce((sum, sample) => sum + sample[channel], 0) / samples.length;
        pixels[(y * width + x) * 3 + channel] = Math.round(clamp(light * (1 - corner) + grain) * 255);
      }
    }
  }
  return { width, height, pixels };
}

export function clamp(value: number, low = 0, high = 1): number {
  return Math.min(high, Math.max(low, value));
}

export function mix(one: Colour, other: Colour, share: number): Colour {
  const at = clamp(share);
  return [one[0] + (other[0] - one[0]) * at, one[1] + (other[1] - one[1]) * at, one[2] + (other[2] - one[2]) * at];
}

export function shade(colour: Colour, factor: number): Colour {
  return [colour[0] * factor, colour[1] * factor, colour[2] * factor];
}

/** 0 below the first edge, 1 above the second, smooth between. */
export function smooth(low: number, high: number, value: number): number {
  const at = clamp((value - low) / (high - low));
  return at * at * (3 - 2 * at);
}

/** The same number from 0 to 1 for the same arguments, on every machine. */
export function hash(x: number, y: number, seed: number): number {
  let bits =
    Math.imul(Math.floor(x) | 0, 374761393) ^ Math.imul(Math.floor(y) | 0, 668265263) ^ Math.imul(seed, 2246822519);
  bits = Math.imul(bits ^ (bits >>> 13), 1274126177);
  return ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 32;
}

/** Smooth noise from 0 to 1 with features about one unit wide. */
export function noise(x: number, y: number, seed: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const across = smooth(0, 1, x - left);
  const down = smooth(0, 1, y - top);
  const upper = hash(left, top, seed) * (1 - across) + hash(left + 1, top, seed) * across;
  const lower = hash(left, top + 1, seed) * (1 - across) + hash(left + 1, top + 1, seed) * across;
  return upper * (1 - down) + lower * down;
}

/** Wood whose grain runs down the picture. */
export function wood(x: number, y: number, seed: number, base: Colour): Colour {
  const bend = noise(x / 40, y / 160, seed) * 14;
  const rings = noise((x + bend) / 3.2, y / 240, seed + 1) * 0.55 + noise((x + bend) / 9, y / 300, seed + 2) * 0.45;
  const pores = noise(x / 1.2, y / 26, seed + 3) > 0.8 ? 0.05 : 0;
  return shade(base, 0.78 + rings * 0.34 - pores);
}

/** Distance from a point to a line of joined points, and how far along the line the nearest point lies, from 0 to 1. */
export function nearest(
  x: number,
  y: number,
  line: readonly (readonly [number, number])[],
): { distance: number; along: number } {
  let distance = Number.POSITIVE_INFINITY;
  let along = 0;
  for (let index = 0; index + 1 < line.length; index += 1) {
    const [fromX, fromY] = line[index]!;
    const [toX, toY] = line[index + 1]!;
    const lengthSquared = (toX - fromX) ** 2 + (toY - fromY) ** 2;
    const share = clamp(((x - fromX) * (toX - fromX) + (y - fromY) * (toY - fromY)) / lengthSquared);
    const away = Math.hypot(x - fromX - share * (toX - fromX), y - fromY - share * (toY - fromY));
    if (away < distance) {
      distance = away;
      along = (index + share) / (line.length - 1);
    }
  }
  return { distance, along };
}

/** Whether a point lies in a polygon. */
export function inside(x: number, y: number, polygon: readonly (readonly [number, number])[]): boolean {
  let odd = false;
  for (let index = 0, before = polygon.length - 1; index < polygon.length; before = index, index += 1) {
    const [atX, atY] = polygon[index]!;
    const [lastX, lastY] = polygon[before]!;
    if (atY > y !== lastY > y && x < ((lastX - atX) * (y - atY)) / (lastY - atY) + atX) odd = !odd;
  }
  return odd;
}
