// SHA-256 of many 64-byte nodes at once (FIPS 180-4), and of nothing else. Every message is one
// block of data and one block of padding, and the padding's schedule is the same each time. That
// makes plain JavaScript faster here than a call per node into WebAssembly, with no copy of the
// data, and it runs in any browser.

const ROUNDS = 64;
const BLOCK_WORDS = 16;
const NODE_WORDS = 8;

const INITIAL = Int32Array.of(
  0x6a09e667,
  0xbb67ae85,
  0x3c6ef372,
  0xa54ff53a,
  0x510e527f,
  0x9b05688c,
  0x1f83d9ab,
  0x5be0cd19,
);
const CONSTANTS = cubeRootFractions();
const PADDING = withConstants(expand(Int32Array.of(0x80000000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 512)));

/**
 * Hashes neighbours in pairs: node `i` of the result is SHA-256 of nodes `2i` and `2i + 1`. Nodes
 * are eight 32-bit words, most significant byte first. An odd last node is left out.
 */
export function hashPairs(nodes: Uint32Array): Uint32Array {
  const pairs = Math.floor(nodes.length / BLOCK_WORDS);
  const parents = new Uint32Array(pairs * NODE_WORDS);
  const schedule = new Int32Array(ROUNDS);
  const state = new Int32Array(NODE_WORDS);
  for (let pair = 0; pair < pairs; pair++) {
    for (let i = 0; i < BLOCK_WORDS; i++) schedule[i] = nodes[pair * BLOCK_WORDS + i]!;
    for (let i = BLOCK_WORDS; i < ROUNDS; i++) schedule[i] = nextWord(schedule, i);
    for (let i = 0; i < ROUNDS; i++) schedule[i] = (schedule[i]! + CONSTANTS[i]!) | 0;
    state.set(INITIAL);
    compress(state, schedule);
    compress(state, PADDING);
    for (let i = 0; i < NODE_WORDS; i++) parents[pair * NODE_WORDS + i] = state[i]!;
  }
  return parents;
}

/** Changes `state` in place: a new array per node would cost more than the hashing. */
function compress(state: Int32Array, schedule: Int32Array) {
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  let e = state[4]!;
  let f = state[5]!;
  let g = state[6]!;
  let h = state[7]!;
  for (let i = 0; i < ROUNDS; i++) {
    const mixE = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const mixA = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const first = (h + mixE + (g ^ (e & (f ^ g))) + schedule[i]!) | 0;
    const second = (mixA + ((a & b) ^ (c & (a ^ b)))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  state[0] = (state[0]! + a) | 0;
  state[1] = (state[1]! + b) | 0;
  state[2] = (state[2]! + c) | 0;
  state[3] = (state[3]! + d) | 0;
  state[4] = (state[4]! + e) | 0;
  state[5] = (state[5]! + f) | 0;
  state[6] = (state[6]! + g) | 0;
  state[7] = (state[7]! + h) | 0;
}

function nextWord(schedule: Int32Array, i: number) {
  const x = schedule[i - 15]!;
  const y = schedule[i - 2]!;
  const mixX = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
  const mixY = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
  return (mixX + schedule[i - 7]! + mixY + schedule[i - 16]!) | 0;
}

function expand(block: Int32Array) {
  const schedule = new Int32Array(ROUNDS);
  schedule.set(block);
  for (let i = BLOCK_WORDS; i < ROUNDS; i++) schedule[i] = nextWord(schedule, i);
  return schedule;
}

function withConstants(schedule: Int32Array) {
  return schedule.map((word, i) => (word + CONSTANTS[i]!) | 0);
}

/**
 * The round constants: the first 32 bits of the fractional parts of the cube roots of the first 64
 * primes.
 */
function cubeRootFractions() {
  const primes: number[] = [];
  for (let n = 2; primes.length < ROUNDS; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return Int32Array.from(primes, (prime) => Math.floor((Math.cbrt(prime) % 1) * 2 ** 32));
}
