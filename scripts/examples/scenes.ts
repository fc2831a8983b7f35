import { type Colour, clamp, hash, inside, mix, nearest, noise, type Scene, shade, smooth, wood } from "./raster.ts";

type Line = readonly (readonly [number, number])[];

const oak: Colour = [0.72, 0.52, 0.33];
const rawWood: Colour = [0.93, 0.81, 0.6];
const gap: Colour = [0.05, 0.035, 0.03];
const steel: Colour = [0.72, 0.73, 0.75];

/** The whole wardrobe in a room, 512 x 384: the right door split from top to bottom, the left one off its upper hinge. */
export const wardrobe: Scene = (x, y) => {
  if (inside(x, y, leftDoor)) return doorFace(x - (y - 60) * 0.04, y, 11, { left: 160, right: 252 });
  const shadowOfDoor = inside(x - 8, y - 6, leftDoor) ? 0.6 : 1;
  const inBody = x > 150 && x < 362 && y > 40 && y < 318;
  if (!inBody) return shade(room(x, y), x > 355 && x < 384 && y > 60 && y < 322 ? 0.8 : shadowOfDoor);
  const frame = x < 160 || x > 352 || y < 52 || y > 306;
  if (frame) return shade(wood(x, y, 3, shade(oak, 0.82)), y < 52 ? 1.12 : 1);
  if (x > 257) return brokenDoor(x, y);
  const shelf = [120, 185, 250].some((at) => Math.abs(y - at) < 4);
  return shade(shelf ? wood(y, x, 5, shade(oak, 0.7)) : ([0.2, 0.15, 0.11] as const), shadowOfDoor * (0.6 + y / 600));
};

const leftDoor: Line = [
  [153, 66],
  [246, 52],
  [256, 304],
  [162, 316],
];

const longCrack: Line = [
  [306, 52],
  [311, 84],
  [303, 112],
  [315, 146],
  [309, 171],
  [320, 205],
  [312, 236],
  [322, 268],
  [317, 306],
];

const missingChip: Line = [
  [307, 138],
  [323, 133],
  [331, 158],
  [322, 184],
  [310, 176],
  [314, 156],
];

function doorFace(x: number, y: number, seed: number, { left, right }: { left: number; right: number }): Colour {
  const fromEdge = Math.min(x - left, right - x, y - 56, 304 - y);
  const groove = Math.abs(fromEdge - 17) < 1.6 ? 0.62 : Math.abs(fromEdge - 20) < 1.4 ? 1.14 : 1;
  const handle = Math.abs(x - (right - 9)) < 2.6 && y > 160 && y < 202;
  if (handle) return shade(steel, 0.8 + smooth(2.6, 0, Math.abs(x - right + 9.6)) * 0.4);
  return shade(wood(x, y, seed, oak), groove * (0.92 + (x - left) / 1400));
}

function brokenDoor(x: number, y: number): Colour {
  if (Math.abs(x - 257.5) < 1.4) return gap;
  const face = doorFace(609 - x, y, 23, { left: 259, right: 351 });
  if (inside(x, y, missingChip)) {
    const { distance } = nearest(x, y, [...missingChip, missingChip[0]!]);
    return distance > 5 ? gap : mix(rawWood, wood(x * 2, y, 31, rawWood), 0.7);
  }
  const { distance, along } = nearest(x, y, longCrack);
  const width = 1.3 + Math.sin(along * 9) * 0.6 + noise(0, y / 5, 41) * 1.6;
  if (distance < width) return gap;
  if (distance < width + 2.4 * noise(x / 3, y / 6, 43)) return rawWood;
  return mix(face, shade(face, 0.7), smooth(9, 2, distance));
}

function room(x: number, y: number): Colour {
  const horizon = 300;
  if (y < horizon) {
    const light = 0.72 + 0.2 * smooth(420, 0, Math.hypot(x - 60, y - 30)) + (noise(x / 70, y / 70, 51) - 0.5) * 0.03;
    const skirting = y > horizon - 14;
    return skirting ? shade([0.9, 0.89, 0.86], y > horizon - 2 ? 0.7 : 0.95) : shade([0.93, 0.9, 0.83], light);
  }
  const depth = 120 / (y - horizon + 22);
  const across = (x - 256) * depth;
  const plank = Math.floor(across / 36);
  const along = depth * 90 + hash(plank, 0, 61) * 50;
  const edge =
    Math.abs(across / 36 - Math.round(across / 36)) < 0.02 * depth || Math.abs(((along / 40) % 1) - 0.5) < 0.01;
  const tone = 0.72 + hash(plank, Math.floor(along / 40), 67) * 0.2;
  const board = shade(wood(across * 1.5, along * 6, 71 + plank, [0.5, 0.36, 0.24]), tone + 0.2);
  return shade(board, (edge ? 0.55 : 1) * (x > 140 && x < 392 && y < 330 ? 0.6 : 1));
}

