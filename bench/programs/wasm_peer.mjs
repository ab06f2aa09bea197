// SPDX-License-Identifier: Apache-2.0 OR MIT
// WebAssembly in Node's V8, as a peer of bench.py: it talks the protocol of docs/benchmark-peers.md. Which compiler V8 uses is chosen by
// node's options; systems.py has them.
import fs from 'node:fs';
import readline from 'node:readline';

let bench = null;
let serial = 0;

// V8 keeps a cache of modules by their bytes: a custom section with a number of its own makes each one new.
function unique(bytes) {
  const name = 'n';
  const section = [0, 2 + 8, 1, name.charCodeAt(0), ...new Uint8Array(new BigUint64Array([BigInt(++serial)]).buffer)];
  const result = new Uint8Array(bytes.length + section.length);
  result.set(bytes);
  result.set(section, bytes.length);
  return result;
}

function load({ file, times = 1 }) {
  const bytes = fs.readFileSync(file);
  const ns = [];
  let module = null;
  for (let turn = 0; turn < times; ++turn) {
    const copy = unique(bytes);
    const start = process.hrtime.bigint();
    module = new WebAssembly.Module(copy);
    ns.push(Number(process.hrtime.bigint() - start));
  }
  bench = new WebAssembly.Instance(module).exports.bench;
  return { ok: true, ns };
}

function run({ n, times = 1 }) {
  const ns = [];
  let result = null;
  for (let turn = 0; turn < times; ++turn) {
    const start = process.hrtime.bigint();
    const value = bench(n);
    ns.push(Number(process.hrtime.bigint() - start));
    if (result !== null && result !== value) throw new Error('two calls gave different results');
    result = value;
  }
  return { ok: true, result: '0x' + BigInt.asUintN(64, result).toString(16).padStart(16, '0'), ns };
}

function answer(line) {
  try {
    const request = JSON.parse(line);
    if (request.do === 'load') return load(request);
    if (request.do === 'run') return run(request);
    return { ok: false, error: `unknown request '${request.do}'` };
  } catch (error) {
    return { ok: false, error: String(error) };
  }
}

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  fs.writeSync(1, JSON.stringify(answer(line)) + '\n');
});
