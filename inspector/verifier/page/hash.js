"use strict";
// A verifier of ssj1 draws in plain browser script, written from the protocol's text; it uses no program of the house and no library.
// This part: the two hashes (FIPS 180-4 and GB/T 32905), because a page opened from a file may not have the browser's own.

const ROUND = new Int32Array([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]);
const SHA256_START = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];
const SM3_START = [0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e];

const left = (x, n) => (x << n) | (x >>> (32 - n));
const right = (x, n) => (x >>> n) | (x << (32 - n));

// One block of 16 words (w has room for what they are widened to) into the state of 8 words.
function sha256Block(state, w) {
  for (let t = 16; t < 64; t++) {
    const s0 = right(w[t - 15], 7) ^ right(w[t - 15], 18) ^ (w[t - 15] >>> 3);
    const s1 = right(w[t - 2], 17) ^ right(w[t - 2], 19) ^ (w[t - 2] >>> 10);
    w[t] = (w[t - 16] + s0 + w[t - 7] + s1) | 0;
  }
  let a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
  for (let t = 0; t < 64; t++) {
    const s1 = right(e, 6) ^ right(e, 11) ^ right(e, 25), s0 = right(a, 2) ^ right(a, 13) ^ right(a, 22);
    const one = (h + s1 + ((e & f) ^ (~e & g)) + ROUND[t] + w[t]) | 0, two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
  }
  state[0] += a; state[1] += b; state[2] += c; state[3] += d; state[4] += e; state[5] += f; state[6] += g; state[7] += h;
}

function sm3Block(state, w) {
  for (let j = 16; j < 68; j++) {
    const x = w[j - 16] ^ w[j - 9] ^ left(w[j - 3], 15);
    w[j] = x ^ left(x, 15) ^ left(x, 23) ^ left(w[j - 13], 7) ^ w[j - 6];
  }
  let a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
  for (let j = 0; j < 64; j++) {
    const early = j < 16, turned = left(a, 12), s1 = left((turned + e + left(early ? 0x79cc4519 : 0x7a879d8a, j % 32)) | 0, 7);
    const ff = early ? a ^ b ^ c : (a & b) | (a & c) | (b & c), gg = early ? e ^ f ^ g : (e & f) | (~e & g);
    const one = (ff + d + (s1 ^ turned) + (w[j] ^ w[j + 4])) | 0, two = (gg + h + s1 + w[j]) | 0;
    d = c; c = left(b, 9); b = a; a = one; h = g; g = left(f, 19); f = e; e = two ^ left(two, 9) ^ left(two, 17);
  }
  state[0] ^= a; state[1] ^= b; state[2] ^= c; state[3] ^= d; state[4] ^= e; state[5] ^= f; state[6] ^= g; state[7] ^= h;
}

// H of all parts (bytes) one after the other: padded to blocks of 64 bytes that end with the length in bits.
function hasher(start, block) {
  const w = new Int32Array(68), state = new Int32Array(8);
  let room = new Uint8Array(1024), view = new DataView(room.buffer);
  return (...parts) => {
    let size = 0, at = 0;
    for (const part of parts) size += part.length;
    const whole = ((size + 72) >> 6) << 6;
    if (room.length < whole) {
      room = new Uint8Array(2 * whole);
      view = new DataView(room.buffer);
    }
    for (const part of parts) {
      room.set(part, at);
      at += part.length;
    }
    room.fill(0, size, whole);
    room[size] = 0x80;
    view.setUint32(whole - 8, Math.floor(size / 0x20000000));
    view.setUint32(whole - 4, (size << 3) >>> 0);
    state.set(start);
    for (at = 0; at < whole; at += 64) {
      for (let t = 0; t < 16; t++) w[t] = view.getInt32(at + 4 * t);
      block(state, w);
    }
    const digest = new Uint8Array(32), out = new DataView(digest.buffer);
    for (let t = 0; t < 8; t++) out.setInt32(4 * t, state[t]);
    return digest;
  };
}

const SUITES = { __proto__: null, sha256: hasher(SHA256_START, sha256Block), sm3: hasher(SM3_START, sm3Block) };

const encoder = new TextEncoder();
const utf8 = (text) => encoder.encode(text);
const digits = utf8("0123456789abcdef"), hexed = new Uint8Array(64);
const toHex = (digest) => { // of 32 bytes, in one piece: a text grown sign by sign is slow to compare later
  for (let at = 0; at < 32; at++) {
    hexed[2 * at] = digits[digest[at] >> 4];
    hexed[2 * at + 1] = digits[digest[at] & 15];
  }
  return String.fromCharCode.apply(null, hexed);
};
const fromHex = (text) => Uint8Array.from({ length: text.length / 2 }, (_, n) => parseInt(text.substr(2 * n, 2), 16));