/** The split from near, 512 x 384, with a ruler in millimetres beside it. */
export const crackCloseUp: Scene = (x, y) => {
  if (inside(x, y, ruler)) return rulerFace(x, y);
  const shadow = inside(x - 5, y - 7, ruler) ? 0.6 : 1;
  const face = shade(wood(x / 2.4, y / 2.4, 81, oak), 0.95 + noise(x / 150, y / 150, 83) * 0.12);
  const { distance, along } = nearest(x, y, widePath);
  const width = 4 + 11 * Math.sin(clamp(along) * Math.PI) + noise(y / 9, 0, 87) * 5 + noise(y / 2.5, 3, 89) * 2;
  if (distance < width) return mix(gap, [0.16, 0.1, 0.07], noise(x / 4, y / 14, 91));
  const torn = width + 6 + 13 * noise(y / 7, 1, 93) + 5 * noise(y / 1.8, 2, 95);
  if (distance < torn) return shade(wood(x * 1.4, y / 1.5, 97, rawWood), 0.72 + 0.35 * smooth(width, torn, distance));
  const hairline = Math.min(...hairlines.map((line) => nearest(x, y, line).distance));
  if (hairline < 0.9) return shade(gap, 1.8);
  const splinter = splinters.find((polygon) => inside(x, y, polygon));
  if (splinter !== undefined) return shade(wood(x * 1.2, y, 99, rawWood), 1.02);
  const splinterShadow = splinters.some((polygon) => inside(x - 3, y - 4, polygon));
  return shade(mix(face, shade(face, 0.72), smooth(torn + 24, torn, distance)), splinterShadow ? 0.6 * shadow : shadow);
};

const widePath: Line = [
  [214, -10],
  [226, 52],
  [206, 98],
  [238, 161],
  [222, 214],
  [249, 268],
  [236, 322],
  [252, 400],
];

const hairlines: readonly Line[] = [
  [
    [238, 161],
    [286, 196],
    [301, 238],
    [344, 262],
  ],
  [
    [206, 98],
    [164, 122],
    [152, 171],
    [118, 196],
  ],
  [
    [249, 268],
    [206, 300],
    [196, 352],
  ],
];

const splinters: readonly Line[] = [
  [
    [262, 96],
    [268, 92],
    [301, 150],
    [297, 153],
  ],
  [
    [176, 236],
    [184, 231],
    [199, 288],
    [192, 292],
  ],
  [
    [268, 322],
    [312, 308],
    [315, 313],
    [270, 329],
  ],
];

const ruler: Line = [
  [392, 14],
  [448, 20],
  [414, 374],
  [358, 368],
];

function rulerFace(x: number, y: number): Colour {
  const along = ((y - 14) * 0.9954 - (x - 392) * 0.0956) / 6.2;
  const across = (x - 392) * 0.9954 + (y - 14) * 0.0956;
  const mark = Math.round(along);
  const reach = mark % 10 === 0 ? 24 : mark % 5 === 0 ? 17 : 11;
  const ticked = Math.abs(along - mark) < 0.12 && across < reach;
  const centimetre = Math.round(along / 10);
  const numbered = digitDot(across - 30, along - centimetre * 10, centimetre);
  const base: Colour = [0.95, 0.86, 0.35];
  return ticked || numbered ? [0.1, 0.09, 0.08] : shade(base, 0.92 + noise(x / 30, y / 30, 101) * 0.08);
}

// Five rows of three dots a numeral, each row as the number that its dots make in binary.
const digits = ["75557", "26227", "71747", "71717", "55711", "74717", "74757", "71111", "75757", "75717"];

/** Whether a point in millimetres from a mark, and pixels across, belongs to the numeral beside the mark. */
function digitDot(across: number, along: number, value: number): boolean {
  const row = Math.floor((along + 1.3) / 0.52);
  const column = Math.floor(across / 3.4);
  return column >= 0 && column < 3 && ((Number(digits[value % 10]?.[row] ?? "0") >> (2 - column)) & 1) === 1;
}

/** The parcel as it was delivered, 640 x 480: a crushed corner and a torn edge. */
export const parcel: Scene = (x, y) => {
  if (inside(x, y, parcelTop)) return cardboard(x, y, 1.14);
  if (inside(x, y, parcelFront)) return parcelSide(x, y);
  if (inside(x, y, parcelEnd)) return cardboard(x, y, 0.66);
  const shadow = smooth(
    90,
    0,
    nearest(x, y, [
      [120, 418],
      [404, 446],
      [566, 384],
    ]).distance,
  );
  return shade(doorstep(x, y), 1 - 0.55 * shadow);
};

const parcelTop: Line = [
  [112, 196],
  [286, 148],
  [556, 176],
  [398, 236],
  [372, 231],
];

const parcelFront: Line = [
  [112, 196],
  [372, 231],
  [384, 252],
  [379, 268],
  [402, 281],
  [404, 440],
  [122, 408],
];

const parcelEnd: Line = [
  [398, 236],
  [556, 176],
  [562, 372],
  [404, 440],
  [402, 281],
  [379, 268],
  [384, 252],
  [372, 231],
];

const tear: Line = [
  [402, 281],
  [381, 300],
  [388, 330],
  [366, 352],
  [371, 384],
];

const creases: readonly Line[] = [
  [
    [372, 231],
    [340, 262],
    [352, 300],
    [318, 322],
  ],
  [
    [384, 252],
    [346, 282],
    [322, 276],
  ],
];

function parcelSide(x: number, y: number): Colour {
  const tape = Math.abs(x - 232 - (y - 210) * 0.02) < 15;
  const label = inside(x, y, [
    [142, 262],
    [214, 271],
    [216, 352],
    [144, 343],
  ]);
  const { distance } = nearest(x, y, tear);
  if (distance < 3 + noise(y / 6, 0, 113) * 7) return [0.09, 0.07, 0.06];
  if (distance < 9 + noise(y / 4, 1, 115) * 8) return shade([0.87, 0.76, 0.6], 0.9 + noise(x / 2, y / 2, 117) * 0.2);
  const crease = Math.min(...creases.map((line) => nearest(x, y, line).distance));
  const bent = 1 - 0.25 * smooth(5, 0, crease) + 0.08 * smooth(4, 0, Math.abs(crease - 6));
  if (label) return labelFace(x, y);
  if (tape) return shade([0.78, 0.66, 0.46], 0.95 + noise(x / 20, y / 4, 119) * 0.15);
  return cardboard(x, y, 0.92 * bent);
}

function labelFace(x: number, y: number): Colour {
  const across = x - 142;
  const down = y - 262 - across * 0.125;
  const bars = down > 48 && down < 74 && across > 8 && across < 64 && hash(Math.floor(across / 1.7), 0, 121) > 0.5;
  const lines =
    [10, 18, 26, 38].some((at) => Math.abs(down - at) < 1.6) &&
    across > 8 &&
    across < 62 - (down % 7) * 3 &&
    noise(across / 2.4, down, 123) > 0.35;
  return bars || lines ? [0.16, 0.16, 0.17] : [0.94, 0.94, 0.92];
}

function cardboard(x: number, y: number, light: number): Colour {
  const flutes = 0.985 + 0.015 * Math.sin(x * 1.9 + y * 0.2);
  return shade([0.72, 0.55, 0.37], light * flutes * (0.93 + noise(x / 60, y / 60, 131) * 0.12));
}

function doorstep(x: number, y: number): Colour {
  if (y < 262) {
    const door = x > 210 && x < 560;
    const inset = door && Math.abs(Math.max(Math.abs(x - 385) / 1.5, Math.abs(y - 120)) - 92) < 2;
    if (door) return shade([0.2, 0.33, 0.36], (inset ? 0.6 : 1) * (0.8 + y / 900 + noise(x / 3, y / 90, 137) * 0.1));
    const row = Math.floor(y / 17);
    const brick = Math.floor((x + (row % 2) * 21) / 42);
    const mortar = y % 17 < 2 || (x + (row % 2) * 21) % 42 < 2;
    return mortar
      ? [0.66, 0.63, 0.58]
      : shade([0.6, 0.33, 0.25], 0.8 + hash(brick, row, 139) * 0.35 + noise(x / 3, y / 3, 141) * 0.08);
  }
  const slab =
    Math.abs(y - 262) < 3 ||
    Math.abs((x - 320) / (y - 120) - 0.35) < 0.006 ||
    Math.abs((x - 320) / (y - 120) + 0.62) < 0.006;
  return shade(
    [0.62, 0.61, 0.59],
    (slab ? 0.62 : 1) * (0.86 + noise(x / 2.4, y / 1.6, 143) * 0.12 + noise(x / 50, y / 30, 145) * 0.14),
  );
}
